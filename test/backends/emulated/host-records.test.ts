import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createHostFiles } from '../../../src/backends/emulated/host-files.ts'
import { hostPaths } from '../../../src/backends/emulated/host-paths.ts'
import { createHostRecords, type HostRecords } from '../../../src/backends/emulated/host-records.ts'
import { createKeptRecords } from '../../../src/backends/emulated/kept-records.ts'
import { type DeviceOnDisk, deviceSchema } from '../../../src/backends/emulated/record-schemas.ts'
import { newDirectory, newHost, plan, region, seen, shape } from './fixture.ts'

/** Far longer than a file takes to become older than a tick of the clock. */
const KEPT_WITHIN_MS = 20_000

const DEVICE: DeviceOnDisk = {
  ...shape(0, 0),
  chardev: 'dax0.1',
  region: 0,
  name: 'one',
  uuid: 'uuid-one',
  enabled: true,
  fenced: false,
  minor: 1,
  serial: 1,
}

/** Two records of which the files have the same size. */
const OPEN = { ...DEVICE, enabled: true, fenced: false }
const SHUT = { ...DEVICE, enabled: false, fenced: true }

async function newRecords(): Promise<{ records: HostRecords; recordPath: string }> {
  const { backend, directory } = await newHost()
  await backend.close()
  const paths = hostPaths(directory)
  const records = createHostRecords(paths, createHostFiles('cp'))
  await records.writeDevice(DEVICE)
  return { records, recordPath: paths.deviceRecord(DEVICE.chardev) }
}

/** Waits until two looks give one object: from then on the record is kept. */
async function untilKept<R>(look: () => Promise<R>): Promise<R> {
  const kept = async () => {
    const first = await look()
    expect(await look()).toBe(first)
    return first
  }
  return vi.waitFor(kept, { timeout: KEPT_WITHIN_MS, interval: 5 })
}

async function failing(): Promise<void> {
  throw new Error('EIO')
}

describe('a record that is kept', () => {
  test('is read anew when somebody edits its file in place, at the same size', async () => {
    const { records, recordPath } = await newRecords()
    expect(await untilKept(() => records.device('dax0.1'))).toEqual(DEVICE)
    await writeFile(recordPath, (await readFile(recordPath, 'utf8')).replace('"one"', '"two"'))
    expect(await records.device('dax0.1')).toEqual({ ...DEVICE, name: 'two' })
  })

  test('is read anew when somebody puts another file in its place', async () => {
    const { records, recordPath } = await newRecords()
    await untilKept(() => records.device('dax0.1'))
    const text = (await readFile(recordPath, 'utf8')).replace('"one"', '"two"')
    await writeFile(`${recordPath}.new`, text)
    await rename(`${recordPath}.new`, recordPath)
    expect((await records.devices(0)).map(({ name }) => name)).toEqual([null, 'two'])
  })

  test('is gone when somebody removes its file, and back with the file', async () => {
    const { records, recordPath } = await newRecords()
    await untilKept(() => records.device('dax0.1'))
    await rename(recordPath, `${recordPath}.away`)
    expect([await records.device('dax0.1'), (await records.devices()).length]).toEqual([null, 1])
    await rename(`${recordPath}.away`, recordPath)
    expect(await records.device('dax0.1')).toEqual(DEVICE)
  })

  test('stops being told when its file is damaged, since a guess could lose data', async () => {
    const { records, recordPath } = await newRecords()
    await untilKept(() => records.device('dax0.1'))
    await writeFile(recordPath, '{}')
    await expect(records.devices()).rejects.toMatchObject({
      code: 'backend_failed',
      message: 'The record dax0.1.json of the emulated host is damaged.',
    })
  })

  test('cannot be changed by who was given it, since all who look share it', async () => {
    const { records } = await newRecords()
    const device = await records.device('dax0.1')
    expect(() => Object.assign(device ?? {}, { minor: 7 })).toThrow(TypeError)
    expect(() => Object.assign(device?.ranges[0] ?? {}, { offset: 7 })).toThrow(TypeError)
    expect(await records.device('dax0.1')).toEqual(DEVICE)
  })

  test('is forgotten when it is in no listing any more, so that memory has a bound', async () => {
    const { recordPath } = await newRecords()
    const kept = createKeptRecords(deviceSchema)
    const before = await untilKept(() => kept.read(recordPath))
    kept.keepOnly([recordPath])
    expect(await kept.read(recordPath)).toBe(before)
    kept.keepOnly([])
    expect(await kept.read(recordPath)).not.toBe(before)
  })
})

