/** What happens behind daxd's back, crashes and reboots, on a real kernel. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { connectGuest } from './rig/guest.ts'
import { HMEM, sysfsDax } from './rig/sysfs-dax.ts'
import { readBus } from './support/bus.ts'
import { type DaxdHost, type KernelDaxd, kernelDaxd, openDaxdHost } from './support/daxd-host.ts'
import { type Holder, hold, wholeOf } from './support/holder.ts'
import { type LogMark, markKernelLog } from './support/kernel-log.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const SIZE = 8 * MIB
const ALIGN_2M = 2 * MIB
/** daxd looks twice a second; an emulated machine takes its time, the more so when others run. */
const NOTICED = { timeout: 120_000, interval: 100 }

const guest = connectGuest(ownGuest())
const dax = sysfsDax(guest)

const place = (atMib: number, sizeMib: number) => {
  const start = HMEM.start + atMib * MIB
  return { start, end: start + sizeMib * MIB - 1 }
}

afterAll(() => guest.close())

describe('behind daxd’s back', () => {
  let daxd: DaxdHost
  let api: KernelDaxd
  let log: LogMark
  let hmem: number

  beforeAll(async () => {
    daxd = await openDaxdHost(guest)
  })

  beforeEach(async () => {
    log = await markKernelLog(guest)
    api = await daxd.fresh()
    hmem = (await api.regions()).hmem
  })

  afterEach(async () => {
    api.close()
    expect(await log.complaints()).toEqual([])
  })

  afterAll(() => daxd.end())

  /** Polls the listing alone: nothing but daxd's own watch makes it see. */
  const drifts = async () =>
    (await api.get('/v1/devices?limit=1000')).items.map(
      ({ chardev, namespace, drift }: Record<string, string | null>) => [chardev, namespace, drift],
    )
  const differences = async () =>
    (await api.get('/v1/reconciliation')).items.map(
      ({ kind, object, actions }: Record<string, unknown>) => [kind, object, actions],
    )
  const settle = (object: string, action: string) =>
    api.act('/v1/reconciliation', { object, action })

  test('a device that appears is shown, its memory never given out, and it can be adopted', async () => {
    const chardev = await dax.create(ALIGN_2M, [place(0, 16)])
    await expect.poll(drifts, NOTICED).toEqual([[chardev, null, null]])
    expect((await api.get(`/v1/regions/${hmem}`)).available_size).toBe(HMEM.size - 16 * MIB)
    const made = await api.makeNamespace({ name: 'n', region: hmem, size: SIZE })
    expect((await api.get(`/v1/devices/${made.chardev}`)).ranges[0].start).toBe(place(16, 1).start)
    expect(await differences()).toEqual([['orphan', `device/${chardev}`, ['adopt']]])
    await settle(`device/${chardev}`, 'adopt')
    expect(await differences()).toEqual([])
    await api.remove(`/v1/namespaces/adopted-${chardev}`)
    expect((await readBus(guest)).map((entry) => [entry.chardev, entry.size])).toEqual([
      [made.chardev, SIZE],
    ])
  })

  test('a name that others have left with the driver does not enable its next bearer', async () => {
    await api.makeNamespace({ name: 'first', region: hmem, size: SIZE })
    await guest.sh(`echo dax${hmem}.1 > /sys/bus/dax/drivers/device_dax/new_id`)
    const { chardev } = await api.makeNamespace({
      ...{ name: 'off', region: hmem, size: SIZE, enabled: false },
    })
    expect(chardev).toBe(`dax${hmem}.1`)
    await api.makeNamespace({ name: 'next', region: hmem, size: SIZE })
    const entry = (await readBus(guest)).find((one) => one.chardev === chardev)
    expect(entry).toMatchObject({ driver: null })
    expect(await differences()).toEqual([])
  })

  test('a device that is destroyed is a ghost, forgotten on demand', async () => {
    await api.makeNamespace({ name: 'first', region: hmem, size: SIZE })
    const { chardev } = await api.makeNamespace({ name: 'n', region: hmem, size: SIZE })
    await guest.sh(`daxctl destroy-device -f ${chardev}`)
    await expect
      .poll(drifts, NOTICED)
      .toContainEqual([chardev, 'n', 'the host does not show the device'])
    expect(await differences()).toEqual([['ghost', `device/${chardev}`, ['repair', 'forget']]])
    await settle(`device/${chardev}`, 'forget')
    expect(await differences()).toEqual([])
    expect(await api.ask('get', '/v1/namespaces/n')).toMatchObject({ status: 404 })
    expect((await api.get(`/v1/regions/${hmem}`)).available_size).toBe(HMEM.size - SIZE)
  })

  test('a device that is destroyed is made again at its place by a repair', async () => {
    await api.makeNamespace({ name: 'first', region: hmem, size: SIZE })
    const { chardev } = await api.makeNamespace({ name: 'n', region: hmem, size: SIZE })
    const { ranges } = await api.get(`/v1/devices/${chardev}`)
    await guest.sh(`daxctl destroy-device -f ${chardev}`)
    await expect
      .poll(drifts, NOTICED)
      .toContainEqual([chardev, 'n', 'the host does not show the device'])
    await settle(`device/${chardev}`, 'repair')
    expect(await differences()).toEqual([])
    expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
      ...{ ranges, state: 'enabled', generation: 2, drift: null },
    })
    expect(await dax.size(chardev)).toBe(SIZE)
  })

  test('a device that is disabled is drift, and enabled again by a repair', async () => {
    const { chardev } = await api.makeNamespace({ name: 'n', region: hmem, size: SIZE })
    await guest.sh(`daxctl disable-device ${chardev}`)
    await expect.poll(drifts, NOTICED).toEqual([[chardev, 'n', 'the host shows it disabled']])
    expect(await differences()).toEqual([['drift', `device/${chardev}`, ['repair', 'adopt']]])
    await settle(`device/${chardev}`, 'repair')
    expect(await differences()).toEqual([])
    expect((await readBus(guest)).map(({ driver }) => driver)).toEqual(['device_dax'])
  })

  test('a device that is resized is drift, and adopted as it is', async () => {
    const { chardev } = await api.makeNamespace({ name: 'n', region: hmem, size: SIZE })
    await dax.disable(chardev)
    await guest.sh(`echo ${2 * SIZE} > /sys/bus/dax/devices/${chardev}/size`)
    await dax.enable(chardev)
    await expect
      .poll(drifts, NOTICED)
      .toEqual([[chardev, 'n', `the host shows ${2 * SIZE} bytes, not ${SIZE}`]])
    await settle(`device/${chardev}`, 'adopt')
    expect(await differences()).toEqual([])
    expect([
      (await api.get('/v1/namespaces/n')).size,
      (await api.get(`/v1/devices/${chardev}`)).size,
      (await api.get(`/v1/regions/${hmem}`)).available_size,
    ]).toEqual([2 * SIZE, 2 * SIZE, HMEM.size - 2 * SIZE])
  })

  test('a namespace of the NVDIMM that ndctl makes and destroys comes and goes', async () => {
    const chardev = await dax.createPmem({ size: '32M', align: '2M', map: 'mem' })
    await expect.poll(drifts, NOTICED).toEqual([[chardev, null, null]])
    await guest.sh('ndctl destroy-namespace -f all')
    await expect
      .poll(drifts, NOTICED)
      .toEqual([[chardev, null, 'the host does not show the device']])
    await settle(`device/${chardev}`, 'forget')
    expect(await differences()).toEqual([])
  })
})

