/**
 * The kernel bugs that kernel-rig.md section 9 and README.md tell of, each tried through daxd with
 * real holders that keep what they have: none can be reached. Whether one was, the kernel says.
 */
import { constants } from 'node:os'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { NODE_FLAGS } from './guest/node-flags.ts'
import { connectGuest } from './rig/guest.ts'
import { sysfsDax } from './rig/sysfs-dax.ts'
import { readBus } from './support/bus.ts'
import { type DaxdHost, type KernelDaxd, openDaxdHost } from './support/daxd-host.ts'
import { type Holder, hold, wholeOf } from './support/holder.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const SIZE = 8 * MIB
const { ENXIO } = constants.errno
/** What ends a kernel or endangers it; a broken count alone is a warning of `refcount_t`. */
const FATAL = /\b(?:Oops:|BUG:|kernel BUG at|list_(?:add|del) corruption|general protection|KASAN)/
const WARNING = /\b(?:WARNING:|refcount_t:)/
const WAIT = { prefer: 'wait=60' }
const STALE = { status: 409, errno: 'EBUSY', code: 'stale_holders' }

const guest = connectGuest(ownGuest())
const dax = sysfsDax(guest)
let daxd: DaxdHost
let api: KernelDaxd
let holders: Holder[]
let boot: string
let seen: number

const kernelLog = async () => (await guest.sh('dmesg')).split('\n')
const bootId = async () => (await guest.sh('cat /proc/sys/kernel/random/boot_id')).trim()

/** What the kernel has complained of since the test began; a kernel that died has another boot. */
async function complaints(pattern: RegExp): Promise<string[]> {
  expect(await bootId()).toBe(boot)
  return (await kernelLog()).slice(seen).filter((line) => pattern.test(line))
}

beforeAll(async () => {
  daxd = await openDaxdHost(guest)
})

beforeEach(async () => {
  holders = []
  api = await daxd.fresh()
  boot = await bootId()
  seen = (await kernelLog()).length
})

afterEach(async () => {
  for (const holder of holders) await holder.end()
  api.close()
  expect(await complaints(FATAL)).toEqual([])
})

afterAll(async () => {
  await daxd.end()
  guest.close()
})

/** A device above id 0, so that its removal deletes it from the kernel. */
async function make(on: 'hmem' | 'pmem') {
  const region = (await api.regions())[on]
  const size = on === 'hmem' ? SIZE : 32 * MIB
  await api.makeNamespace({ name: 'first', region, size })
  const { chardev } = await api.makeNamespace({ name: 'n', region, size })
  return {
    chardev,
    path: `/v1/devices/${chardev}`,
    device: await api.get(`/v1/devices/${chardev}`),
  }
}

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

const open = async (path: string) => (await guest.probe([{ op: 'open', path }]))[0]?.['open']

const remove = (name: string) => api.ok('delete', `/v1/namespaces/${name}`, 204, { headers: WAIT })

const restart = async () => {
  api.close()
  api = await daxd.start()
}

/** How an open by its name ends, and who reaches the node the kernel would open: root alone. */
const access = async (device: { readonly path: string }) => [
  await open(device.path),
  (await guest.sh('stat -c "%a %u" /dev/.daxd')).trim(),
]

test.each(['hmem', 'pmem'] as const)(
  'bug A on %s: a revoked device that is held cannot be opened, restarts of daxd or not',
  async (on) => {
    const { path, device } = await make(on)
    const holder = await keep(device)
    await api.act(`${path}/disable`, { if_busy: 'revoke' })
    const before = await access(device)
    await restart()
    const shut = [ENXIO, '700 0']
    expect([before, await access(device)]).toEqual([shut, shut])
    expect((await holder.mapAgain())['mmap']).toBe(ENXIO)
    await leave(holder)
    expect((await api.act(`${path}/enable`)).state).toBe('enabled')
    expect(await open(device.path)).toBe(0)
    await remove('n')
    expect(await complaints(WARNING)).toEqual([])
  },
)

test.each(['hmem', 'pmem'] as const)(
  'bug B on %s: no descriptor spans a disable and an enable, restarts of daxd or not',
  async (on) => {
    const { path, device } = await make(on)
    const holder = await keep(device)
    await api.act(`${path}/disable`, { if_busy: 'revoke' })
    const answers = [refusal(await api.ask('post', `${path}/enable`))]
    await restart()
    answers.push(refusal(await api.ask('post', `${path}/enable`)))
    await leave(holder)
    expect(answers).toEqual([STALE, STALE])
    expect((await api.act(`${path}/enable`)).state).toBe('enabled')
    // A broken count would answer ENXIO here.
    expect(await open(device.path)).toBe(0)
    await api.act(`${path}/disable`)
    expect((await api.act(`${path}/enable`)).state).toBe('enabled')
    await remove('n')
    expect(await complaints(WARNING)).toEqual([])
  },
)

