import { rmSync, writeFileSync } from 'node:fs'
import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  createKernelBackend,
  type KernelBackendOptions,
} from '../../../src/backends/kernel/kernel-backend.ts'
import type { RunCommand } from '../../../src/backends/kernel/run-command.ts'
import { gapsOf } from '../../../src/core/extent.ts'
import { type Align, bytes, MIB } from '../../../src/core/units.ts'
import type { Backend, DevicePlan } from '../../../src/ports/backend.ts'
import { createFakeNodes, newDirectory, refusal } from './fixture.ts'
import { layOut, RECORDED_6_1, RECORDED_6_12, type Tree } from './recorded-host.ts'

const DAX0_3 = 'sys/devices/platform/hmem.0/dax0.3'
/** What daxd would refuse to take for a number. */
const UNREADABLE = 'not to be read'

const warnings: string[] = []
const log = {
  debug() {},
  info() {},
  warn: (_facts: object, message: string) => void warnings.push(message),
  error() {},
}

async function open(
  tree: Tree,
  options: Partial<KernelBackendOptions> = {},
): Promise<{ backend: Backend; root: string }> {
  const root = await newDirectory()
  await layOut(root, tree)
  const backend = await createKernelBackend({
    sysRoot: join(root, 'sys'),
    procRoot: join(root, 'proc'),
    devRoot: '/dev',
    nodes: createFakeNodes(),
    observer: { find: async () => ({ found: new Map(), complete: true }) },
    log,
    write: async () => undefined,
    run: async () => ({ kind: 'missing' }),
    timeouts: { appearMs: 20, settleMs: 20 },
    ...options,
  })
  return { backend, root }
}

