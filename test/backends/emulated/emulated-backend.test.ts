import { readdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rangesOf } from '../../../src/core/device-range.ts'
import { bytes, GIB } from '../../../src/core/units.ts'
import {
  ALIGN,
  codeOf,
  dataPath,
  NOTHING,
  newDirectory,
  newHost,
  openHost,
  plan,
  region,
  SIZE,
  seen,
  shape,
  textAt,
} from './fixture.ts'

const MISSING = 'dax0.9'

describe('the host as it is discovered', () => {
  test('a dynamic region without devices has an empty id 0, a static one has nothing', async () => {
    const { directory, backend } = await newHost()
    expect(await backend.discover()).toEqual({
      boot_id: 'boot-1',
      regions: [region(0), region(1)],
      devices: [
        {
          chardev: 'dax0.0',
          region: 0,
          path: join(directory, 'dev', 'dax0.0'),
          major: 253,
          minor: 0,
          target_node: 7,
          enabled: false,
          align: ALIGN,
          memmap: 'mem',
          mode: 'devdax',
          extents: [],
          ranges: [],
        },
      ],
    })
  })

  test('a daemon that starts again finds the same host and the data, since all is on disk', async () => {
    const { directory, backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    const { path } = await backend.enable('dax0.1')
    await backend.create(plan('dax1.0', 3))
    await writeFile(path, 'kept', { flag: 'r+' })
    const before = await backend.discover()
    await backend.close()
    expect(await (await openHost(directory)).discover()).toEqual(before)
    expect(await textAt(path, 0, 4)).toBe('kept')
  })

  test('a damaged record stops the start and names itself, since guessing could lose data', async () => {
    const { directory } = await newHost()
    await writeFile(join(directory, 'host', 'dax0.0.json'), '{"chardev":"dax0.0"}')
    await expect(openHost(directory)).rejects.toMatchObject({
      code: 'backend_failed',
      message: 'The record dax0.0.json of the emulated host is damaged.',
    })
  })

  test('a directory that cannot be made is backend_failed with its errno, not a defect', async () => {
    const directory = await newDirectory()
    await writeFile(join(directory, 'file'), '')
    await expect(openHost(join(directory, 'file'))).rejects.toMatchObject({
      code: 'backend_failed',
      message: 'The file system of the emulated host failed with ENOTDIR.',
    })
  })
})

describe('create', () => {
  test('makes a disabled device that nobody can open, with the next minor', async () => {
    const { directory, backend } = await newHost()
    const made = await backend.create(plan('dax0.3', 4, 2))
    expect(made).toEqual({
      ...shape(0, 4, 2),
      chardev: 'dax0.3',
      region: 0,
      path: join(directory, 'dev', 'dax0.3'),
      major: 253,
      minor: 1,
      target_node: 7,
      enabled: false,
    })
    expect(await seen(backend, 'dax0.3')).toEqual(made)
    expect(await readdir(join(directory, 'dev'))).toEqual([])
    const { size, blocks, mode } = await stat(dataPath(directory, 'off', 'dax0.3'))
    expect({ size, blocks, mode: mode & 0o777 }).toEqual({ size: 2 * SIZE, blocks: 0, mode: 0o600 })
    expect((await stat(join(directory, 'dev'))).mode & 0o777).toBe(0o755)
  })

  test('fills the empty id 0 in place, with the minor that it had', async () => {
    const { backend } = await newHost()
    const made = await backend.create(plan('dax0.0', 0))
    expect([made.chardev, made.minor]).toEqual(['dax0.0', 0])
    expect((await backend.discover()).devices).toEqual([made])
  })

  test('uses the lowest free name when another device has the planned one', async () => {
    const { backend } = await newHost()
    await backend.create(plan('dax0.0', 0))
    await backend.create(plan('dax0.1', 1))
    expect((await backend.create(plan('dax0.1', 2))).chardev).toBe('dax0.2')
  })

  test('gives a repeated plan the device it made, but refuses its uuid with another shape', async () => {
    const { backend } = await newHost()
    const made = await backend.create(plan('dax0.1', 0))
    expect(await backend.create(plan('dax0.1', 0))).toEqual(made)
    const other = { ...plan('dax0.1', 0), ...shape(0, 5) }
    expect(await codeOf(backend.create(other))).toBe('uuid_taken')
    expect((await backend.discover()).devices.length).toBe(2)
  })

  test('plans with an empty uuid are different devices, since recorded ones have none', async () => {
    const { backend } = await newHost()
    const made = []
    for (const at of [0, 1])
      made.push(await backend.create({ ...plan(`dax0.${at}`, at), uuid: '' }))
    expect((await backend.discover()).devices).toEqual(made)
    expect(made.map((device) => device.chardev)).toEqual(['dax0.0', 'dax0.1'])
  })

  test('the freed minor is the lowest one and is used again', async () => {
    const { backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    await backend.create(plan('dax1.0', 0))
    await backend.destroy('dax0.1')
    expect((await backend.create(plan('dax1.1', 1))).minor).toBe(1)
  })

  test('devices made at once in different regions get different minors', async () => {
    const { backend } = await newHost()
    const plans = [0, 1, 2, 3, 4].flatMap((at) => [plan(`dax0.${at}`, at), plan(`dax1.${at}`, at)])
    const made = await Promise.all(plans.map((item) => backend.create(item)))
    const minors = made.map((device) => device.minor).sort((a, b) => a - b)
    expect(minors).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test.each([
    ['overlaps another device by its last unit', shape(0, 3, 2), 'range_taken'],
    ['lies before the region', shape(0, -1), 'range_outside'],
    ['ends after the region', shape(0, GIB / SIZE - 1, 2), 'range_outside'],
    ['overlaps a reserved extent', shape(0, 100), 'range_taken'],
    ['overlaps itself', twice(shape(0, 10)), 'range_taken'],
  ] as const)(
    'a plan that %s is refused and leaves the host as it was',
    async (_why, given, code) => {
      const { backend } = await newHost()
      await backend.dropRegion(0)
      const reserved = shape(0, 100).extents
      await backend.defineRegion(region(0, { reserved }))
      await backend.create(plan('dax0.1', 4))
      const before = await backend.discover()
      const refused = { ...plan('dax0.2', 50), ...given }
      expect(await codeOf(backend.create(refused))).toBe(code)
      expect(await backend.discover()).toEqual(before)
    },
  )

  test('a plan for a region that is not there is no_such_region', async () => {
    const { backend } = await newHost()
    expect(await codeOf(backend.create({ ...plan('dax0.1', 0), region: 5 }))).toBe('no_such_region')
  })
})

describe('enable, disable and fence', () => {
  test('the path exists while the device is enabled and not fenced', async () => {
    const { directory, backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    const openable = () => readdir(join(directory, 'dev'))
    const steps: [() => Promise<unknown>, string[]][] = [
      [() => backend.enable('dax0.1'), ['dax0.1']],
      [() => backend.enable('dax0.1'), ['dax0.1']],
      [() => backend.fence('dax0.1'), []],
      [() => backend.enable('dax0.1'), []],
      [() => backend.fence('dax0.1'), []],
      [() => backend.unfence('dax0.1'), ['dax0.1']],
      [() => backend.unfence('dax0.1'), ['dax0.1']],
      [() => backend.fence('dax0.1'), []],
      [() => backend.disable('dax0.1'), []],
      [() => backend.disable('dax0.1'), []],
      [() => backend.unfence('dax0.1'), []],
      [() => backend.enable('dax0.1'), ['dax0.1']],
    ]
    for (const [index, [step, expected]] of steps.entries()) {
      await step()
      expect([index, await openable()]).toEqual([index, expected])
    }
    expect((await seen(backend, 'dax0.1'))?.enabled).toBe(true)
  })

  test('a fenced device is open again after a restart, since who fenced it is gone', async () => {
    const { directory, backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    await backend.enable('dax0.1')
    await backend.fence('dax0.1')
    const again = await openHost(directory)
    expect(await readdir(join(directory, 'dev'))).toEqual(['dax0.1'])
    expect((await seen(again, 'dax0.1'))?.enabled).toBe(true)
  })

  test('a device in mode system-ram is enabled but has no path to open', async () => {
    const { directory, backend } = await newHost()
    await backend.create({ ...plan('dax0.1', 0), mode: 'system-ram' })
    expect((await backend.enable('dax0.1')).enabled).toBe(true)
    expect(await readdir(join(directory, 'dev'))).toEqual([])
  })

  test('an empty device cannot be enabled', async () => {
    const { backend } = await newHost()
    expect(await codeOf(backend.enable('dax0.0'))).toBe('empty_device')
  })

  test.each(['enable', 'disable', 'fence', 'unfence'] as const)(
    '%s of a device that is not there is no_such_device',
    async (call) => {
      const { backend } = await newHost()
      expect(await codeOf(backend[call](MISSING))).toBe('no_such_device')
      expect(await codeOf(backend[call]('../host/dax0.0'))).toBe('no_such_device')
    },
  )
})

describe('reshape', () => {
  test('keeps the bytes that stay; what was given back and is gained again reads zero', async () => {
    const { directory, backend } = await newHost()
    await backend.create(plan('dax0.1', 0, 2))
    const path = dataPath(directory, 'off', 'dax0.1')
    await writeFile(path, Buffer.alloc(2 * SIZE, 'x'), { flag: 'r+' })
    expect(await backend.reshape('dax0.1', shape(0, 0, 1))).toMatchObject(shape(0, 0, 1))
    const grown = await backend.reshape('dax0.1', shape(0, 0, 3))
    expect(await seen(backend, 'dax0.1')).toEqual(grown)
    expect((await stat(path)).size).toBe(3 * SIZE)
    const expected = 'x'.repeat(SIZE) + '\0'.repeat(2 * SIZE)
    expect((await textAt(path, 0, 3 * SIZE)) === expected).toBe(true)
  })

  test('takes all memory away and gives it align and mode anew', async () => {
    const { directory, backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    expect(await backend.reshape('dax0.1', NOTHING)).toMatchObject({ extents: [], ranges: [] })
    expect((await stat(dataPath(directory, 'off', 'dax0.1'))).size).toBe(0)
    const next = { ...shape(0, 7), align: 4096, mode: 'system-ram' } as ReturnType<typeof shape>
    expect(await backend.reshape('dax0.1', next)).toMatchObject(next)
  })

  test('is device_enabled while enabled and range_taken over another device', async () => {
    const { backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    await backend.create(plan('dax0.2', 1))
    expect(await codeOf(backend.reshape('dax0.1', shape(0, 0, 2)))).toBe('range_taken')
    await backend.enable('dax0.1')
    expect(await codeOf(backend.reshape('dax0.1', NOTHING))).toBe('device_enabled')
    expect(await codeOf(backend.reshape(MISSING, NOTHING))).toBe('no_such_device')
  })
})

describe('destroy', () => {
  test('takes a disabled device and its data; again, it succeeds and changes nothing', async () => {
    const { directory, backend } = await newHost()
    const before = await backend.discover()
    await backend.create(plan('dax0.1', 0))
    await backend.destroy('dax0.1')
    await backend.destroy('dax0.1')
    await backend.destroy('not-a-device')
    expect(await backend.discover()).toEqual(before)
    expect(await readdir(join(directory, 'off'))).toEqual(['dax0.0'])
    expect(await readdir(join(directory, 'old'))).toEqual([])
  })

  test('leaves the id 0 of a dynamic region empty, and its memory reads zero afterwards', async () => {
    const { directory, backend } = await newHost()
    const before = await backend.discover()
    await backend.create(plan('dax0.0', 0))
    await writeFile(dataPath(directory, 'off', 'dax0.0'), 'secret', { flag: 'r+' })
    await backend.destroy('dax0.0')
    expect(await backend.discover()).toEqual(before)
    await backend.create(plan('dax0.0', 0))
    expect(await textAt(dataPath(directory, 'off', 'dax0.0'), 0, 6)).toBe('\0'.repeat(6))
  })

  test('is device_enabled while enabled, and the device stays', async () => {
    const { backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    const enabled = await backend.enable('dax0.1')
    expect(await codeOf(backend.destroy('dax0.1'))).toBe('device_enabled')
    expect(await seen(backend, 'dax0.1')).toEqual(enabled)
  })
})

describe('regions', () => {
  test('one that overlaps is region_overlap, one with its id but another nature name_taken', async () => {
    const { backend } = await newHost()
    const before = await backend.discover()
    const overlapping = region(0, { id: 9, start: bytes(5 * GIB - SIZE) })
    expect(await codeOf(backend.defineRegion(overlapping))).toBe('region_overlap')
    expect(await codeOf(backend.defineRegion(region(0, { numa_node: 3 })))).toBe('name_taken')
    await backend.defineRegion(region(0))
    expect(await backend.discover()).toEqual(before)
  })

  test('drop takes the region and its empty id 0, but is region_busy with a device inside', async () => {
    const { backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    expect(await codeOf(backend.dropRegion(0))).toBe('region_busy')
    await backend.destroy('dax0.1')
    await backend.dropRegion(0)
    expect(await backend.discover()).toEqual({
      boot_id: 'boot-1',
      regions: [region(1)],
      devices: [],
    })
    expect(await codeOf(backend.dropRegion(0))).toBe('no_such_region')
  })
})

describe('repair at start', () => {
  test('data without a record are removed, a record without data gets an empty file', async () => {
    const { directory, backend } = await newHost()
    await backend.create(plan('dax0.1', 0))
    await truncate(dataPath(directory, 'off', 'dax0.1'), 5)
    await writeFile(dataPath(directory, 'off', 'dax0.8'), 'orphan')
    await writeFile(dataPath(directory, 'dev', 'dax1.4'), 'orphan')
    await writeFile(dataPath(directory, 'off', 'dax0.1.7'), 'half a copy')
    const before = await backend.discover()
    expect(await (await openHost(directory)).discover()).toEqual(before)
    expect(await readdir(join(directory, 'off'))).toEqual(['dax0.0', 'dax0.1'])
    expect(await readdir(join(directory, 'dev'))).toEqual([])
    expect(await readdir(join(directory, 'old'))).toEqual([])
    expect((await stat(dataPath(directory, 'off', 'dax0.1'))).size).toBe(SIZE)
  })
})

function twice(given: ReturnType<typeof shape>): ReturnType<typeof shape> {
  const extents = [...given.extents, ...given.extents]
  return { ...given, extents, ranges: rangesOf(extents) }
}
