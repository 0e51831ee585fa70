/**
 * Checks who imports whom by the rules of `.dependency-cruiser.cjs`; exits 1 and names each breach.
 * `--root DIR` looks at another tree, `--graph` prints the graph of folders (Mermaid) instead.
 *
 * dependency-cruiser reads TypeScript only with a compiler API that TypeScript 7 does not have, and
 * would pass over every .ts file in silence. So it is shown a mirror in which Node has stripped the
 * types; type-only imports are first made plain: a layer must not know another's types either.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  cruise,
  type ICruiseOptions,
  type ICruiseResult,
  type IForbiddenRuleType,
} from 'dependency-cruiser'

const FOLDERS = ['src', 'routes', 'schemas', 'client/src', 'console']
const FOLDER_OF_MODULE = '^(?:src/(?:backends/)?[^/]+|routes|schemas|client|console)/'
/** Every file imports some other, but for a few; far fewer edges mean that nothing was read. */
const IMPORTS_PER_FILE_MIN = 1

const GRAPH: ICruiseOptions = {
  outputType: 'mermaid',
  collapse: FOLDER_OF_MODULE,
  includeOnly: FOLDER_OF_MODULE,
}

interface Rules {
  readonly forbidden: IForbiddenRuleType[]
  readonly options: ICruiseOptions
}

const rules = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as Rules
const { values } = parseArgs({
  options: { root: { type: 'string', default: '.' }, graph: { type: 'boolean', default: false } },
})
const root = resolve(values.root)
const mirror = await mkdtemp(join(tmpdir(), 'daxd-imports-'))
try {
  const files = await mirrorTree(root, mirror)
  if (values.graph) process.stdout.write(`${await report(GRAPH)}\n`)
  else process.exitCode = await check(files)
} finally {
  await rm(mirror, { recursive: true })
}

async function check(files: number): Promise<number> {
  const { modules, summary } = (await report({
    ruleSet: { forbidden: rules.forbidden },
    validate: true,
  })) as ICruiseResult
  const imports = modules.flatMap(({ dependencies }) => dependencies).length
  if (imports < files * IMPORTS_PER_FILE_MIN) {
    process.stderr.write(`only ${imports} imports were found in ${files} files: nothing was read\n`)
    return 1
  }
  for (const { rule, from, to, cycle = [] } of summary.violations) {
    const way = [from, ...(cycle.length > 0 ? cycle.map(({ name }) => name) : [to])]
    process.stderr.write(`${rule.name}: ${way.map(asSource).join(' -> ')}\n`)
  }
  if (summary.violations.length > 0) return 1
  process.stdout.write(`${imports} imports of ${files} files keep the rules\n`)
  return 0
}

async function report(options: ICruiseOptions): Promise<ICruiseResult | string> {
  const { output } = await cruise(FOLDERS, { ...rules.options, ...options, baseDir: mirror })
  return output
}

/** Copies the tree's modules as JavaScript and answers how many there are. */
async function mirrorTree(from: string, to: string): Promise<number> {
  await symlink(resolve(import.meta.dirname, '../node_modules'), join(to, 'node_modules'))
  await writeFile(join(to, 'package.json'), await readFile(join(from, 'package.json')))
  let count = 0
  for (const folder of FOLDERS) {
    for (const name of await readdir(join(from, folder), { recursive: true })) {
      if (!name.endsWith('.ts')) continue
      const target = join(to, folder, name.replace(/\.ts$/, '.mjs'))
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, asJavaScript(await readFile(join(from, folder, name), 'utf8')))
      count += 1
    }
  }
  return count
}

function asJavaScript(text: string): string {
  const plain = text.replace(/^(import|export) type (?=[{*]|\w+ from )/gm, '$1 ')
  return stripTypeScriptTypes(plain).replace(/((?:from|import)[ (]*'\.[^']*)\.ts'/g, "$1.mjs'")
}

function asSource(name: string): string {
  return name.replace(/\.mjs$/, '.ts')
}
