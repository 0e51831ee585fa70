/**
 * Makes `client/dist` for the package @daxd/client: plain JavaScript and declarations, for Node
 * strips no types of what lies under node_modules. The published sources differ from ours in one
 * file: `wire.ts`, which takes its types from schemas that are not published, is replaced by text
 * that stands alone. The compiler proves first that these are the same types.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CLIENT_TYPE_NAMES, clientTypes } from './client-types.ts'

const ROOT = resolve(import.meta.dirname, '..')
const SOURCES = join(ROOT, 'client/src')
const DIST = join(ROOT, 'client/dist')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const COMPILE_TIMEOUT_MS = 120_000

const work = mkdtempSync(join(tmpdir(), 'daxd-build-client-'))
try {
  cpSync(SOURCES, join(work, 'src'), { recursive: true })
  writeFileSync(join(work, 'src/wire.ts'), clientTypes())
  writeFileSync(join(work, 'package.json'), JSON.stringify({ type: 'module' }))
  prove()
  rmSync(DIST, { recursive: true, force: true })
  compile('build.json', {
    include: ['src'],
    compilerOptions: { noEmit: false, declaration: true, rootDir: 'src', outDir: DIST },
  })
  for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) nameJavaScript(join(DIST, name))
  }
} finally {
  rmSync(work, { recursive: true })
}

/** The compiler leaves `.ts` in the imports of declarations, which not every version follows. */
function nameJavaScript(file: string): void {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/(from '\.[^']*)\.ts'/g, "$1.js'"))
}

/** @throws Error when a type of `wire.ts` is not made, or is not the same. */
function prove(): void {
  const told = readFileSync(join(SOURCES, 'wire.ts'), 'utf8')
  const listed = /^export type \{([^}]*)\}/m.exec(told)?.[1]?.match(/\w+/g) ?? []
  const defined = [...told.matchAll(/^export type (\w+) =/gm)].map(([, name = '']) => name)
  const names = [...listed, ...defined].sort()
  if (names.join() !== [...CLIENT_TYPE_NAMES].sort().join()) {
    throw new Error(`client/src/wire.ts has ${names}; scripts/client-types.ts ${CLIENT_TYPE_NAMES}`)
  }
  // Assignments, as `true as never` would pass.
  const lines = names.map(
    (name) => `export const ${name}: Same<ours.${name}, theirs.${name}> = true`,
  )
  const proof = [
    `import type * as ours from '${join(SOURCES, 'wire.ts')}'`,
    "import type * as theirs from './src/wire.ts'",
    'type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never',
    ...lines,
  ]
  writeFileSync(join(work, 'proof.ts'), `${proof.join('\n')}\n`)
  compile('proof.json', { include: ['proof.ts'] })
}

function compile(name: string, config: { include: string[]; compilerOptions?: object }): void {
  const project = join(work, name)
  const shared = { types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] }
  const compilerOptions = { ...shared, ...config.compilerOptions }
  const whole = { extends: join(ROOT, 'tsconfig.json'), ...config, compilerOptions }
  writeFileSync(project, JSON.stringify(whole))
  execFileSync(process.execPath, [TSC, '--project', project], {
    stdio: 'inherit',
    timeout: COMPILE_TIMEOUT_MS,
  })
}