describe('the recorded guest of Linux 6.1', () => {
  test('shows its two regions with the numbers of the kernel', async () => {
    const { regions, boot_id } = await (await open(RECORDED_6_1)).backend.discover()
    expect(boot_id).toBe('boot-1')
    expect(regions).toEqual([
      {
        ...{ id: 0, provider: 'hmem', path: '/platform/hmem.0', kind: 'dynamic' },
        ...{ start: 0x40000000, size: 536870912, align: 2097152, granularity: 2097152 },
        ...{ supported_aligns: [4096, 2097152], memmap: 'mem', numa_node: 0, target_node: 0 },
        ...{ media: { persistence: 'volatile', type: 'dram' }, reserved: [] },
      },
      {
        ...{ id: 1, provider: 'pmem', kind: 'static' },
        path: '/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region1',
        ...{ start: 0x100000000, size: 1071644672, align: 2097152, granularity: 16777216 },
        ...{ supported_aligns: [4096, 2097152], memmap: 'dev', numa_node: 0, target_node: 0 },
        media: { persistence: 'persistent', type: 'pmem' },
        reserved: [
          { start: 0x118000000, size: 67108864 },
          { start: 0x11c000000, size: 67108864 },
          { start: 0x13f000000, size: 14680064 },
        ],
      },
    ])
  })

  test('shows devices with their places: ranges in device order, the raw place of a namespace', async () => {
    const { devices } = await (await open(RECORDED_6_1)).backend.discover()
    const common = { target_node: 0, mode: 'devdax' }
    expect(devices).toEqual([
      {
        ...{ ...common, chardev: 'dax0.0', region: 0, path: '/dev/dax0.0', major: 253, minor: 1 },
        ...{ enabled: false, align: 2097152, memmap: 'mem', extents: [], ranges: [] },
      },
      {
        ...{ ...common, chardev: 'dax0.3', region: 0, path: '/dev/dax0.3', major: 253, minor: 6 },
        ...{ enabled: false, align: 2097152, memmap: 'mem' },
        extents: [
          { start: 0x46000000, size: 33554432 },
          { start: 0x4a000000, size: 67108864 },
        ],
        ranges: [
          { offset: 0, start: 0x46000000, size: 33554432 },
          { offset: 33554432, start: 0x4a000000, size: 67108864 },
        ],
      },
      {
        ...{ ...common, chardev: 'dax1.0', region: 1, path: '/dev/dax1.0', major: 253, minor: 0 },
        ...{ enabled: true, align: 2097152, memmap: 'mem' },
        extents: [{ start: 0x100000000, size: 268435456 }],
        ranges: [{ offset: 0, start: 0x100200000, size: 266338304 }],
      },
      {
        ...{ ...common, chardev: 'dax1.1', region: 1, path: '/dev/dax1.1', major: 253, minor: 2 },
        ...{ enabled: true, align: 4096, memmap: 'dev' },
        extents: [{ start: 0x110000000, size: 134217728 }],
        ranges: [{ offset: 0, start: 0x110400000, size: 130023424 }],
      },
    ])
  })

  test('has left of the static region what ndctl calls available: 496 MiB in one piece', async () => {
    const { regions, devices } = await (await open(RECORDED_6_1)).backend.discover()
    const region = regions[1]!
    const taken = devices.filter((device) => device.region === 1).flatMap(({ extents }) => extents)
    expect(gapsOf(region, [...taken, ...region.reserved])).toEqual([
      { start: 0x120000000, size: 520093696 },
    ])
  })

  test('a namespace whose device is gone is reserved: nobody else is given its place', async () => {
    const { backend, root } = await open(RECORDED_6_1)
    await rm(join(root, 'sys/bus/dax/devices/dax1.0'))
    const { regions, devices } = await backend.discover()
    expect(devices.map(({ chardev }) => chardev)).toEqual(['dax0.0', 'dax0.3', 'dax1.1'])
    expect(regions[1]?.reserved).toContainEqual({ start: 0x100000000, size: 268435456 })
  })

  test('an attribute that is no number is backend_failed', async () => {
    const { backend, root } = await open(RECORDED_6_1)
    await writeFile(join(root, 'sys/devices/platform/hmem.0/dax0.3/align'), 'lots\n')
    expect(await refusal(backend.discover())).toBe('backend_failed')
  })

  test('a size that waits for a driver hung in leaving is not asked for: iomem has it', async () => {
    const iomem = [
      '46000000-47ffffff : dax0.3',
      '4a000000-4dffffff : dax0.3',
      RECORDED_6_1['proc/iomem'],
    ]
    const { backend, root } = await open({
      ...RECORDED_6_1,
      [`${DAX0_3}/driver`]: '-> sys/bus/dax/drivers/device_dax',
      'proc/iomem': iomem.join('\n'),
    })
    const ofDax0_3 = async () =>
      (await backend.discover()).devices.find(({ chardev }) => chardev === 'dax0.3')
    const before = await ofDax0_3()
    expect(before?.enabled).toBe(true)
    await rm(join(root, DAX0_3, 'driver'))
    await rm(join(root, DAX0_3, 'size'))
    expect(await ofDax0_3()).toEqual({ ...before, enabled: false })
  })

  test('what a device is under one bind is not asked again, and anew under the next', async () => {
    const bound = { [`${DAX0_3}/driver`]: '-> sys/bus/dax/drivers/device_dax' }
    const claims = (last: string) =>
      `46000000-47ffffff : dax0.3\n${last} : dax0.3\n${RECORDED_6_1['proc/iomem']}`
    const { backend, root } = await open({
      ...RECORDED_6_1,
      ...bound,
      'proc/iomem': claims('4a000000-4dffffff'),
    })
    const sizeNow = async () => {
      const { devices } = await backend.discover()
      const ranges = devices.find(({ chardev }) => chardev === 'dax0.3')?.ranges ?? []
      return ranges.reduce((sum, { size }) => sum + size, 0)
    }
    expect(await sizeNow()).toBe(96 * MIB)
    await writeFile(join(root, 'proc/iomem'), '')
    await rm(join(root, DAX0_3, 'size'))
    expect(await sizeNow()).toBe(96 * MIB)
    // Shrunk by others while it had no driver, which daxd did not see.
    await rename(join(root, DAX0_3, 'driver'), join(root, 'earlier bind'))
    await symlink(join(root, 'sys/bus/dax/drivers/device_dax'), join(root, DAX0_3, 'driver'))
    await writeFile(join(root, 'proc/iomem'), claims('4a000000-4bffffff'))
    expect(await sizeNow()).toBe(64 * MIB)
  })

  test('of a device of one range no mapping is read: that could stop the region for ever', async () => {
    const expected = await (await open(RECORDED_6_1)).backend.discover()
    const single = (path: string) => path.includes('/mapping') && !path.startsWith(DAX0_3)
    const poisoned = Object.entries(RECORDED_6_1).map(([path, text]) => {
      return [path, single(path) ? UNREADABLE : text] as const
    })
    expect(poisoned.filter(([, text]) => text === UNREADABLE)).toHaveLength(6)
    const { backend } = await open(Object.fromEntries(poisoned))
    expect(await backend.discover()).toEqual(expected)
  })

  test('of a device of several ranges each is read once while the kernel keeps it', async () => {
    const { backend, root } = await open(RECORDED_6_1)
    const before = await backend.discover()
    for (const mapping of ['mapping0', 'mapping1']) {
      for (const name of ['start', 'page_offset', 'end']) {
        await writeFile(join(root, DAX0_3, mapping, name), UNREADABLE)
      }
    }
    expect(await backend.discover()).toEqual(before)
    await writeFile(join(root, DAX0_3, 'size'), `${64 * MIB}\n`)
    const shrunk = (await backend.discover()).devices.find(({ chardev }) => chardev === 'dax0.3')
    expect(shrunk?.extents).toEqual([
      { start: 0x46000000, size: 32 * MIB },
      { start: 0x4a000000, size: 32 * MIB },
    ])
  })

  test('ranges that others take away while they are waited for are not read', async () => {
    const poisoned = Object.entries(RECORDED_6_1).map(([path, text]) => {
      return [path, path.startsWith(`${DAX0_3}/mapping`) ? UNREADABLE : text] as const
    })
    const { backend, root } = await open(Object.fromEntries(poisoned))
    const looking = backend.discover()
    rmSync(join(root, DAX0_3, 'mapping0'), { recursive: true })
    rmSync(join(root, DAX0_3, 'mapping1'), { recursive: true })
    writeFileSync(join(root, DAX0_3, 'size'), '0\n')
    const found = (await looking).devices.find(({ chardev }) => chardev === 'dax0.3')
    expect(found?.extents).toEqual([])
  })

  test.each([0, 1])('of region %i alone are shown the devices that the host shows', async (id) => {
    const { backend } = await open(RECORDED_6_1)
    const { devices, boot_id } = await backend.discover()
    const alone = await backend.discover(id)
    const own = devices.filter(({ region }) => region === id)
    expect(own.length).toBeGreaterThan(1)
    expect(alone.devices.filter(({ region }) => region === id)).toEqual(own)
    expect(alone.boot_id).toBe(boot_id)
  })
})

