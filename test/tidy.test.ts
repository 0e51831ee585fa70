/** The rules of the house that no tool checks; CONTRIBUTING.md tells their reasons. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SOURCE_LINES_MAX = 300
const COLUMNS_MAX = 100

// Words are spelt apart where this file would find itself.
const LEFT_OVER = /\b(?:TO[D]O|FIX[M]E|XX[X])\b/
const DEFAULT_EXPORT = /^export default\b/
const STAR_EXPORT = /^export \* /
const ANY = /(?::|<|\bas|,)\s*any\b/
const SILENCED = /@ts-(?:ignore|nocheck)|biome-[i]gnore/
const IMPORT_IN_PLACE = /[:<|&=(,]\s*(?:typeof )?import\(/
const CLASS = /\bclass (?!\w+ extends (?:\w*Error)\b)/
const IMPURE = new RegExp(
  '\\b(?:Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask|async|await' +
    '|process|globalThis|console|fetch|Buffer)\\b|Math\\.random',
)

/** Lines that each pattern must find, and beside them the like that it must let pass. */
const FOUND_AND_PASSED: readonly [pattern: RegExp, found: string, passed: string][] = [
  [LEFT_OVER, `// ${'TO'}DO later`, '// to do or not'],
  [DEFAULT_EXPORT, 'export default 1', 'export const defaults = 1'],
  [STAR_EXPORT, "export * from './a.ts'", "export { a } from './a.ts'"],
  [ANY, 'const a: any = 1', 'const company = anyone'],
  [ANY, 'f(a as any)', "const text = 'as any'"],
  [ANY, 'new Map<string, any>()', '// of any kind, any at all'],
  [SILENCED, `// @ts-${'ignore'}`, '// ignored'],
  [IMPORT_IN_PLACE, "let a: import('./a.ts').A", "await import('./a.ts')"],
  [CLASS, 'export class Manager {', 'export class DaxError extends Error {'],
  [IMPURE, 'const at = Date.now()', 'const candidate = 1 // a Date'],
  [IMPURE, 'const r = Math.random()', 'const r = Math.round(1)'],
]

interface File {
  readonly path: string
  readonly lines: readonly string[]
}

function filesIn(...folders: readonly string[]): readonly File[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => {
        const path = join(folder, name)
        return { path, lines: readFileSync(join(ROOT, path), 'utf8').split('\n') }
      }),
  )
}

const SOURCES = filesIn('src', 'routes', 'schemas', 'client/src', 'console')
const EVERYTHING = [...SOURCES, ...filesIn('scripts', 'test')]

/** Where a pattern stands, as `path:line: text`. */
function places(files: readonly File[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
  )
}

/** Code without its comments and texts, in which a banned word would be no breach. */
function bare({ path, lines }: File): File {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
  const text = lines
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/^\s*import\b[\s\S]*?\bfrom '[^']*'$/gm, blank)
    .replace(/(['"])(?:\\.|(?!\1)[^\\\n])*\1/g, blank)
    .replace(/(^|[^:\\/])\/\/.*$/gm, blank)
  return { path, lines: text.split('\n') }
}

test('the rules are held against a tree that is really read', () => {
  expect(SOURCES.length).toBeGreaterThan(200)
  expect(SOURCES.map(({ path }) => path)).toContain('src/core/device.ts')
})

test.each(FOUND_AND_PASSED)(
  '%s finds a breach and lets its like pass',
  (pattern, found, passed) => {
    const file = (line: string): File => bare({ path: 'a.ts', lines: [line] })
    const raw = pattern === LEFT_OVER || pattern === SILENCED
    expect(places([raw ? { path: 'a.ts', lines: [found] } : file(found)], pattern)).toHaveLength(1)
    expect(places([file(passed)], pattern)).toEqual([])
  },
)

test('a source file fits into 300 lines, so that it has one subject', () => {
  const long = SOURCES.filter(({ lines }) => lines.length - 1 > SOURCE_LINES_MAX)
  expect(long.map(({ path, lines }) => `${path}: ${lines.length - 1} lines`)).toEqual([])
})

test('a line fits into 100 columns, but for an address or a recording that cannot be broken', () => {
  const long = EVERYTHING.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) =>
      [...line].length > COLUMNS_MAX && !isUnbreakable(line) ? [`${path}:${at + 1}`] : [],
    ),
  )
  expect(long).toEqual([])
})

