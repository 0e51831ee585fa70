/** Processes that hold devices on a real kernel, and the two kernel bugs that daxd keeps away. */
import { constants } from 'node:os'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { connectGuest } from './rig/guest.ts'
import { readBus } from './support/bus.ts'
import { type DaxdHost, type KernelDaxd, openDaxdHost } from './support/daxd-host.ts'
import { type Holder, hold, wholeOf } from './support/holder.ts'
import { type LogMark, markKernelLog } from './support/kernel-log.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const SIZE = 8 * MIB
const { SIGBUS } = constants.signals
const { ENXIO } = constants.errno
const BUSY = { status: 409, errno: 'EBUSY', code: 'busy' }
const STALE = { status: 409, errno: 'EBUSY', code: 'stale_holders' }

const guest = connectGuest(ownGuest())
let daxd: DaxdHost
let api: KernelDaxd
let log: LogMark
let holders: Holder[]

beforeAll(async () => {
  daxd = await openDaxdHost(guest)
})

beforeEach(async () => {
  log = await markKernelLog(guest)
  holders = []
  api = await daxd.fresh()
})

afterEach(async () => {
  for (const holder of holders) await holder.end()
  api.close()
  expect(await log.complaints()).toEqual([])
})

afterAll(async () => {
  await daxd.end()
  guest.close()
})

async function start(on: 'hmem' | 'pmem' = 'hmem') {
  const region = (await api.regions())[on]
  const size = on === 'hmem' ? SIZE : 32 * MIB
  const { chardev } = await api.makeNamespace({ name: 'n', region, size })
  const path = `/v1/devices/${chardev}`
  return { chardev, path, device: await api.get(path) }
}

/** A process that opens and maps a device without a word to daxd. */
async function stranger(device: { readonly path: string; readonly size: number }) {
  const holder = await hold(guest, wholeOf(device))
  holders.push(holder)
  expect(holder.opened).toMatchObject({ open: 0, mmap: 0, faults: 0 })
  return holder
}

async function leave(holder: Holder): Promise<void> {
  holders = holders.filter((one) => one !== holder)
  await holder.end()
}

const open = async (path: string) => {
  const [reply] = await guest.probe([{ op: 'open', path }])
  return reply?.['open']
}

const driverOf = async (chardev: string) =>
  (await readBus(guest)).find((entry) => entry.chardev === chardev)?.driver

describe.each(['hmem', 'pmem'] as const)('a process that never asked daxd, on %s', (on) => {
  test('is observed with its pid and what it has mapped', async () => {
    const { chardev, path, device } = await start(on)
    const holder = await stranger(device)
    const { processes, holders: ledger, complete } = await api.get(`${path}/users`)
    expect([complete, ledger, processes]).toEqual([
      true,
      [],
      [
        {
          ...{ pid: holder.pid, comm: 'probe', container_id: null, pod_uid: null, stale: false },
          cgroup: processes[0]?.cgroup,
          fds: [expect.any(Number)],
          mapped: [{ offset: 0, length: device.size }],
        },
      ],
    ])
    expect((await api.get(`/v1/devices/${chardev}`)).observed).toEqual([
      { pid: holder.pid, comm: 'probe' },
    ])
    await leave(holder)
    expect((await api.get(path)).observed).toEqual([])
  })

  test('makes disable and delete refuse, naming it, and goes on undisturbed', async () => {
    const { chardev, path, device } = await start(on)
    const holder = await stranger(device)
    await holder.store(9, 99)
    const named = [{ kind: 'process', pid: holder.pid, comm: 'probe' }]
    for (const answer of [
      await api.ask('post', `${path}/disable`),
      await api.ask('delete', '/v1/namespaces/n'),
      await api.ask('delete', '/v1/namespaces/n?if_busy=refuse'),
    ]) {
      expect([refusal(answer), answer.body.holders]).toEqual([BUSY, named])
    }
    expect([await driverOf(chardev), await holder.load(9), await open(device.path)]).toEqual([
      ...['device_dax', 99, 0],
    ])
    await leave(holder)
    await api.remove('/v1/namespaces/n')
    expect(await driverOf(chardev)).toBe(on === 'hmem' ? null : undefined)
  })

  test('gets SIGBUS after a revoke; nobody can open; enabling waits for its descriptor', async () => {
    const { chardev, path, device } = await start(on)
    const holder = await stranger(device)
    const { state, revoked } = await api.act(`${path}/disable`, { if_busy: 'revoke' })
    expect([state, revoked]).toEqual([
      'disabled',
      { mappings: 0, processes: [{ pid: holder.pid, comm: 'probe' }] },
    ])
    expect(await holder.touch()).toMatchObject({ faults: device.size / (2 * MIB), signal: SIGBUS })
    // Bug A: where this open succeeded, a mapping through it would end the kernel.
    expect(await open(device.path)).toBe(ENXIO)
    const early = await api.ask('post', `${path}/enable`)
    expect([refusal(early), early.body.holders]).toEqual([
      STALE,
      [{ kind: 'process', pid: holder.pid, comm: 'probe' }],
    ])
    expect([await driverOf(chardev), await open(device.path)]).toEqual([null, ENXIO])
    expect((await holder.mapAgain())['mmap']).toBe(ENXIO)
    await leave(holder)
    expect(await api.act(`${path}/enable`)).toMatchObject({ state: 'enabled', generation: 2 })
    // Bug B: had a descriptor spanned the disable and the enable, this open would be ENXIO.
    const next = await stranger(await api.get(path))
    await leave(next)
    await api.remove('/v1/namespaces/n')
  })
})

