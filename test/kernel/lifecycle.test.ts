/** The life of regions, namespaces, devices and claims on a real kernel, over HTTP. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { connectGuest } from './rig/guest.ts'
import { HMEM, sysfsDax } from './rig/sysfs-dax.ts'
import { readBus } from './support/bus.ts'
import { type DaxdHost, type KernelDaxd, openDaxdHost } from './support/daxd-host.ts'
import { hold } from './support/holder.ts'
import { type LogMark, markKernelLog } from './support/kernel-log.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const ALIGN_2M = 2 * MIB
const DEVICE_DAX = 'device_dax'

const guest = connectGuest(ownGuest())
const dax = sysfsDax(guest)
let daxd: DaxdHost
let api: KernelDaxd
let regions: { readonly hmem: number; readonly pmem: number }
let log: LogMark

beforeAll(async () => {
  daxd = await openDaxdHost(guest)
})

beforeEach(async () => {
  log = await markKernelLog(guest)
  api = await daxd.fresh()
  regions = await api.regions()
})

afterEach(async () => {
  api.close()
  expect(await log.complaints()).toEqual([])
})

afterAll(async () => {
  await daxd.end()
  guest.close()
})

const slot = () => `dax${regions.hmem}.0`
const idleSlot = () => ({ chardev: slot(), size: 0, align: ALIGN_2M, driver: null })
const place = (atMib: number, sizeMib: number) => {
  const start = HMEM.start + atMib * MIB
  return { start, end: start + sizeMib * MIB - 1 }
}
const region = (id: number) => api.get(`/v1/regions/${id}`)

/** The dynamic region's devices; namespaces of the NVDIMM show theirs beside them. */
async function hmemBus() {
  const prefix = `dax${regions.hmem}.`
  return (await readBus(guest)).filter(({ chardev }) => chardev.startsWith(prefix))
}

describe('the device that the kernel makes over the whole region at boot', () => {
  async function makeDefault(): Promise<void> {
    api.close()
    await daxd.stop()
    await guest.sh(`echo ${HMEM.size} > /sys/bus/dax/devices/${slot()}/size`)
    await dax.enable(slot())
  }

  test('is nobody’s and holds all capacity, until it is deleted', async () => {
    await makeDefault()
    api = await daxd.start()
    expect(await api.get(`/v1/devices/${slot()}`)).toMatchObject({
      ...{ namespace: null, state: 'enabled', size: HMEM.size, drift: null, observed: [] },
    })
    expect(await region(regions.hmem)).toMatchObject({ available_size: 0, drift: null })
    const body = { region: regions.hmem, size: 4 * MIB }
    const full = await api.ask('post', '/v1/namespaces', { body })
    expect(refusal(full)).toEqual({ status: 507, errno: 'ENOSPC', code: 'no_space' })
    await api.remove(`/v1/devices/${slot()}`)
    expect(await region(regions.hmem)).toMatchObject({ available_size: HMEM.size })
    expect(await hmemBus()).toEqual([idleSlot()])
    expect((await api.makeNamespace({ ...body, name: 'n' })).chardev).toBe(slot())
  })

  test('is released at start when the operator says so', async () => {
    await makeDefault()
    api = await daxd.start(['--release-default-devices'])
    expect(await region(regions.hmem)).toMatchObject({ available_size: HMEM.size })
    expect(await hmemBus()).toEqual([idleSlot()])
  })
})

