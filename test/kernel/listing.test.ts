/** Every number of `daxctl list -RDMi` and `ndctl list -RNi`, next to daxd's exports. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectGuest } from './rig/guest.ts'
import { HMEM, sysfsDax } from './rig/sysfs-dax.ts'
import { type DaxdHost, type KernelDaxd, openDaxdHost } from './support/daxd-host.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
type Fields = Readonly<Record<string, unknown>>

const guest = connectGuest(ownGuest())
const dax = sysfsDax(guest)
let daxd: DaxdHost
let api: KernelDaxd

const place = (atMib: number, sizeMib: number) => {
  const start = HMEM.start + atMib * MIB
  return { start, end: start + sizeMib * MIB - 1 }
}

beforeAll(async () => {
  daxd = await openDaxdHost(guest)
  api = await daxd.fresh()
  const { hmem, pmem } = await api.regions()
  await api.makeNamespace({ name: 'plain', region: hmem, size: 16 * MIB })
  const ranges = [place(64, 4), place(32, 8), place(96, 2)]
  await api.makeNamespace({ name: 'ranges', region: hmem, ranges, align: 4096 })
  const { chardev } = await api.makeNamespace({ name: 'off', region: hmem, size: 32 * MIB })
  await api.act(`/v1/devices/${chardev}/disable`)
  await dax.create(2 * MIB, [place(200, 8)])
  await api.makeNamespace({ name: 'mem', region: pmem, size: 64 * MIB, memmap: 'mem' })
  await api.makeNamespace({ name: 'dev', region: pmem, size: 32 * MIB, align: 4096 })
  const idle = await api.makeNamespace({ name: 'idle', region: pmem, size: 48 * MIB })
  await api.act(`/v1/devices/${idle.chardev}/disable`)
  await dax.createPmem({ size: '16M', align: '2M', map: 'mem' })
  // A look at the host takes over what was made behind daxd's back.
  await api.get('/v1/reconciliation')
})

afterAll(async () => {
  api.close()
  await daxd.end()
  guest.close()
})

const sortBy = (items: readonly Fields[], key: string): Fields[] =>
  [...items].sort((left, right) => String(left[key]).localeCompare(String(right[key])))

/** By device, then by place; regions of one id are told by the device in them. */
function sortedDaxctl(regions: readonly Fields[]): Fields[] {
  const sorted = regions.map((region) => ({
    ...region,
    devices: sortBy(region['devices'] as Fields[], 'chardev').map((device) => ({
      ...device,
      mappings: [...(device['mappings'] as { page_offset: number }[])].sort(
        (left, right) => left.page_offset - right.page_offset,
      ),
    })),
  }))
  return sortBy(
    sorted.map((region) => ({ ...region, key: (region.devices[0] as Fields)['chardev'] })),
    'key',
  )
}

test('GET /v1/export/daxctl is what daxctl prints, number by number', async () => {
  const printed = JSON.parse(await guest.sh('daxctl list -RDMi')) as Fields[]
  expect(sortedDaxctl(await api.get('/v1/export/daxctl'))).toEqual(sortedDaxctl(printed))
})

/**
 * ndctl shows the uuid of the info block, and that of the label, which is what daxd's is, as
 * `raw_uuid` of a verbose listing. A device without its driver is no disabled namespace to it.
 */
test('GET /v1/export/ndctl is what ndctl prints of regions and of devdax namespaces', async () => {
  const { regions } = JSON.parse(await guest.sh('ndctl list -RNi')) as { regions: Fields[] }
  const verbose = JSON.parse(await guest.sh('ndctl list -Nv')) as Fields[]
  const rawUuids = new Map(verbose.map(({ dev, raw_uuid }) => [dev, raw_uuid]))
  const printed = regions.map(({ iset_id, persistence_domain, namespaces, ...region }) => ({
    ...region,
    // An idle listing shows seeds, too: without a size, and of a mode that no device-dax has.
    namespaces: (namespaces as Fields[])
      .filter(({ mode }) => mode === 'devdax')
      .map(({ dev, uuid, ...namespace }) => ({
        ...{ ...namespace, dev },
        ...(namespace['name'] === undefined ? {} : { uuid: rawUuids.get(dev) }),
      })),
  }))
  const exported = (await api.get('/v1/export/ndctl')).regions as Fields[]
  const plain = exported.map((region) => ({
    ...region,
    namespaces: sortBy(region['namespaces'] as Fields[], 'dev').map(
      ({ state, ...namespace }) => namespace,
    ),
  }))
  const sorted = printed.map((region) => ({
    ...region,
    namespaces: sortBy(region.namespaces, 'dev'),
  }))
  expect(plain).toEqual(sorted)
})

test('GET /v1/devices and /v1/regions carry the same numbers', async () => {
  const printed = JSON.parse(await guest.sh('daxctl list -RDMi')) as Fields[]
  const tool = printed
    .flatMap((region) => region['devices'] as Fields[])
    .map(({ chardev, size, align, target_node, mode, state = 'enabled', mappings }) => ({
      ...{ chardev, size, align, target_node, mode, state },
      ranges: [...(mappings as { page_offset: number }[])].sort(
        (left, right) => left.page_offset - right.page_offset,
      ),
    }))
  const own = ((await api.get('/v1/devices?limit=1000')).items as Fields[]).map(
    ({ chardev, size, align, target_node, mode, state, ranges }) => ({
      ...{ chardev, size, align, target_node, mode, state, ranges },
    }),
  )
  expect(sortBy(own, 'chardev')).toEqual(sortBy(tool, 'chardev'))
  const { hmem, pmem } = await api.regions()
  const free = await guest.sh(`cat /sys/devices/platform/hmem.*/dax_region/available_size
    cat /sys/bus/nd/devices/region*/available_size
    cat /sys/bus/nd/devices/region*/max_available_extent`)
  const [dynamic, fixed] = [
    await api.get(`/v1/regions/${hmem}`),
    await api.get(`/v1/regions/${pmem}`),
  ]
  expect([dynamic.available_size, fixed.available_size, fixed.max_available_extent]).toEqual(
    free.trim().split('\n').map(Number),
  )
})
