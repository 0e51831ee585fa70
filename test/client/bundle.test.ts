import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
/** The console has 150 kB for everything; this is the client's part of it. */
const COMPRESSED_BYTES_MAX = 10_000

async function bundle(entry: string, platform: 'browser' | 'node') {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(ROOT, 'client/src', entry)],
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform,
  })
  const [output] = Object.values(metafile.outputs)
  return {
    inputs: Object.keys(metafile.inputs),
    imports: output?.imports.map(({ path }) => path) ?? [],
    bytes: gzipSync(outputFiles[0]?.contents ?? '').length,
  }
}

test('in a browser it is its own files alone: no zod, no schema, nothing of Node', async () => {
  const { inputs, imports, bytes } = await bundle('index.ts', 'browser')
  expect(inputs.filter((path) => !path.startsWith('client/src/'))).toEqual([])
  expect(inputs.filter((path) => path.startsWith('client/src/node'))).toEqual([])
  expect(imports).toEqual([])
  expect(bytes).toBeLessThan(COMPRESSED_BYTES_MAX)
})

test('for Node it is the same and modules of Node', async () => {
  const { inputs, imports } = await bundle('node.ts', 'node')
  expect(inputs.filter((path) => !path.startsWith('client/src/'))).toEqual([])
  expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([])
})
