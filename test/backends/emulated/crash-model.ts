import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createHostFiles, type HostFiles } from '../../../src/backends/emulated/host-files.ts'
import { totalSize } from '../../../src/core/extent.ts'
import type { Backend } from '../../../src/ports/backend.ts'
import { BOOT, dataPath, type EmulatedBackend, openHost, SIZE } from './fixture.ts'

/** A look that finds nobody but is not sure: a disable then ends the life as if it were held. */
export const UNSURE = { find: async () => ({ found: new Map(), complete: false }) }

/**
 * Opens the host and runs `change` on it with a daemon that dies after `steps` steps on disk,
 * those of the start included. Gives `dead`, or how the change ended.
 */
export async function dieAfter(
  directory: string,
  given: {
    readonly steps: number
    readonly bootId?: string
    readonly change?: (backend: EmulatedBackend) => Promise<unknown>
  },
): Promise<'dead' | 'done'> {
  const { steps, bootId = BOOT, change = async () => {} } = given
  const { promise: dead, resolve: die } = Promise.withResolvers<'dead'>()
  let made = 0
  function dying<Given extends unknown[]>(run: (...given: Given) => Promise<void>) {
    return (...given: Given): Promise<void> => {
      made += 1
      if (made <= steps) return run(...given)
      die('dead')
      // A dead daemon never comes back from the call.
      return new Promise(() => {})
    }
  }
  const real = createHostFiles('cp')
  const files: HostFiles = {
    writeText: dying(real.writeText),
    createSparse: dying(real.createSparse),
    resize: dying(real.resize),
    rename: dying(real.rename),
    remove: dying(real.remove),
    copySparse: dying(real.copySparse),
  }
  const work = async () => {
    await change(await openHost(directory, { files, bootId, observer: UNSURE }))
    return 'done' as const
  }
  return Promise.race([work(), dead])
}

/** The whole host, data included, as comparable text; the directory's name is left out. */
export async function snapshot(directory: string, backend: Backend): Promise<string> {
  const view = await backend.discover()
  const contents: Record<string, string[]> = {}
  for (const device of view.devices) {
    const size = totalSize(device.ranges)
    const place = device.enabled && device.mode === 'devdax' ? 'dev' : 'off'
    const file = await open(dataPath(directory, place, device.chardev))
    const texts: string[] = []
    for (let offset = 0; offset < size; offset += SIZE) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, offset)
      texts.push(buffer.toString('latin1', 0, bytesRead))
    }
    await file.close()
    contents[device.chardev] = texts
  }
  return JSON.stringify({ view, contents }, null, 1).replaceAll(directory, '')
}

/** What must hold on disk whenever a daemon has started. */
export async function checkSettled(directory: string, backend: Backend): Promise<void> {
  const { devices } = await backend.discover()
  const sizes: Record<string, number> = {}
  for (const device of devices) {
    const place = device.enabled && device.mode === 'devdax' ? 'dev' : 'off'
    sizes[`${place}/${device.chardev}`] = totalSize(device.ranges)
  }
  const found: Record<string, number> = {}
  for (const place of ['dev', 'off', 'old']) {
    for (const name of await readdir(join(directory, place))) {
      found[`${place}/${name}`] = (await stat(join(directory, place, name))).size
    }
  }
  expect(found).toEqual(sizes)
  const records = (await readdir(join(directory, 'host'))).filter((name) => name.endsWith('.tmp'))
  expect(records).toEqual([])
}
