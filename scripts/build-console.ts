/**
 * Bundles the console into `console/dist/`, which is committed: daxd serves it as it is and needs
 * no step of building. `--check` exits 1 when what is committed is not what the sources make.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const ROOT = resolve(import.meta.dirname, '..')
const SOURCES = join(ROOT, 'console')
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

const stale: string[] = []
for (const [name, text] of await made()) {
  const path = join(SOURCES, 'dist', name)
  if (!values.check) await writeFile(path, text)
  else if ((await readFile(path, 'utf8').catch(() => null)) !== text) stale.push(name)
}
if (stale.length > 0) {
  process.stderr.write(`console/dist is stale (${stale.join(', ')}): npm run console\n`)
  process.exitCode = 1
}

async function made(): Promise<[name: string, text: string][]> {
  const { outputFiles } = await build({
    entryPoints: [join(SOURCES, 'main.ts'), join(SOURCES, 'console.css')],
    outdir: join(SOURCES, 'dist'),
    absWorkingDir: ROOT,
    entryNames: 'console',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2022', 'chrome120', 'firefox121', 'safari17'],
    legalComments: 'none',
    logLevel: 'warning',
    preserveSymlinks: true,
  })
  const bundles = outputFiles.map(({ path, text }): [string, string] => [
    path.slice(path.lastIndexOf('/') + 1),
    text,
  ])
  const pages = ['index.html', 'icon.svg'].map(
    async (name): Promise<[string, string]> => [name, await readFile(join(SOURCES, name), 'utf8')],
  )
  return [...bundles, ...(await Promise.all(pages))]
}
