/** Recordings of real kernels: test/fixtures/recorded/<kernel>, as the tools printed them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTopology } from '../../../src/backends/emulated/read-topology.ts'
import type { RecordedDevice, Topology } from '../../../src/backends/emulated/topology.ts'
import { alignedGaps, availableSize, maxAvailableExtent } from '../../../src/core/region-space.ts'
import { bytes } from '../../../src/core/units.ts'

const MIB = 2 ** 20
const recorded = (kernel: string, ...names: string[]) =>
  readTopology(
    names.map(
      (name) => new URL(`../../fixtures/recorded/${kernel}/${name}.txt`, import.meta.url).pathname,
    ),
  )

/** What the tools would print of each region's free space. */
function freeSpace({ regions, devices }: Topology) {
  return regions.map((region) => {
    const own = devices.filter((device) => device.region === region.id)
    const taken = [...region.reserved, ...own.flatMap((device) => device.extents)]
    const gaps = alignedGaps(region, taken, region.granularity)
    return [region.id, availableSize(gaps), maxAvailableExtent(gaps)]
  })
}

interface Compact {
  readonly align?: number
  readonly memmap?: string
  readonly mode?: string
  /** What it takes off the region: start, MiB. */
  readonly takes: readonly (readonly [number, number])[]
  /** What can be mapped, in device order: start, MiB. */
  readonly maps?: readonly (readonly [number, number])[]
  readonly enabled?: boolean
}

function device(chardev: string, compact: Compact): RecordedDevice {
  const { align = 2 * MIB, memmap = 'mem', mode = 'devdax', takes, enabled = true } = compact
  const maps = compact.maps ?? takes
  let offset = 0
  const ranges = maps.map(([start, mib]) => {
    const range = { offset, start, size: mib * MIB }
    offset += mib * MIB
    return range
  })
  const region = Number(chardev.slice(3).split('.')[0])
  const extents = takes.map(([start, mib]) => ({ start, size: mib * MIB }))
  const shape = { align, memmap, mode, extents, ranges } as unknown as RecordedDevice
  return { ...shape, region, chardev, size: bytes(offset), target_node: 0, enabled }
}

const hmemOf61 = [
  device('dax0.0', { takes: [], enabled: false }),
  device('dax0.1', { takes: [[0x40000000, 64]] }),
  device('dax0.2', { takes: [[0x44000000, 32]] }),
  device('dax0.3', {
    takes: [
      [0x46000000, 32],
      [0x4a000000, 64],
    ],
  }),
  device('dax0.4', { takes: [[0x48000000, 32]] }),
  device('dax0.5', { align: 4096, takes: [[0x4e000000, 16]] }),
  device('dax0.6', { takes: [[0x4f000000, 256]] }),
]
const hmemOf612 = [device('dax1.0', { mode: 'system-ram', takes: [[0x40000000, 512]] })]
const pmemOf = (region: number) => [
  device(`dax${region}.0`, { takes: [[0x100000000, 256]], maps: [[0x100200000, 254]] }),
  device(`dax${region}.1`, {
    align: 4096,
    memmap: 'dev',
    takes: [[0x110000000, 128]],
    maps: [[0x110400000, 124]],
  }),
]

const hmem = (id: number) => ({
  id,
  provider: 'hmem',
  path: `/platform/hmem.${id}`,
  kind: 'dynamic',
  start: 0x40000000,
  size: 512 * MIB,
  align: 2 * MIB,
  granularity: 2 * MIB,
  supported_aligns: [4096, 2 * MIB],
  memmap: 'mem',
  media: { persistence: 'volatile', type: 'dram' },
  numa_node: 0,
  target_node: 0,
  reserved: [],
})
const pmem = (id: number) => ({
  id,
  provider: 'pmem',
  path: `/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region${id}`,
  kind: 'static',
  start: 0x100000000,
  size: 1022 * MIB,
  align: 2 * MIB,
  granularity: 16 * MIB,
  supported_aligns: [4096, 2 * MIB],
  memmap: 'dev',
  media: { persistence: 'persistent', type: 'pmem' },
  numa_node: 0,
  target_node: 0,
  // The places of the fsdax and the sector namespace, as the kernel's iomem.txt has them.
  reserved: [
    { start: 0x118000000, size: 64 * MIB },
    { start: 0x11c000000, size: 64 * MIB },
  ],
})