describe('the recorded guest of Linux 6.12', () => {
  test('finds the place of a region that /proc/iomem does not name, held by kmem as a whole', async () => {
    const { regions, devices } = await (await open(RECORDED_6_12)).backend.discover()
    expect(regions.map(({ id, kind, start }) => ({ id, kind, start }))).toEqual([
      { id: 0, kind: 'static', start: 0x100000000 },
      { id: 1, kind: 'dynamic', start: 0x40000000 },
    ])
    expect(devices.at(-1)).toMatchObject({ chardev: 'dax1.0', mode: 'system-ram', enabled: true })
  })
})

describe('a region whose place nothing tells', () => {
  test('is left out with a warning, and the others are shown', async () => {
    const { 'proc/iomem': _iomem, ...rest } = RECORDED_6_1
    const { backend, root } = await open({ ...rest, 'proc/iomem': '00000000-00000000 : hmem.0' })
    await rm(join(root, 'sys/bus/dax/devices/dax0.0'))
    warnings.length = 0
    const { regions } = await backend.discover()
    expect(regions.map(({ id }) => id)).toEqual([1])
    expect(warnings).toEqual(['a region is left out: its place is unknown'])
  })
})

describe('a host without dax', () => {
  test('has no regions and no devices', async () => {
    const tree = { 'proc/sys/kernel/random/boot_id': 'boot-1' }
    const { backend } = await open(tree)
    expect(await backend.discover()).toEqual({ boot_id: 'boot-1', regions: [], devices: [] })
  })
})