describe('namespaces of a dynamic region', () => {
  test('take the slot first, then lowest names, each at its first fit, enabled', async () => {
    const made = []
    for (const name of ['a', 'b', 'c']) {
      made.push((await api.makeNamespace({ name, region: regions.hmem, size: 8 * MIB })).chardev)
    }
    const names = [0, 1, 2].map((id) => `dax${regions.hmem}.${id}`)
    expect(made).toEqual(names)
    expect(await hmemBus()).toEqual(
      names.map((chardev) => ({
        ...{ chardev, size: 8 * MIB, align: ALIGN_2M, driver: DEVICE_DAX },
      })),
    )
    const { available_size } = await region(regions.hmem)
    expect(available_size).toBe(HMEM.size - 24 * MIB)
  })

  test('stretch over several holes, in the order that the kernel chooses', async () => {
    const all = HMEM.size / MIB
    await api.makeNamespace({ name: 'a', region: regions.hmem, ranges: [place(8, 8)] })
    await api.makeNamespace({ name: 'b', region: regions.hmem, ranges: [place(24, all - 32)] })
    const { chardev } = await api.makeNamespace({ name: 'c', region: regions.hmem, size: 20 * MIB })
    const { ranges, size } = await api.get(`/v1/devices/${chardev}`)
    const shown = await guest.sh(
      `cd /sys/bus/dax/devices/${chardev} && for m in mapping[0-9]*; do
        cat $m/page_offset $m/start $m/end; done`,
    )
    const numbers = shown.trim().split('\n').map(Number)
    const kernel = [0, 3, 6].map((at) => {
      const [page_offset = 0, start = 0, end = 0] = numbers.slice(at, at + 3)
      return { page_offset, start, end, size: end - start + 1 }
    })
    expect(size).toBe(20 * MIB)
    expect(ranges).toEqual(kernel)
    expect(ranges.map(({ start }: { start: number }) => (start - HMEM.start) / MIB)).toEqual([
      0,
      16,
      all - 8,
    ])
  })

  test('lie where they were asked to, 4K-aligned when they were asked to', async () => {
    const ranges = [place(64, 4), place(32, 2)]
    const body = { name: 'x', region: regions.hmem, ranges, align: 4096 }
    const { chardev } = await api.makeNamespace(body)
    expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
      ...{ size: 6 * MIB, align: 4096, state: 'enabled' },
      ranges: [
        { page_offset: 0, ...ranges[0], size: 4 * MIB },
        { page_offset: 1024, ...ranges[1], size: 2 * MIB },
      ],
    })
    const small = { chardev, size: 6 * MIB, align: 4096, driver: DEVICE_DAX }
    expect(await hmemBus()).toEqual([small])
  })

  test('are resized while disabled only: grown, shrunk, and the data of what stays are kept', async () => {
    const { chardev } = await api.makeNamespace({
      ...{ name: 'n', region: regions.hmem, size: 8 * MIB },
    })
    const path = `/v1/devices/${chardev}`
    const before = await api.get(path)
    const map = () => ({
      ...{ path: before.path, offset: 0, length: 4 * MIB },
      ...{ prot: ['PROT_READ', 'PROT_WRITE'], flags: ['MAP_SHARED'] },
    })
    const writer = await hold(guest, map())
    await writer.store(ALIGN_2M, 42)
    await writer.end()
    const body = { size: 16 * MIB }
    const enabled = await api.ask('patch', '/v1/namespaces/n', { body })
    expect(refusal(enabled)).toEqual({ status: 409, errno: 'EBUSY', code: 'device_enabled' })
    const sizes = []
    for (const size of [16 * MIB, 4 * MIB]) {
      await api.act(`${path}/disable`)
      await api.ok('patch', '/v1/namespaces/n', 200, { body: { size } })
      await api.act(`${path}/enable`)
      sizes.push([(await api.get(path)).size, await dax.size(chardev)])
    }
    expect(sizes).toEqual([
      [16 * MIB, 16 * MIB],
      [4 * MIB, 4 * MIB],
    ])
    const reader = await hold(guest, map())
    const found = await reader.load(ALIGN_2M)
    await reader.end()
    expect(found).toBe(42)
  })

  test('take another align while disabled', async () => {
    const { chardev } = await api.makeNamespace({
      ...{ name: 'n', region: regions.hmem, size: 8 * MIB },
    })
    const path = `/v1/devices/${chardev}`
    await api.act(`${path}/disable`)
    await api.ok('patch', '/v1/namespaces/n', 200, { body: { align: 4096 } })
    expect((await api.act(`${path}/enable`)).align).toBe(4096)
    expect(await hmemBus()).toEqual([{ chardev, size: 8 * MIB, align: 4096, driver: DEVICE_DAX }])
  })

  test('are gone without a trace when deleted, whichever goes first', async () => {
    for (const name of ['a', 'b', 'c']) {
      await api.makeNamespace({ name, region: regions.hmem, size: 8 * MIB })
    }
    for (const name of ['b', 'a', 'c']) await api.remove(`/v1/namespaces/${name}`)
    expect(await hmemBus()).toEqual([idleSlot()])
    expect(await region(regions.hmem)).toMatchObject({ available_size: HMEM.size })
    expect(
      (await guest.sh(`cat /sys/devices/platform/hmem.*/dax_region/available_size`)).trim(),
    ).toBe(String(HMEM.size))
  })

  test('leave no stray device when they are refused', async () => {
    await api.makeNamespace({ name: 'a', region: regions.hmem, ranges: [place(0, 8)] })
    const before = await hmemBus()
    const refusals = []
    for (const body of [
      { size: HMEM.size },
      { size: 3 * MIB },
      { size: 0 },
      { size: 8 * MIB, align: 8192 },
      { ranges: [place(4, 8)] },
      { ranges: [place(HMEM.size / MIB - 2, 8)] },
      { size: 64 * MIB, mode: 'system-ram' },
      { size: 8 * MIB, memmap: 'dev' },
    ]) {
      const answer = await api.ask('post', '/v1/namespaces', {
        body: { region: regions.hmem, ...body },
      })
      refusals.push(refusal(answer).code)
    }
    expect(refusals).toEqual([
      ...['no_space', 'misaligned_size', 'zero_size', 'unsupported_align', 'range_taken'],
      ...['range_outside', 'no_memory_block', 'unsupported'],
    ])
    expect(await hmemBus()).toEqual(before)
  })

  test('never overlap a device that somebody made behind daxd’s back a moment ago', async () => {
    await api.makeNamespace({ name: 'a', region: regions.hmem, size: 8 * MIB })
    const before = await hmemBus()
    const stray = await dax.create(ALIGN_2M, [place(16, 8)])
    const body = { region: regions.hmem, ranges: [place(16, 8)], align: 4096 }
    expect(refusal(await api.ask('post', '/v1/namespaces', { body })).code).toBe('range_taken')
    expect((await hmemBus()).map(({ chardev }) => chardev)).toEqual([
      ...before.map(({ chardev }) => chardev),
      stray,
    ])
  })
})