describe('a file that may have the identity of the one before', () => {
  test('is not kept while it is younger than a tick, in which it could change unseen', async () => {
    const { recordPath } = await newRecords()
    const { ctimeMs } = await stat(recordPath)
    const kept = createKeptRecords(deviceSchema)
    const isKept = async () => {
      const first = await kept.read(recordPath)
      return first === (await kept.read(recordPath))
    }
    vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(ctimeMs) + 10 })
    onTestFinished(() => void vi.useRealTimers())
    expect(await isKept()).toBe(false)
    vi.setSystemTime(Math.floor(ctimeMs) + 1000)
    expect(await isKept()).toBe(true)
  })

  test('is read anew after each change of our own, one that failed half-way included', async () => {
    const { recordPath } = await newRecords()
    const paths = hostPaths(join(recordPath, '..', '..'))
    // Such files leave the identity as it was, as the reuse of an inode within a tick would.
    const files = { ...createHostFiles('cp'), writeText: async () => {}, remove: failing }
    const records = createHostRecords(paths, files)
    const before = await untilKept(() => records.device('dax0.1'))
    await records.writeDevice(DEVICE)
    expect(await records.device('dax0.1')).not.toBe(before)
    const again = await untilKept(() => records.device('dax0.1'))
    await expect(records.removeDevice('dax0.1')).rejects.toThrow('EIO')
    expect(await records.device('dax0.1')).not.toBe(again)
  })

  test('is not kept by a look that a change of our own overtook', async () => {
    const { recordPath } = await newRecords()
    const kept = createKeptRecords(deviceSchema)
    await untilKept(() => kept.read(recordPath))
    kept.forget(recordPath)
    const looking = kept.read(recordPath)
    kept.forget(recordPath)
    const old = await looking
    expect(await kept.read(recordPath)).not.toBe(old)
  })
})

describe('our own writes', () => {
  test('are always seen by the next look, however fast records of one size follow', async () => {
    const { records } = await newRecords()
    const step = fc.record({ open: fc.boolean(), looksMeanwhile: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        for (const { open, looksMeanwhile } of steps) {
          const wanted = open ? OPEN : SHUT
          // A look that began before the write may find either, but must leave nothing behind.
          const meanwhile = looksMeanwhile ? records.devices() : null
          await records.writeDevice(wanted)
          await meanwhile
          expect(await records.device('dax0.1')).toEqual(wanted)
          expect((await records.devices(0)).at(-1)).toEqual(wanted)
        }
      }),
      { numRuns: 10 },
    )
  })

  test('of a region that goes and comes back with another nature are seen', async () => {
    const { records } = await newRecords()
    await untilKept(() => records.region(1))
    await records.removeRegion(1)
    expect((await records.regions()).map(({ id }) => id)).toEqual([0])
    await records.writeRegion(region(1, { numa_node: 1 }))
    expect((await records.regions())[1]).toEqual(region(1, { numa_node: 1 }))
  })
})

test('a device whose record is edited by hand is discovered as it says now', async () => {
  const { backend, directory } = await newHost()
  const made = await backend.create(plan('dax0.1', 0))
  const path = join(directory, 'host', 'dax0.1.json')
  await untilKept(async () => (await seen(backend, 'dax0.1'))?.ranges)
  await writeFile(path, (await readFile(path, 'utf8')).replace('"minor":1', '"minor":5'))
  expect(await seen(backend, 'dax0.1')).toEqual({ ...made, minor: 5 })
})

test('a path without a file has no record', async () => {
  const directory = await newDirectory()
  const kept = createKeptRecords(deviceSchema)
  const path = join(directory, 'dax0.1.json')
  expect([await kept.read(path), await kept.readAll([path])]).toEqual([null, []])
})
