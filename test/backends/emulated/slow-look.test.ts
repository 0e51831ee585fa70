/** A look at the processes that ends when much has happened to what it was asked about. */
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createHostFiles } from '../../../src/backends/emulated/host-files.ts'
import type { ProcessFindings, ProcessObserver } from '../../../src/procfs/process-use.ts'
import { dataPath, newHost, plan, textAt } from './fixture.ts'

const NOBODY: ProcessFindings = { found: new Map(), complete: true }
const TEXT = 'of the second life'

test('removes nothing of a later life that comes to an end meanwhile, and lets it come back', async () => {
  const { promise: slow, resolve: endLook } = Promise.withResolvers<ProcessFindings>()
  let answer = async (): Promise<ProcessFindings> => NOBODY
  const observer: ProcessObserver = { find: () => answer() }
  const real = createHostFiles('cp')
  let remove = real.remove
  const files = { ...real, remove: (path: string) => remove(path) }
  const { directory, backend } = await newHost({ observer, files })

  // The first life ends while somebody may hold it, so that its empty file stays.
  await backend.create(plan('dax0.1', 0))
  const keep = async () => undefined
  remove = (path) => (path.includes('/old/') ? keep() : real.remove(path))
  await backend.destroy('dax0.1')
  remove = real.remove
  const asked = Promise.withResolvers<void>()
  answer = () => {
    asked.resolve()
    return slow
  }
  const looking = backend.observe(['dax0.1'])
  await asked.promise
  answer = async () => NOBODY

  // Another look finds nobody, and the name is given again.
  await backend.create(plan('dax0.1', 0))
  await writeFile(dataPath(directory, 'off', 'dax0.1'), TEXT, { flag: 'r+' })

  // Its end fails half-way, when the slow look has just returned.
  remove = async (path) => {
    if (!path.endsWith('dax0.1.json')) return real.remove(path)
    endLook(NOBODY)
    await looking
    throw Object.assign(new Error('EIO'), { code: 'EIO' })
  }
  await expect(backend.destroy('dax0.1')).rejects.toMatchObject({ code: 'backend_failed' })
  expect(await textAt(dataPath(directory, 'off', 'dax0.1'), 0, TEXT.length)).toBe(TEXT)
})