test('a removal under a holder, and the next bearers of its name, leave the kernel whole', async () => {
  const { device } = await make('hmem')
  const region = (await api.regions()).hmem
  const holder = await keep(device)
  await api.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200, { headers: WAIT })
  for (const name of ['n1', 'n2', 'n3']) {
    const { chardev } = await api.makeNamespace({ name, region, size: SIZE })
    const user = await keep(await api.get(`/v1/devices/${chardev}`))
    await restart()
    await leave(user)
    await remove(name)
  }
  await leave(holder)
  expect(await complaints(WARNING)).toEqual([])
})

/** Breaks the open count behind daxd's back: a descriptor spans a disable and an enable. */
async function cycleUnder(device: { readonly chardev: string }, holder: Holder): Promise<void> {
  await dax.disable(device.chardev)
  await dax.enable(device.chardev)
  expect((await holder.touch())['faults']).toBe(0)
}

describe('bug D: a read of a range and the end of that range wait for each other for ever', () => {
  const CHURN_SECONDS = 8
  const LOOKS = `node ${NODE_FLAGS.join(' ')} /app/test/kernel/guest/look-at-host.ts`

  /** What others do: devices of one range and of two are made and emptied; prints how many. */
  const churn = (region: number) => `cd /sys/bus/dax/devices/dax${region}.0/../dax_region
    made=0; end=$(($(date +%s) + ${CHURN_SECONDS}))
    while [ $(date +%s) -lt $end ]; do
      echo 1 > create; device=/sys/bus/dax/devices/$(cat create)
      echo 48000000-48ffffff > $device/mapping
      [ $((made % 2)) = 0 ] || echo 44000000-44ffffff > $device/mapping
      echo 0 > $device/size; basename $device > delete; made=$((made + 1))
    done; echo $made`

  // A guest in which it has happened answers only until somebody asks for the region.
  test('daxd looks at devices that others make and destroy, and nobody is left waiting', async () => {
    const { hmem } = await api.regions()
    const [made, looks] = await Promise.all([
      guest.sh(churn(hmem)),
      guest.sh(`${LOOKS} ${CHURN_SECONDS}`),
    ])
    expect(Math.min(Number(made), Number(looks))).toBeGreaterThan(CHURN_SECONDS)
    const { chardev } = await api.makeNamespace({ name: 'after', region: hmem, size: SIZE })
    await remove('after')
    expect(chardev).toBe(`dax${hmem}.0`)
    expect(await guest.sh('grep -l "^State:.D" /proc/[0-9]*/task/*/status; true')).toBe('')
  })
})

describe('bug C: deleting a device after a descriptor spanned its disable and enable', () => {
  // What is broken stays so till then, and the next test would delete it.
  afterEach(async () => {
    for (const holder of holders.splice(0)) await holder.end()
    await daxd.end()
    expect(await complaints(FATAL)).toEqual([])
    await guest.reboot('power')
    daxd = await openDaxdHost(guest)
    boot = await bootId()
    seen = 0
  })

  test('a device that others cycled under a holder is emptied, never deleted', async () => {
    const { chardev, device } = await make('hmem')
    const holder = await keep(device)
    await cycleUnder(device, holder)
    await leave(holder)
    await restart()
    await remove('n')
    const left = (await readBus(guest)).find((entry) => entry.chardev === chardev)
    expect(left).toMatchObject({ size: 0, driver: null })
    // Its memory is free again, under another name.
    const region = (await api.regions()).hmem
    const next = await api.makeNamespace({ name: 'next', region, size: SIZE })
    const user = await keep(await api.get(`/v1/devices/${next.chardev}`))
    await leave(user)
    expect(next.chardev).not.toBe(chardev)
  })

  test('hidden by one more cycle, it is still known to the daxd after next', async () => {
    const { chardev, path, device } = await make('hmem')
    const holder = await keep(device)
    await cycleUnder(device, holder)
    await leave(holder)
    await dax.disable(chardev)
    await api.act('/v1/reconciliation', { object: `device/${chardev}`, action: 'repair' })
    expect(await open(device.path)).toBe(0)
    await restart()
    expect((await api.act(`${path}/disable`)).state).toBe('disabled')
    await restart()
    await remove('n')
    const left = (await readBus(guest)).find((entry) => entry.chardev === chardev)
    expect(left).toMatchObject({ size: 0, driver: null })
  })
})