const NDCTL = ['ndctl-list-RNDi', 'ndctl-list-RNDi-human', 'ndctl-list-BRNDXi', 'ndctl-list-NXvv']
const DAXCTL = ['daxctl-list-RDMi', 'daxctl-list-RDMi-human']
const KERNELS = [
  {
    kernel: 'k6.1',
    regions: [hmem(0), pmem(1)],
    devices: [...hmemOf61, ...pmemOf(1)],
    free: [
      [0, 16777216, 16777216],
      [1, 520093696, 520093696],
    ],
  },
  {
    kernel: 'k6.12',
    regions: [pmem(0), hmem(1)],
    devices: [...pmemOf(0), ...hmemOf612],
    free: [
      [0, 520093696, 520093696],
      [1, 0, 0],
    ],
  },
]

test.each(
  KERNELS.flatMap((host) =>
    DAXCTL.flatMap((daxctl) => NDCTL.map((ndctl) => ({ ...host, daxctl, ndctl }))),
  ),
)('$kernel: $daxctl and $ndctl together give the recorded host', async (host) => {
  const { kernel, daxctl, ndctl, regions, devices, free } = host
  for (const names of [
    [daxctl, ndctl],
    [ndctl, daxctl],
  ]) {
    const topology = await recorded(kernel, ...names)
    expect(topology).toEqual({ regions, devices })
    expect(freeSpace(topology)).toEqual(free)
  }
})

test.each(KERNELS.flatMap((host) => NDCTL.map((ndctl) => ({ ...host, ndctl }))))(
  '$kernel: $ndctl alone gives the static region on a synthetic place',
  async (host) => {
    const { kernel, ndctl, regions, devices, free } = host
    const topology = await recorded(kernel, ndctl)
    const region = regions.find(({ kind }) => kind === 'static')!
    // The synthetic start is 4 GiB, where the recorded machines have it, too.
    expect(topology).toEqual({
      regions: [{ ...region, path: `/ndbus0/region${region.id}` }],
      devices: devices.filter((one) => one.region === region.id),
    })
    expect(freeSpace(topology)).toEqual(free.filter(([id]) => id === region.id))
  },
)

test.each(KERNELS.flatMap((host) => DAXCTL.map((daxctl) => ({ ...host, daxctl }))))(
  '$kernel: $daxctl alone gives a full static region around its devices',
  async (host) => {
    const { kernel, daxctl, regions, devices, free } = host
    const topology = await recorded(kernel, daxctl)
    expect(topology).toEqual({
      regions: regions.map((region) =>
        region.kind === 'static' ? { ...region, size: 384 * MIB, reserved: [] } : region,
      ),
      devices,
    })
    expect(freeSpace(topology)).toEqual(
      free.map(([id, ...figures], index) =>
        regions[index]?.kind === 'static' ? [id, 0, 0] : [id, ...figures],
      ),
    )
  },
)