describe('making a namespace', () => {
  const wanted: DevicePlan = {
    ...{ region: 1, chardev: 'dax1.2', name: 'one', mode: 'devdax', memmap: 'dev' },
    uuid: '11111111-1111-4111-8111-111111111111',
    align: (2 * MIB) as Align,
    extents: [{ start: bytes(0x120000000), size: bytes(64 * MIB) }],
    ranges: [{ offset: bytes(0), start: bytes(0x120200000), size: bytes(62 * MIB) }],
  }

  test('asks ndctl with every part of the plan', async () => {
    const commands: string[][] = []
    const run: RunCommand = async (command, args) => {
      commands.push([command, ...args])
      return { kind: 'failed', exitCode: 237, stderr: 'failed to create namespace: x' }
    }
    const { backend } = await open(RECORDED_6_1, { run })
    expect(await refusal(backend.create(wanted))).toBe('backend_failed')
    expect(commands).toEqual([
      [
        ...['ndctl', 'create-namespace', '-m', 'devdax', '-M', 'dev', '-r', 'region1'],
        ...['-s', '67108864', '-a', '2097152', '-n', 'one', '-u', wanted.uuid],
      ],
    ])
  })

  test.each([
    ['failed to create namespace: No space left on device', 'no_space'],
    ['failed to create namespace: No such device or address', 'no_such_region'],
    [
      'Error: create namespace: region1: align setting is 0x1000000 size 0x100000 is misaligned',
      'misaligned_size',
    ],
    [
      "Error: '--size=' must align to interleave-width: 1 and alignment: 1073741824",
      'misaligned_size',
    ],
    ['error: Device or resource busy', 'busy'],
    ['Segmentation fault', 'backend_failed'],
  ])('ndctl saying "%s" is %s', async (stderr, code) => {
    const { backend } = await open(RECORDED_6_1, {
      run: async () => ({ kind: 'failed', exitCode: 1, stderr }),
    })
    expect(await refusal(backend.create(wanted))).toBe(code)
  })

  test('without ndctl is unsupported, an ndctl that hangs is backend_timeout', async () => {
    const none = await open(RECORDED_6_1)
    expect(await refusal(none.backend.create(wanted))).toBe('unsupported')
    const hung = await open(RECORDED_6_1, { run: async () => ({ kind: 'timed-out' }) })
    expect(await refusal(hung.backend.create(wanted))).toBe('backend_timeout')
  })

  test('in a region without labels is unsupported, and ndctl is not asked', async () => {
    const path = Object.keys(RECORDED_6_1).find((name) => name.endsWith('/nstype')) ?? ''
    const asked: string[] = []
    const { backend } = await open(
      { ...RECORDED_6_1, [path]: '4' },
      {
        run: async (command) => {
          asked.push(command)
          return { kind: 'missing' }
        },
      },
    )
    expect(await refusal(backend.create(wanted))).toBe('unsupported')
    expect(asked).toEqual([])
  })

  test('a namespace that the uuid names already but elsewhere is uuid_taken and is kept', async () => {
    const asked: string[] = []
    const { backend } = await open(RECORDED_6_1, {
      run: async (_command, args) => {
        asked.push(args.join(' '))
        return { kind: 'done', stdout: '' }
      },
    })
    const uuid = '9ED692FB-1f48-4509-8887-4c6a936cf442'
    expect(await refusal(backend.create({ ...wanted, uuid }))).toBe('uuid_taken')
    expect(asked).toEqual([])
  })

  test('that ndctl places elsewhere is unsupported, and is taken away again', async () => {
    const asked: string[] = []
    const { backend } = await open(RECORDED_6_1, {
      write: async (path) => {
        if (path.endsWith('unbind')) await rm(join(path, '..'), { recursive: false })
      },
      run: async (_command, args) => {
        asked.push(
          args
            .slice(0, 1)
            .concat(args.length === 2 ? args.slice(1) : [])
            .join(' '),
        )
        return { kind: 'done', stdout: '{"dev":"namespace1.1","more":1}' }
      },
    })
    expect(await refusal(backend.create(wanted))).toBe('unsupported')
    expect(asked).toEqual([
      'create-namespace',
      'disable-namespace namespace1.1',
      'destroy-namespace namespace1.1',
    ])
  })
})