describe('namespaces of the NVDIMM', () => {
  test('carry name, uuid, align and memmap, as ndctl shows them', async () => {
    const uuid = '3c1b6f3e-9b5f-4f0e-9a1e-0d7f4f0f1a11'
    const kinds = [
      { name: 'db-mem', size: 64 * MIB, align: ALIGN_2M, memmap: 'mem', uuid },
      { name: 'db-dev', size: 32 * MIB, align: 4096, memmap: 'dev' },
    ] as const
    for (const kind of kinds) await api.makeNamespace({ region: regions.pmem, ...kind })
    const listed = JSON.parse(await guest.sh('ndctl list -Nv')) as Record<string, unknown>[]
    const named = listed
      .map(({ name, align, map, raw_uuid }) => ({ name, align, map, raw_uuid }))
      .sort((left, right) => String(right.name).localeCompare(String(left.name)))
    const own = await api.get('/v1/namespaces/db-dev')
    expect(named).toEqual([
      { name: 'db-mem', align: ALIGN_2M, map: 'mem', raw_uuid: uuid },
      { name: 'db-dev', align: 4096, map: 'dev', raw_uuid: own.uuid },
    ])
    const usable = []
    for (const { name } of kinds) {
      const { chardev, size } = await api.get(`/v1/namespaces/${name}`)
      const device = await api.get(`/v1/devices/${chardev}`)
      usable.push([size / MIB, device.size / MIB, (await dax.size(chardev)) / MIB])
    }
    expect(usable).toEqual([
      [64, 62, 62],
      [32, 30, 30],
    ])
  })

  test('keep their data over disable and enable, and are gone when deleted', async () => {
    const free = (await region(regions.pmem)).available_size
    const body = { name: 'p', region: regions.pmem, size: 32 * MIB, memmap: 'mem' }
    const { chardev } = await api.makeNamespace(body)
    const path = `/v1/devices/${chardev}`
    const device = await api.get(path)
    const call = {
      ...{ path: device.path, offset: 0, length: ALIGN_2M },
      ...{ prot: ['PROT_READ', 'PROT_WRITE'], flags: ['MAP_SHARED'] },
    }
    const writer = await hold(guest, call)
    await writer.store(5, 55)
    await writer.end()
    const off = await api.act(`${path}/disable`)
    const on = await api.act(`${path}/enable`)
    expect([off.state, on.state, off.generation, on.generation]).toEqual([
      ...['disabled', 'enabled', 1, 2],
    ])
    const reader = await hold(guest, call)
    const found = await reader.load(5)
    await reader.end()
    expect(found).toBe(55)
    await api.remove('/v1/namespaces/p')
    expect((await region(regions.pmem)).available_size).toBe(free)
    expect((await guest.sh('ndctl list -N')).trim()).toBe('')
  })
})

