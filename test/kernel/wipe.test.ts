/** What is wiped on release is gone for the next user, byte by byte, on a real kernel. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { connectGuest } from './rig/guest.ts'
import { readBus } from './support/bus.ts'
import {
  type DaxdHost,
  type KernelDaxd,
  openDaxdHost,
  STATE_DIRECTORY,
} from './support/daxd-host.ts'
import { type Holder, hold, type MmapCall, wholeOf } from './support/holder.ts'
import { type LogMark, markKernelLog } from './support/kernel-log.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const SIZE = { hmem: 8 * MIB, pmem: 32 * MIB } as const
const WAIT = { prefer: 'wait=60' }
/** The caretaker looks every five seconds; the machine is an emulated one under load. */
const TAKEN_CARE_OF = { timeout: 180_000, interval: 500 }
/** Where the secret is written: the ends, a page's end, and places of two later 2 MiB units. */
const PLACES = [0, 1, 4095, 2 * MIB, 3 * MIB + 17]

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

async function keep(device: { readonly path: string; readonly size: number }): Promise<Holder> {
  const holder = await hold(guest, wholeOf(device))
  holders.push(holder)
  expect(holder.opened).toMatchObject({ open: 0, mmap: 0, faults: 0 })
  return holder
}

async function leave(holder: Holder): Promise<void> {
  holders = holders.filter((one) => one !== holder)
  await holder.end()
}

/** Makes `n` and writes the secret all over it. */
async function makeWithSecret(on: 'hmem' | 'pmem', wipe: 'none' | 'on_release') {
  const region = (await api.regions())[on]
  const { chardev } = await api.makeNamespace({ name: 'n', region, size: SIZE[on], wipe })
  const device = await api.get(`/v1/devices/${chardev}`)
  const writer = await keep(device)
  for (const at of [...PLACES, device.size - 1]) await writer.store(at, 0xa5)
  await leave(writer)
  return device
}

/** How many bytes of the device that stands at the same place now are not zero. */
async function secretsIn(on: 'hmem' | 'pmem', before: { readonly ranges: unknown }) {
  const region = (await api.regions())[on]
  const { chardev } = await api.makeNamespace({ name: 'next', region, size: SIZE[on] })
  const device = await api.get(`/v1/devices/${chardev}`)
  expect(device.ranges).toEqual(before.ranges)
  const reader = await keep(device)
  const reply = await reader.probe.ask({ op: 'nonzero', slot: 1 })
  await leave(reader)
  return reply['nonzero']
}

describe.each(['hmem', 'pmem'] as const)('a namespace of %s', (on) => {
  test('without a wipe is found again by the next user, so the test can tell', async () => {
    // What earlier tests have left there would be counted, too.
    await makeWithSecret(on, 'on_release')
    await api.ok('delete', '/v1/namespaces/n', 204, { headers: WAIT })
    const device = await makeWithSecret(on, 'none')
    await api.ok('delete', '/v1/namespaces/n', 204, { headers: WAIT })
    expect(await secretsIn(on, device)).toBe(PLACES.length + 1)
  })

  test('with wipe on_release is all zeroes for the next user', async () => {
    const device = await makeWithSecret(on, 'on_release')
    await api.ok('delete', '/v1/namespaces/n', 204, { headers: WAIT })
    expect(await secretsIn(on, device)).toBe(0)
  })

  test('disabled before it is deleted is wiped all the same', async () => {
    const device = await makeWithSecret(on, 'on_release')
    await api.act(`/v1/devices/${device.chardev}/disable`)
    await api.ok('delete', '/v1/namespaces/n', 204, { headers: WAIT })
    expect(await secretsIn(on, device)).toBe(0)
  })

  test('revoked under a holder is wiped once it lets go; nobody gets the memory before', async () => {
    const device = await makeWithSecret(on, 'on_release')
    const holder = await keep(device)
    const path = '/v1/namespaces/n'
    const answer = await api.ask('delete', `${path}?if_busy=revoke`, { headers: WAIT })
    expect([refusal(answer), answer.body.holders]).toEqual([
      { status: 409, errno: 'EBUSY', code: 'stale_holders' },
      [{ kind: 'process', pid: holder.pid, comm: 'probe' }],
    ])
    expect((await api.get(path)).state).toBe('wiping')
    const sizes = (await readBus(guest)).map(({ chardev, size }) => [chardev, size])
    expect(sizes).toContainEqual([device.chardev, device.size])
    await leave(holder)
    await expect.poll(async () => (await api.ask('get', path)).status, TAKEN_CARE_OF).toBe(404)
    expect(await secretsIn(on, device)).toBe(0)
  })
})