describe('over the end of daxd and of the machine', () => {
  const ARGS = ['--backend', 'kernel', '--state-dir', '/state/daxd-lives']
  let api: KernelDaxd
  let holder: Holder | null = null

  beforeAll(async () => {
    await guest.stopDaxd()
    await dax.emptyHmem()
    await dax.emptyPmem()
    await guest.sh('rm -rf /state/daxd-lives')
    await guest.startDaxd(ARGS)
    api = kernelDaxd(guest.url)
    const { hmem, pmem } = await api.regions()
    await api.makeNamespace({ name: 'on', region: hmem, size: SIZE })
    const ranges = [place(64, 4), place(32, 2)]
    await api.makeNamespace({ name: 'places', region: hmem, ranges, align: 4096 })
    const off = await api.makeNamespace({ name: 'off', region: hmem, size: SIZE, enabled: false })
    expect((await api.get(`/v1/devices/${off.chardev}`)).state).toBe('disabled')
    await api.makeNamespace({ name: 'kept', region: pmem, size: 32 * MIB })
  })

  afterAll(async () => {
    await holder?.end()
    api.close()
    await guest.stopDaxd()
  })

  const facts = async () => {
    const names = ['on', 'places', 'off', 'kept']
    const read = names.map(async (name) => {
      const namespace = await api.get(`/v1/namespaces/${name}`)
      const device = await api.get(`/v1/devices/${namespace.chardev}`)
      const { size, align, ranges, state, generation, drift } = device
      return { name, size, align, ranges, state, generation, drift }
    })
    return Promise.all(read)
  }

  test('kill -9: everything is as before, and what was mapped stays mapped', async () => {
    const { chardev } = await api.get('/v1/namespaces/on')
    const path = `/v1/devices/${chardev}`
    holder = await hold(guest, wholeOf(await api.get(path)))
    const handle = await api.make(`${path}/handles`, { holder: 'pod' })
    const mapping = await api.make('/v1/mappings', { handle: handle.id, length: ALIGN_2M })
    await holder.store(3, 33)
    const before = await facts()
    const code = await guest.restartDaxd({ signal: 'SIGKILL', args: ARGS })
    expect(code).toBe('SIGKILL')
    expect(await facts()).toEqual(before)
    expect(await api.get(`/v1/mappings/${mapping.id}`)).toEqual(mapping)
    expect([await holder.load(3), (await holder.touch())['faults']]).toEqual([33, 0])
    expect((await api.get(path)).observed).toEqual([{ pid: holder.pid, comm: 'probe' }])
    expect(refusal(await api.ask('post', `${path}/disable`))).toMatchObject({ code: 'busy' })
    expect((await api.get('/v1/reconciliation')).items).toEqual([])
  })

  test('power cycle: volatile devices come back in new generations, pmem with its data', async () => {
    const before = await facts()
    const { chardev } = await api.get('/v1/namespaces/kept')
    const writer = await hold(guest, wholeOf(await api.get(`/v1/devices/${chardev}`)))
    await writer.store(7, 77)
    await writer.end()
    const [mapping] = (await api.get('/v1/mappings')).items
    const args = [...ARGS, '--release-default-devices']
    await guest.restartDaxd({ args })
    holder = null
    await guest.reboot('power')
    await guest.awaitDaxd()
    expect(await facts()).toEqual(
      before.map((device) => ({
        ...device,
        generation: device.state === 'enabled' ? device.generation + 1 : device.generation,
      })),
    )
    expect((await api.get('/v1/reconciliation')).items).toEqual([])
    const stale = await api.ask('get', `/v1/mappings/${mapping.id}/translate?offset=0`)
    expect(refusal(stale)).toMatchObject({ status: 410, errno: 'SIGBUS' })
    const kept = await api.get('/v1/namespaces/kept')
    const reader = await hold(guest, wholeOf(await api.get(`/v1/devices/${kept.chardev}`)))
    const found = await reader.load(7)
    await reader.end()
    expect(found).toBe(77)
    const on = await api.get('/v1/namespaces/on')
    const user = await hold(guest, wholeOf(await api.get(`/v1/devices/${on.chardev}`)))
    expect(user.opened).toMatchObject({ open: 0, mmap: 0, faults: 0 })
    await user.end()
  })
})