describe('claims', () => {
  const claim = (name: string, body: object) =>
    api.ok('put', `/v1/claims/${name}`, 201, {
      body: { holder: 'pod', ...body },
      headers: { prefer: 'wait=60' },
    })

  test('give a process exactly the call to make, and its data to it alone', async () => {
    const pool = { name: 'pool', region: regions.hmem, size: 16 * MIB, pool: true }
    await api.makeNamespace(pool)
    const one = await claim('one', { size: 3 * MIB, sharing: 'slice' })
    const two = await claim('two', { size: 4 * MIB, sharing: 'slice' })
    expect([one.mmap.offset, one.mmap.length, two.mmap.offset, two.mmap.length]).toEqual([
      ...[0, 4 * MIB, 4 * MIB, 4 * MIB],
    ])
    const first = await hold(guest, one.mmap)
    const second = await hold(guest, two.mmap)
    expect([first.opened, second.opened]).toEqual([
      expect.objectContaining({ open: 0, mmap: 0, units: 2, faults: 0 }),
      expect.objectContaining({ open: 0, mmap: 0, units: 2, faults: 0 }),
    ])
    for (const at of [0, ALIGN_2M, 4 * MIB - 1]) {
      await first.store(at, 17)
      await second.store(at, 71)
    }
    const seen = []
    for (const at of [0, ALIGN_2M, 4 * MIB - 1]) {
      seen.push([await first.load(at), await second.load(at)])
    }
    await first.end()
    await second.end()
    expect(seen).toEqual([
      [17, 71],
      [17, 71],
      [17, 71],
    ])
  })

  test.each(['hmem', 'pmem'] as const)(
    'make and unmake a device of their own on %s',
    async (provider) => {
      const free = (await region(regions[provider])).available_size
      const made = await claim('own', {
        ...{ size: 20 * MIB, sharing: 'dedicated', selector: { provider } },
      })
      const holder = await hold(guest, made.mmap)
      expect(holder.opened).toMatchObject({ open: 0, mmap: 0, faults: 0 })
      await holder.end()
      expect(made.length).toBeGreaterThanOrEqual(20 * MIB)
      await api.ok('delete', '/v1/claims/own', 204, { headers: { prefer: 'wait=60' } })
      expect((await region(regions[provider])).available_size).toBe(free)
      expect(await hmemBus()).toEqual([idleSlot()])
    },
  )
})