async function readText(...texts: (string | object)[]): Promise<Topology> {
  const folder = await mkdtemp(join(tmpdir(), 'daxd-topology-'))
  try {
    const files = texts.map((_, index) => join(folder, `${index}.txt`))
    for (const [index, text] of texts.entries()) {
      await writeFile(files[index]!, typeof text === 'string' ? text : JSON.stringify(text))
    }
    return await readTopology(files)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const cxl = { path: '/platform/ACPI0017:00/root0/decoder0.0/region3/dax_region3', id: 3 }
const cxlDevice = {
  chardev: 'dax3.0',
  size: 2 ** 30,
  target_node: 2,
  align: 2 * MIB,
  mode: 'famfs',
  mappings: [{ page_offset: 0, start: 5 * 2 ** 30, end: 6 * 2 ** 30 - 1, size: 2 ** 30 }],
}

test('a CXL region, printed as one object by -u, with a driver that is not ours', async () => {
  const one = { ...cxl, size: 2 ** 31, align: 2 * MIB, devices: [cxlDevice] }
  const { regions, devices } = await readText(one)
  expect(regions).toMatchObject([
    { provider: 'cxl', kind: 'dynamic', start: 5 * 2 ** 30, target_node: 2 },
  ])
  expect(devices).toMatchObject([{ mode: 'devdax', enabled: false, size: 2 ** 30 }])
})

test('a region that does not fit above its first device begins lower', async () => {
  const next = { ...cxl, path: '/platform/hmem.4', id: 4, size: 2 ** 30, align: 2 * MIB }
  const neighbour = { ...cxlDevice, chardev: 'dax4.0', mode: 'devdax' }
  neighbour.mappings = [{ page_offset: 0, start: 6 * 2 ** 30, end: 7 * 2 ** 30 - 1, size: 2 ** 30 }]
  const { regions } = await readText([
    { ...next, devices: [neighbour] },
    { ...cxl, size: 2 ** 31, align: 2 * MIB, devices: [cxlDevice] },
  ])
  expect(regions.map(({ id, start }) => [id, start / 2 ** 30])).toEqual([
    [3, 4],
    [4, 6],
  ])
})

test('an empty region has no place of its own and comes behind the others', async () => {
  const empty = { path: '/platform/hmem.0', id: 0, size: 2 ** 30, align: 2 * MIB }
  const full = { ...cxl, size: 2 ** 31, align: 2 * MIB, devices: [cxlDevice] }
  const { regions } = await readText([empty], [full])
  expect(regions.map(({ id, start }) => [id, start / 2 ** 30])).toEqual([
    [0, 7],
    [3, 5],
  ])
})

test('a namespace without labels takes its region whole, whatever odd size that has', async () => {
  const namespace = { dev: 'namespace0.0', mode: 'devdax', map: 'mem', size: 1020 * MIB }
  const region = { dev: 'region0', size: 1022 * MIB, available_size: 0, namespaces: [namespace] }
  const alone = await readText([region])
  expect(freeSpace(alone)).toEqual([[0, 0, 0]])
  const own = { takes: [[4 * 2 ** 30, 1022]], maps: [[4 * 2 ** 30 + 2 * MIB, 1020]] } as const
  expect(alone.devices).toEqual([device('dax0.0', own)])
  const mapping = {
    page_offset: 0,
    start: 8 * 2 ** 30 + 2 * MIB,
    end: 8 * 2 ** 30 + 1022 * MIB - 1,
  }
  const listed = { chardev: 'dax0.0', size: 1020 * MIB, mode: 'devdax', mappings: [mapping] }
  const path = '/platform/ndbus0/region0/dax0.0'
  const daxctl = [{ path, id: 0, size: 1020 * MIB, align: 2 * MIB, devices: [listed] }]
  const both = await readText(daxctl, [region])
  expect(freeSpace(both)).toEqual([[0, 0, 0]])
  expect(both.regions).toMatchObject([{ start: 8 * 2 ** 30, size: 1022 * MIB, reserved: [] }])
})

test('a region begins in front of its first known device if other namespaces come before', async () => {
  const start = 6 * 2 ** 30
  const mapping = { page_offset: 0, start: start + 2 * MIB, end: start + 256 * MIB - 1 }
  const listed = { chardev: 'dax0.1', size: 254 * MIB, mode: 'devdax', mappings: [mapping] }
  const path = '/platform/ndbus0/region0/dax0.1'
  const daxctl = [{ path, id: 0, size: 254 * MIB, align: 2 * MIB, devices: [listed] }]
  const namespaces = [
    { dev: 'namespace0.2', mode: 'raw', size: 128 * MIB },
    { dev: 'namespace0.1', mode: 'devdax', map: 'mem', size: 254 * MIB, chardev: 'dax0.1' },
    { dev: 'namespace0.0', mode: 'fsdax', map: 'dev', size: 62 * MIB },
  ]
  const figures = { size: 1024 * MIB, available_size: 576 * MIB, max_available_extent: 320 * MIB }
  const topology = await readText(daxctl, [{ dev: 'region0', ...figures, namespaces }])
  expect(topology.regions).toMatchObject([
    {
      start: start - 64 * MIB,
      reserved: [
        { start: start - 64 * MIB, size: 64 * MIB },
        { start: start + (1024 - 64 - 320 - 128) * MIB, size: 128 * MIB },
      ],
    },
  ])
  expect(topology.devices).toEqual([
    device('dax0.1', { takes: [[start, 256]], maps: [[start + 2 * MIB, 254]] }),
  ])
  expect(freeSpace(topology)).toEqual([[0, 576 * MIB, 320 * MIB]])
})

test.each<[string, object[], RegExp]>([
  [
    'a listing without mappings',
    [{ ...cxl, size: 2 ** 31, align: 4096, devices: [{ ...cxlDevice, mappings: [] }] }],
    /-M/,
  ],
  ['a listing without regions', [[cxlDevice]], /-R/],
  [
    'devices beyond the region',
    [{ ...cxl, size: 2 ** 29, align: 4096, devices: [cxlDevice] }],
    /region 3 span/,
  ],
  [
    'devices upon each other',
    [
      {
        ...cxl,
        size: 2 ** 31,
        align: 4096,
        devices: [cxlDevice, { ...cxlDevice, chardev: 'dax3.1' }],
      },
    ],
    /overlap/,
  ],
  [
    'a device twice',
    [
      {
        ...cxl,
        size: 2 ** 31,
        align: 4096,
        devices: [{ ...cxlDevice, size: 0, mappings: [] }, cxlDevice],
      },
    ],
    /dax3.0 is listed twice/,
  ],
  [
    'a device of another region',
    [{ ...cxl, size: 2 ** 31, align: 4096, devices: [{ ...cxlDevice, chardev: 'dax1.0' }] }],
    /dax1.0/,
  ],
  [
    'a region in two files',
    [
      { ...cxl, size: 2 ** 31, align: 4096 },
      { ...cxl, size: 2 ** 31, align: 4096 },
    ],
    /region 3 is described twice/,
  ],
  [
    'an ndctl region in two files',
    [
      [{ dev: 'region0', size: 2 ** 31, available_size: 0 }],
      [{ dev: 'region0', size: 2 ** 31, available_size: 0 }],
    ],
    /region 0 twice/,
  ],
  [
    'regions upon each other',
    [
      { ...cxl, size: 2 ** 30, align: 4096, devices: [cxlDevice] },
      { ...cxl, id: 4, size: 2 ** 30, align: 4096, devices: [{ ...cxlDevice, chardev: 'dax4.0' }] },
    ],
    /regions 3 and 4 share memory/,
  ],
  ['a size that is none', [{ ...cxl, size: '1.5G', align: 4096 }], /\[0\]\.size: is no number/],
  [
    'a namespace larger than its region',
    [
      [
        {
          dev: 'region0',
          size: 2 ** 30,
          available_size: 0,
          namespaces: [
            { dev: 'namespace0.0', mode: 'raw', size: 2 ** 31 },
            { dev: 'namespace0.1', mode: 'raw', size: 2 ** 31 },
          ],
        },
      ],
    ],
    /do not fit/,
  ],
])('%s is malformed, naming the file and the fault', async (_what, texts, fault) => {
  const refusal = await readText(...texts).catch((error) => error)
  expect(refusal).toMatchObject({ code: 'malformed' })
  expect(refusal.message).toMatch(/^Topology \S+\/daxd-topology-\w+\/0\.txt/)
  expect(refusal.message).toMatch(fault)
})
