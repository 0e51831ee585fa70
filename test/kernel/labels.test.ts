/** Labels of the NVDIMM, written on demand only, and where libnvdimm places namespaces. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { connectGuest } from './rig/guest.ts'
import { sysfsDax } from './rig/sysfs-dax.ts'
import { type DaxdHost, type KernelDaxd, kernelDaxd, openDaxdHost } from './support/daxd-host.ts'
import { hold, wholeOf } from './support/holder.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const guest = connectGuest(ownGuest())
const dax = sysfsDax(guest)

afterAll(() => guest.close())

describe('libnvdimm places a namespace by itself', () => {
  let daxd: DaxdHost
  let api: KernelDaxd

  beforeAll(async () => {
    daxd = await openDaxdHost(guest)
    api = await daxd.fresh()
  })

  afterAll(async () => {
    api.close()
    await daxd.end()
  })

  const region = async () => api.get(`/v1/regions/${(await api.regions()).pmem}`)

  const remove = (name: string) =>
    api.ok('delete', `/v1/namespaces/${name}`, 204, { headers: { prefer: 'wait=60' } })

  /** As sysfs has it: what the namespace takes off its region. */
  const takenBy = async (uuid: string) => {
    const shown = await guest.sh(`cd /sys/bus/nd/devices && for n in namespace*.*; do
      test "$(cat $n/uuid)" = ${uuid} && echo $(($(cat $n/resource))) $(cat $n/size); done; true`)
    const [start = 0, size = 0] = shown.trim().split(' ').map(Number)
    return { start, end: start + size - 1 }
  }

  const inBooks = async (name: string) => {
    const { id } = await region()
    const { items } = await api.get(`/v1/regions/${id}/map`)
    const own = items.find((item: { namespace?: string }) => item.namespace === name)
    return { start: own.start, end: own.end }
  }

  test('elsewhere than daxd planned it: the books say where, over a restart and a removal', async () => {
    const { id, available_size: free } = await region()
    for (const [name, size] of [
      ...[['hole-64', 64] as const, ['b', 16] as const],
      ...[['hole-32', 32] as const, ['d', 16] as const],
    ]) {
      await api.makeNamespace({ name, region: id, size: size * MIB })
    }
    for (const name of ['hole-64', 'hole-32']) await remove(name)
    const { revision } = await region()
    await api.ok('patch', `/v1/regions/${id}`, 200, {
      body: { placement: 'best-fit' },
      headers: { 'if-match': `"${revision}"` },
    })
    // The best fit is the hole of 32 MiB; libnvdimm takes the first.
    const moved = await api.makeNamespace({ name: 'moved', region: id, size: 32 * MIB })
    const kernel = await takenBy(moved.uuid)
    expect([await inBooks('moved'), kernel.end - kernel.start + 1]).toEqual([kernel, 32 * MIB])
    const device = await api.get(`/v1/devices/${moved.chardev}`)
    expect([device.size, device.drift, (await region()).available_size]).toEqual([
      ...[await dax.size(moved.chardev), null, free - 64 * MIB],
    ])
    api.close()
    api = await daxd.start()
    expect((await api.get('/v1/reconciliation')).items).toEqual([])
    expect([await api.get(`/v1/devices/${moved.chardev}`), await inBooks('moved')]).toEqual([
      ...[device, kernel],
    ])
    const holder = await hold(guest, wholeOf(device))
    await holder.end()
    expect(holder.opened).toMatchObject({ open: 0, mmap: 0, faults: 0 })
    for (const name of ['moved', 'b', 'd']) await remove(name)
    expect((await region()).available_size).toBe(free)
    expect((await guest.sh('ndctl list -N')).trim()).toBe('')
  })
})

describe('--init-labels', () => {
  const ARGS = ['--backend', 'kernel', '--state-dir', '/state/daxd-labels']
  const INIT = [...ARGS, '--init-labels']
  let api: KernelDaxd

  beforeAll(async () => {
    await guest.stopDaxd()
    await guest.sh('rm -rf /state/daxd-labels')
    await dax.emptyHmem()
    await dax.emptyPmem()
    api = kernelDaxd(guest.url)
  })

  afterAll(async () => {
    api.close()
    await guest.stopDaxd()
  })

  const pmem = async () => api.get(`/v1/regions/${(await api.regions()).pmem}`)

  test('leaves a region that has labels, and the data on it, as they are', async () => {
    await guest.startDaxd(ARGS)
    const { id } = await pmem()
    const { chardev } = await api.makeNamespace({ name: 'kept', region: id, size: 32 * MIB })
    const path = `/v1/devices/${chardev}`
    const writer = await hold(guest, wholeOf(await api.get(path)))
    await writer.store(11, 111)
    await writer.end()
    await guest.restartDaxd({ args: INIT })
    const reader = await hold(guest, wholeOf(await api.get(path)))
    const found = await reader.load(11)
    await reader.end()
    expect([found, (await api.get('/v1/reconciliation')).items]).toEqual([111, []])
  })

  const nstype = async () => (await guest.sh('cat /sys/bus/nd/devices/region*/nstype')).trim()

  /** How a start with `--init-labels` ends, and whether the region has labels then (5) or not. */
  const tryToLabel = async () => {
    const started = await guest.startDaxd(INIT).then(
      () => 'started',
      () => 'refused',
    )
    await guest.stopDaxd()
    return [started, await nstype()]
  }

  test('is refused while the label-less namespace is mounted; its files stay', async () => {
    await guest.stopDaxd()
    // Else the kernel would take the info block at the region's start for one of the whole region.
    await guest.sh(`set -e; n=$(ndctl list -N | sed -n 's/.*"dev":"\\(namespace[^"]*\\)".*/\\1/p')
      ndctl create-namespace -f -e $n -m raw >/dev/null
      dd if=/dev/zero of=$(echo /dev/pmem*) bs=1M count=4 2>/dev/null; sync
      ndctl destroy-namespace -f all; ndctl disable-region all; ndctl disable-dimm all
      ndctl zero-labels all; rm -rf /state/daxd-labels; sync`)
    await guest.reboot('power')
    await guest.stopDaxd()
    // daxd's own tree is a clean file system, so it serves as one that somebody uses.
    await guest.sh(`set -e; disk=$(echo /dev/pmem*); test -b $disk
      dd if=/dev/vdb of=$disk bs=1M 2>/dev/null
      mkdir -p /tmp/used; mount -t ext4 -o ro $disk /tmp/used`)
    const answer = await tryToLabel()
    const file = (await guest.sh('ls /tmp/used/src/main.ts; umount /tmp/used')).trim()
    expect([answer, file]).toEqual([['refused', '4'], '/tmp/used/src/main.ts'])
  })

  test('writes them once nobody uses the region, which could not be divided before', async () => {
    await guest.startDaxd(ARGS)
    const { id, available_size: room } = await pmem()
    const body = { name: 'none', region: id, size: 32 * MIB }
    expect(refusal(await api.ask('post', '/v1/namespaces', { body })).errno).toBe('ENOSPC')
    await guest.restartDaxd({ args: INIT })
    const { available_size } = await pmem()
    expect([room, available_size > 900 * MIB]).toEqual([0, true])
    const names = ['one', 'two']
    for (const name of names) await api.makeNamespace({ name, region: id, size: 32 * MIB })
    const { items } = await api.get('/v1/namespaces')
    expect(items.map(({ name, state }: Record<string, string>) => [name, state])).toEqual(
      names.map((name) => [name, 'active']),
    )
  })
})