/** A line with a text of its own that is longer than what the line has room for. */
function isUnbreakable(line: string): boolean {
  return /(?:https?:\/\/\S+|'[^']{60,}'|`[^`]{60,}`|"[^"]{60,}")/.test(line)
}

test('nothing is left to be done, in the words that say so', () => {
  expect(places(EVERYTHING, LEFT_OVER)).toEqual([])
})

test('exports go by their names, but where a tool asks for a default', () => {
  const defaults = places(EVERYTHING, DEFAULT_EXPORT)
  expect(defaults.filter((place) => !/(?:\.config|global-setup)\.ts:/.test(place))).toEqual([])
  expect(places(EVERYTHING, STAR_EXPORT).filter((place) => !isBarrel(place))).toEqual([])
})

test('a file says something of its own: only a contract and a package gather what others export', () => {
  const barrels = SOURCES.filter(({ lines }) => {
    const exports = lines.filter((line) => line.startsWith('export '))
    return exports.length > 0 && exports.every((line) => /^export (?:type )?[{*]/.test(line))
  })
  expect(barrels.map(({ path }) => path)).toEqual(['schemas/index.ts', 'client/src/index.ts'])
})

function isBarrel(place: string): boolean {
  return place.startsWith('schemas/index.ts:')
}

test('no value goes by without a type: any, ts-ignore and non-null are not used', () => {
  expect(places(SOURCES.map(bare), ANY)).toEqual([])
  expect(places(SOURCES, SILENCED)).toEqual([])
})

test('types are imported at the top, where the check of who imports whom sees them', () => {
  expect(places(EVERYTHING.map(bare), IMPORT_IN_PLACE)).toEqual([])
})

test('files have kebab-case names', () => {
  const odd = EVERYTHING.filter(
    ({ path }) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|config))?\.ts$/.test(basename(path)),
  )
  expect(odd.map(({ path }) => path)).toEqual([])
})

test('functions and plain objects: only errors are classes', () => {
  expect(places(SOURCES.map(bare), CLASS)).toEqual([])
})

test('an exported function has its contract directly above it', () => {
  const silent = SOURCES.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) => {
      const name = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1]
      return name !== undefined && !(lines[at - 1] ?? '').endsWith('*/') ? [`${path}: ${name}`] : []
    }),
  )
  expect(silent).toEqual([])
})

test('a file that exports types says what they are about', () => {
  const silent = SOURCES.filter(
    ({ path, lines }) =>
      !path.startsWith('schemas/') &&
      lines.some((line) => /^export (?:type|interface) \w/.test(line)) &&
      !lines.some((line) => /^\/\*\*/.test(line)),
  )
  expect(silent.map(({ path }) => path)).toEqual([])
})

test('the core is pure: no clock, no waiting, no process, no chance', () => {
  const core = SOURCES.filter(({ path }) => path.startsWith('src/core/')).map(bare)
  expect(core.length).toBeGreaterThan(20)
  expect(places(core, IMPURE)).toEqual([])
})

test('a contract comment is made of sentences: it ends with a full stop', () => {
  const open = SOURCES.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) => {
      const single = /^\s*\/\*\* (.*?) ?\*\/$/.exec(line)?.[1]
      return single !== undefined && !/[.?!:)>`]$/.test(single)
        ? [`${path}:${at + 1}: ${single}`]
        : []
    }),
  )
  expect(open).toEqual([])
})
