import { join } from 'node:path'
import { DaxError } from '../../core/errors.ts'
import type { Observation, ObservedUser } from '../../ports/backend.ts'
import { asUser, type ProcessFindings, type ProcessUse } from '../../procfs/process-use.ts'
import { type BusDevice, readBusDevice } from './dax-bus.ts'
import { isEnabled } from './device-mode.ts'
import type { NumberedDevice } from './ended-lives.ts'
import type { KernelHost } from './kernel-host.ts'
import { readTextNow } from './read-sysfs.ts'
import { modulePath } from './sysfs-paths.ts'

/** Holders named in one refusal at most. */
const HOLDERS_MAX = 100

/**
 * Who has these names open or mapped, by one look at the processes that begins after the call.
 *
 * `stale` is everybody who holds a device that is disabled, and who holds only what was held of a
 * removed one. What cannot be known: descriptors in flight in a socket, pins of the kernel itself
 * (RDMA, vfio), processes of other PID namespaces when daxd does not run in the host's.
 */
export async function observeUsers(
  host: KernelHost,
  chardevs: readonly string[],
): Promise<Observation> {
  const since = host.quiet.now()
  const users = new Map<string, ObservedUser[]>(chardevs.map((chardev) => [chardev, []]))
  const read = await Promise.all([...users.keys()].map((name) => readBusDevice(host, name)))
  const present = read.filter((device) => device !== null)
  const ended = [...users.keys()].flatMap((name) => host.endedLives.numbersOf(name))
  const hidden = new Set(await host.nodes.hidden())
  const { found, complete } = await look(host, [...ended, ...present])
  for (const device of present) {
    const isShut = !isEnabled(device) || hidden.has(device.chardev)
    if (isShut && complete && !found.has(keyOf(device))) host.quiet.note(device, since)
    for (const use of found.get(keyOf(device)) ?? []) {
      const stale = !isEnabled(device) || host.endedLives.isOfEnded(device, use)
      users.get(device.chardev)?.push(asUser(use, stale))
    }
  }
  for (const life of ended) {
    const holding = found.get(keyOf(life)) ?? []
    host.endedLives.keepOnly(life, holding)
    const told = new Set(users.get(life.chardev)?.map(({ pid }) => pid))
    for (const use of holding) {
      const isNew = !told.has(use.pid) && host.endedLives.isOfEnded(life, use)
      if (isNew) users.get(life.chardev)?.push(asUser(use, true))
    }
  }
  return { users, complete }
}

/** Who still has a disabled device open or mapped; no look where it is known that nobody has. */
export async function usersOf(host: KernelHost, device: BusDevice): Promise<readonly ProcessUse[]> {
  if (host.quiet.has(device)) return []
  const since = host.quiet.now()
  const { found, complete } = await look(host, [device])
  const users = found.get(keyOf(device)) ?? []
  if (complete && users.length === 0 && !isEnabled(device)) host.quiet.note(device, since)
  return users
}

/**
 * Passes when nobody holds a disabled device. Binding a driver while somebody does brings dead
 * mappings back to life and breaks the device's open count.
 * @throws DaxError `stale_holders` (EBUSY) with the processes.
 */
export async function refuseStaleHolders(host: KernelHost, device: BusDevice): Promise<void> {
  const users = await usersOf(host, device)
  const holding = users.filter((use) => !host.endedLives.isOfEnded(device, use))
  if (holding.length === 0) return
  const holders = holding
    .slice(0, HOLDERS_MAX)
    .map(({ pid, comm }) => ({ kind: 'process', pid, comm }) as const)
  const detail = `${holding.length} processes still have an earlier ${device.chardev} open.`
  throw new DaxError('stale_holders', detail, { holders })
}

async function look(
  host: KernelHost,
  devices: readonly NumberedDevice[],
): Promise<ProcessFindings> {
  if (isNoneOpen(host)) return { found: new Map(), complete: true }
  const byKey = new Map(devices.map((device) => [keyOf(device), device]))
  const files = [...byKey].map(([key, { chardev, major, minor }]) => {
    return { key, kind: 'chardev', major, minor, path: join(host.devRoot, chardev) } as const
  })
  return host.observer.find(files)
}

/**
 * True when nobody has any device of the driver open or mapped, whoever and wherever it is: each
 * open file of a device, which a mapping keeps open, holds the module that its operations are in.
 * That the driver is built in, cannot be unloaded or is counted on by other modules tells nothing.
 *
 * Source: fs/char_dev.c `chrdev_open` (`fops_get`), fs/file_table.c `__fput` (`fops_put`); the
 * count is kernel/module/sysfs.c `refcnt`, shown without a lock.
 */
function isNoneOpen(host: KernelHost): boolean {
  return readTextNow(modulePath(host, 'device_dax'), 'refcnt') === '0'
}

function keyOf({ major, minor }: NumberedDevice): string {
  return `${major}:${minor}`
}