test('a slice of a claim is wiped, and its neighbour in the pool is not', async () => {
  const region = (await api.regions()).hmem
  await api.makeNamespace({ name: 'pool', region, size: 8 * MIB, pool: true })
  const claim = (name: string) =>
    api.ok('put', `/v1/claims/${name}`, 201, {
      body: { holder: 'pod', size: 2 * MIB, sharing: 'slice', wipe: 'on_release' },
      headers: WAIT,
    })
  const [one, two] = [await claim('one'), await claim('two')]
  for (const { mmap } of [one, two]) {
    const writer = await hold(guest, mmap)
    for (const at of [0, 2 * MIB - 1]) await writer.store(at, 7)
    await writer.end()
  }
  await api.ok('delete', '/v1/claims/one', 204, { headers: WAIT })
  const reader = await keep(await api.get(`/v1/devices/${one.chardev}`))
  const read = []
  for (const { offset } of [one, two]) {
    read.push([await reader.load(offset), await reader.load(offset + 2 * MIB - 1)])
  }
  expect(read).toEqual([
    [0, 0],
    [7, 7],
  ])
})

/** How many bytes of a part are not zero, as the next holder of it reads them. */
async function nonzeroIn(call: MmapCall): Promise<unknown> {
  const reader = await hold(guest, call)
  const reply = await reader.probe.ask({ op: 'nonzero', slot: 1 })
  await reader.end()
  return reply['nonzero']
}

async function writeSecret(call: MmapCall): Promise<void> {
  const writer = await hold(guest, call)
  for (const at of [0, 4095, call.length - 1]) await writer.store(at, 0x5a)
  await writer.end()
}

test('a claim of another holder finds nothing of the one before in any byte of its memory', async () => {
  const { hmem: region } = await api.regions()
  const claim = (holder: string) =>
    api.ok('put', '/v1/claims/c', 201, {
      body: {
        ...{ holder, size: 8 * MIB, sharing: 'dedicated', wipe: 'on_release' },
        selector: { region },
      },
      headers: WAIT,
    })
  const first = await claim('one')
  await writeSecret(first.mmap)
  await api.ok('delete', '/v1/claims/c', 204, { headers: WAIT })
  const second = await claim('two')
  expect(await nonzeroIn(second.mmap)).toBe(0)
  const { items } = await api.get('/v1/operations')
  expect(items.find(({ verb }: { verb: string }) => verb === 'wipe')).toMatchObject({
    state: 'succeeded',
    target: { kind: 'claim', id: 'c' },
  })
})

test("a plain mapping's bytes are wiped before another holder can map them", async () => {
  const region = (await api.regions()).hmem
  const { chardev } = await api.makeNamespace({
    name: 'n',
    region,
    size: 8 * MIB,
    wipe: 'on_release',
  })
  const map = async (holder: string) => {
    const { id } = await api.make(`/v1/devices/${chardev}/handles`, { holder })
    return api.make('/v1/mappings', { handle: id, length: 2 * MIB, offset: 2 * MIB })
  }
  const first = await map('one')
  await writeSecret(first.mmap)
  await api.remove(`/v1/mappings/${first.id}`)
  const path = `/v1/mappings/${first.id}`
  await expect.poll(async () => (await api.ask('get', path)).status, TAKEN_CARE_OF).toBe(404)
  expect(await nonzeroIn((await map('two')).mmap)).toBe(0)
})

describe('daxd killed in the middle of a wipe', () => {
  const ARGS = ['--backend', 'kernel', '--state-dir', STATE_DIRECTORY]

  afterEach(async () => {
    await guest.stopDaxd()
  })

  test('goes on with it at its next start, and nobody can open the memory before', async () => {
    const device = await makeWithSecret('hmem', 'on_release')
    await daxd.stop()
    await guest.startDaxd([...ARGS, '--wipe-rate', '1MiB/s'])
    await api.ask('delete', '/v1/namespaces/n', { headers: { prefer: 'wait=0' } })
    const wipe = async () => {
      const { items } = await api.get('/v1/operations?state=running')
      return items.find(({ verb }: { verb: string }) => verb === 'wipe')
    }
    await expect
      .poll(async () => (await wipe())?.progress.done ?? 0, TAKEN_CARE_OF)
      .toBeGreaterThan(0)
    const { id } = await wipe()
    expect(await guest.restartDaxd({ signal: 'SIGKILL', args: ARGS })).toBe('SIGKILL')
    const path = '/v1/namespaces/n'
    await expect.poll(async () => (await api.ask('get', path)).status, TAKEN_CARE_OF).toBe(404)
    expect(await api.get(`/v1/operations/${id}`)).toMatchObject({ state: 'succeeded' })
    expect(await secretsIn('hmem', device)).toBe(0)
  })
})

test('without daxio the refusal names it and its package; the namespace waits for another try', async () => {
  await makeWithSecret('hmem', 'on_release')
  await guest.sh('mount -t tmpfs none /usr/bin')
  const answer = await api.ask('delete', '/v1/namespaces/n', { headers: WAIT })
  const { state } = await api.get('/v1/namespaces/n')
  await guest.sh('/bin/umount /usr/bin')
  expect([refusal(answer), state]).toEqual([
    { status: 501, errno: 'EOPNOTSUPP', code: 'unsupported' },
    'failed',
  ])
  expect(answer.body.detail).toMatch(/daxio.*apt-get install pmdk-tools/)
  await api.ok('delete', '/v1/namespaces/n', 204, { headers: WAIT })
})
