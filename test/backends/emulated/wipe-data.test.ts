import { stat, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { bytes } from '../../../src/core/units.ts'
import { codeOf, dataPath, newHost, plan, SIZE, textAt } from './fixture.ts'
import { holdFile } from './holder.ts'

/** A device of three units full of `x`. */
async function fullDevice(fallocatePath: string) {
  const { directory, backend } = await newHost({ fallocatePath })
  await backend.create(plan('dax0.1', 0, 3))
  const path = dataPath(directory, 'off', 'dax0.1')
  await writeFile(path, Buffer.alloc(3 * SIZE, 'x'), { flag: 'r+' })
  return { backend, path }
}

const PART = { offset: bytes(SIZE - 4096), length: bytes(SIZE + 4096) }

test.each([
  ['by punching holes', 'fallocate'],
  ['by zeros where fallocate is missing', '/nonexistent/fallocate'],
  ['by zeros where fallocate fails', '/bin/false'],
])('a wipe zeroes exactly its part %s, and tells the bytes done', async (_how, tool) => {
  const { backend, path } = await fullDevice(tool)
  const progress: number[] = []
  await backend.wipe('dax0.1', PART, (done) => progress.push(done))
  expect(progress).toEqual([SIZE + 4096])
  const kept = ['x'.repeat(SIZE - 4096), '\0'.repeat(SIZE + 4096), 'x'.repeat(SIZE)].join('')
  expect((await textAt(path, 0, 3 * SIZE)) === kept).toBe(true)
  expect((await stat(path)).size).toBe(3 * SIZE)
})

test('a wipe by holes gives the space back, a wipe by zeros does not fill holes', async () => {
  const { backend, path } = await fullDevice('fallocate')
  const full = { offset: bytes(0), length: bytes(3 * SIZE) }
  await backend.wipe('dax0.1', full, () => {})
  expect((await stat(path)).blocks).toBe(0)
  const sparse = await newHost({ fallocatePath: '/nonexistent/fallocate' })
  await sparse.backend.create(plan('dax0.1', 0, 3))
  await sparse.backend.wipe('dax0.1', full, () => {})
  expect((await stat(dataPath(sparse.directory, 'off', 'dax0.1'))).blocks).toBe(0)
})

test('a process that has the device mapped sees the zeros and goes on', async () => {
  const { backend } = await fullDevice('fallocate')
  const { path } = await backend.enable('dax0.1')
  const holder = await holdFile(path, { offset: 0, length: SIZE })
  expect(await holder.ask('read 0 3')).toBe('xxx')
  await backend.wipe('dax0.1', { offset: bytes(0), length: bytes(4096) }, () => {})
  expect(await holder.ask('read 0 3')).toBe('\0\0\0')
  expect(await holder.ask('read 4096 3')).toBe('xxx')
})

test('a wipe whose bytes do not read as zeros afterwards is wipe_unverified', async () => {
  const { backend, path } = await fullDevice('/usr/bin/true')
  // A tool that says it has punched the hole and has not: what is read back is what counts.
  expect(await codeOf(backend.wipe('dax0.1', PART, () => {}))).toBe('wipe_unverified')
  expect(await textAt(path, PART.offset, 3)).toBe('xxx')
})

test('a part beyond the end is out_of_range and nothing is wiped', async () => {
  const { backend, path } = await fullDevice('fallocate')
  const part = { offset: bytes(2 * SIZE), length: bytes(SIZE + 1) }
  expect(await codeOf(backend.wipe('dax0.1', part, () => {}))).toBe('out_of_range')
  expect(await textAt(path, 3 * SIZE - 3, 3)).toBe('xxx')
  expect(await codeOf(backend.wipe('dax0.2', part, () => {}))).toBe('no_such_device')
})