describe('a descriptor without a mapping', () => {
  test('counts as much: after a revoke it keeps the device disabled until it is closed', async () => {
    const { path, device } = await start()
    const holder = await stranger(device)
    await holder.probe.ask({ op: 'split', slot: 1, offset: 0, length: device.size, call: 'munmap' })
    const { processes } = await api.get(`${path}/users`)
    expect(processes).toMatchObject([{ pid: holder.pid, fds: [expect.any(Number)], mapped: [] }])
    await api.act(`${path}/disable`, { if_busy: 'revoke' })
    expect(refusal(await api.ask('post', `${path}/enable`))).toEqual(STALE)
    await holder.probe.ask({ op: 'close', slot: 1 })
    expect((await api.act(`${path}/enable`)).state).toBe('enabled')
    expect(await open(device.path)).toBe(0)
  })

  test('a mapping whose descriptor is closed counts as much', async () => {
    const { path, device } = await start()
    const holder = await stranger(device)
    await holder.probe.ask({ op: 'close', slot: 1 })
    expect((await api.get(`${path}/users`)).processes).toMatchObject([
      { pid: holder.pid, fds: [], mapped: [{ offset: 0, length: SIZE }] },
    ])
    expect(refusal(await api.ask('post', `${path}/disable`))).toEqual(BUSY)
  })
})

describe('removal under a holder', () => {
  test('with revoke hides the device and frees its memory; the name comes back clean', async () => {
    const { chardev, path, device } = await start()
    const holder = await stranger(device)
    await holder.store(0, 1)
    const answer = await api.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200)
    expect(answer.revoked.processes).toEqual([{ pid: holder.pid, comm: 'probe' }])
    expect(await holder.touch()).toMatchObject({ faults: SIZE / (2 * MIB), signal: SIGBUS })
    const region = (await api.regions()).hmem
    const second = await api.makeNamespace({ name: 'm', region, size: SIZE })
    // The slot is still held, so the next device is another one.
    expect(second.chardev).not.toBe(chardev)
    const user = await stranger(await api.get(`/v1/devices/${second.chardev}`))
    expect(await holder.touch()).toMatchObject({ signal: SIGBUS })
    await leave(user)
    await leave(holder)
    await api.remove('/v1/namespaces/m')
    const third = await api.makeNamespace({ name: 'o', region, size: SIZE })
    expect(third.chardev).toBe(chardev)
    const last = await stranger(await api.get(path))
    await leave(last)
  })

  test('of a device above id 0: a holder of the old one never blocks or sees the new one', async () => {
    const region = (await api.regions()).hmem
    await api.makeNamespace({ name: 'first', region, size: SIZE })
    const made = await api.makeNamespace({ name: 'n', region, size: SIZE })
    const path = `/v1/devices/${made.chardev}`
    const holder = await stranger(await api.get(path))
    await api.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200)
    const again = await api.makeNamespace({ name: 'n', region, size: SIZE })
    const user = await stranger(await api.get(`/v1/devices/${again.chardev}`))
    expect(await holder.touch()).toMatchObject({ signal: SIGBUS })
    await leave(user)
    const next = `/v1/devices/${again.chardev}`
    const off = await api.act(`${next}/disable`)
    const on = await api.act(`${next}/enable`)
    expect([off.state, on.state]).toEqual(['disabled', 'enabled'])
    await leave(await stranger(await api.get(next)))
    await leave(holder)
    await api.remove('/v1/namespaces/n')
  })

  test('of which the holder comes to hold the new one, at the same descriptor, holds that up', async () => {
    const region = (await api.regions()).hmem
    await api.makeNamespace({ name: 'first', region, size: SIZE })
    const made = await api.makeNamespace({ name: 'n', region, size: SIZE })
    const path = `/v1/devices/${made.chardev}`
    const device = await api.get(path)
    const holder = await stranger(device)
    const [before] = (await api.get(`${path}/users`)).processes
    await api.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200)
    expect((await api.makeNamespace({ name: 'n', region, size: SIZE })).chardev).toBe(made.chardev)
    // What programs do after a SIGBUS: all is let go of and opened anew, with no look between.
    await holder.probe.ask({ op: 'split', slot: 1, offset: 0, length: SIZE, call: 'munmap' })
    await holder.probe.ask({ op: 'close', slot: 1 })
    expect(await holder.holdAnew()).toMatchObject({ open: 0, mmap: 0, faults: 0 })
    const refused = await api.ask('delete', '/v1/namespaces/n')
    expect([refusal(refused), refused.body.holders]).toEqual([
      BUSY,
      [{ kind: 'process', pid: holder.pid, comm: 'probe' }],
    ])
    expect((await api.get(`${path}/users`)).processes).toEqual([before])
    expect((await holder.touch())['faults']).toBe(0)
  })
})

test('a drain waits for the process, lets nobody in by daxd, and ends when it goes', async () => {
  const { path, device } = await start()
  const holder = await stranger(device)
  const body = { if_busy: 'drain', timeout_ms: 240_000 }
  const { id } = await api.ok('post', `${path}/disable`, 202, { body })
  const late = await api.ask('post', `${path}/handles`, { body: { holder: 'late' } })
  expect(refusal(late)).toEqual({ status: 409, errno: 'EBUSY', code: 'draining' })
  expect((await holder.touch())['faults']).toBe(0)
  await leave(holder)
  await expect
    .poll(async () => (await api.get(`/v1/operations/${id}`)).state, { timeout: 120_000 })
    .toBe('succeeded')
  expect((await api.get(path)).state).toBe('disabled')
})
