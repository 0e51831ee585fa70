import { join } from 'node:path'
import { DaxError } from '../../core/errors.ts'
import { type BusDevice, readBusDevices, requireBusDevice } from './dax-bus.ts'
import { type ErrnoMeaning, errnoOf, hostRefusal } from './host-errors.ts'
import type { KernelHost } from './kernel-host.ts'
import { refuseStaleHolders } from './observe-users.ts'
import { readLinkName } from './read-sysfs.ts'
import { type DaxDriver, daxDevicePath, driverPath } from './sysfs-paths.ts'

/** Source: drivers/dax/bus.c `dax_bus_probe`, drivers/dax/device.c and kmem.c probe errors. */
const BIND_MEANING: ErrnoMeaning = { ENXIO: 'empty_device', EBUSY: 'range_taken' }

/**
 * Gives a device without a driver to `driver`; nothing to do when it has it already. A driver that
 * is not the region's own answers ENODEV until it has been told the name (`new_id`), which binds
 * by itself.
 *
 * @throws DaxError `empty_device`, `range_taken`, `no_memory_block`, `in_transition` when another
 *   driver has it, `backend_timeout`, `backend_failed`.
 */
export function bindDriver(
  host: KernelHost,
  device: BusDevice,
  driver: DaxDriver,
): Promise<BusDevice> {
  return host.bindAlone(() => bindNow(host, device, driver))
}

async function bindNow(
  host: KernelHost,
  { chardev }: BusDevice,
  driver: DaxDriver,
): Promise<BusDevice> {
  const directory = driverPath(host, driver)
  host.quiet.forget(chardev)
  try {
    await host.write(join(directory, 'bind'), chardev)
  } catch (error) {
    await bindByName(host, { chardev, driver, error })
  } finally {
    // Once more: a look may have begun before it could be opened.
    host.quiet.forget(chardev)
  }
  const bound = await requireBusDevice(host, chardev)
  if (bound.driver === driver) {
    await host.openCounts.noteBind(bound)
    return bound
  }
  const owner = bound.driver ?? 'no driver'
  throw new DaxError('in_transition', `${chardev} was to be bound to ${driver}; ${owner} has it.`)
}

/**
 * Takes a name off the lists of both drivers, before a new device bears it: daxctl leaves each name
 * that it has enabled there, and the next name that is told would enable the new device as well.
 */
export async function forgetNames(host: KernelHost, chardev: string): Promise<void> {
  for (const driver of ['device_dax', 'kmem']) await forgetName(host, chardev, driver)
}

/** Takes the name off the driver's list, so that the driver does not take the next bearer of it. */
async function forgetName(host: KernelHost, chardev: string, driver: string): Promise<void> {
  try {
    await host.write(join(driverPath(host, driver), 'remove_id'), chardev)
  } catch (error) {
    // A driver that is not loaded has no list; else the name only stays on it.
    if (errnoOf(error) !== 'ENOENT') {
      host.log.debug({ chardev, driver, err: error }, 'a driver keeps a name on its list')
    }
  }
}

/**
 * Takes the driver off a device: its node answers ENXIO, each touch of a mapping is a SIGBUS.
 * Repeatable.
 * @throws DaxError `backend_timeout` while pages of it are pinned, `backend_failed`.
 */
export async function unbindDriver(host: KernelHost, device: BusDevice): Promise<void> {
  const { chardev, driver } = device
  if (driver === null) return
  // Else the driver would take the device again when it is told of another name.
  await forgetName(host, chardev, driver)
  const path = join(daxDevicePath(host, chardev), 'driver/unbind')
  try {
    await host.write(path, chardev)
  } catch (error) {
    if (driverOf(host, chardev) !== null) {
      throw hostRefusal(error, { what: `disable ${chardev}`, path, log: host.log })
    }
  }
  if (driverOf(host, chardev) === null) return host.openCounts.noteUnbind(chardev)
  throw new DaxError('in_transition', `${chardev} was given to a driver while being disabled.`)
}

async function bindByName(
  host: KernelHost,
  failed: { readonly chardev: string; readonly driver: DaxDriver; readonly error: unknown },
): Promise<void> {
  const { chardev, driver } = failed
  const directory = driverPath(host, driver)
  const path = join(directory, 'bind')
  const meaning = driver === 'kmem' ? { ...BIND_MEANING, EINVAL: 'no_memory_block' as const } : {}
  const step = { what: `enable ${chardev}`, path, log: host.log }
  const refuse = async (error: unknown): Promise<void> => {
    // EBUSY is also the answer for what is bound already.
    if (driverOf(host, chardev) === driver) return
    throw hostRefusal(error, { ...step, meaning: { ...BIND_MEANING, ...meaning } })
  }
  if (errnoOf(failed.error) !== 'ENODEV') return refuse(failed.error)
  try {
    await withBystanders(host, failed, () => host.write(join(directory, 'new_id'), chardev))
    if (driverOf(host, chardev) === null) await host.write(path, chardev)
  } catch (error) {
    await refuse(error)
  }
}

function driverOf(host: KernelHost, chardev: string): string | null {
  return readLinkName(daxDevicePath(host, chardev), 'driver')
}

/**
 * Telling a driver a name makes it try every device without a driver, and take those that it
 * matches by kind. What it takes besides is given back, behind a hidden node.
 *
 * @throws DaxError `stale_holders` while one of them is held: a bind would break its open count.
 */
async function withBystanders(
  host: KernelHost,
  { chardev, driver }: { readonly chardev: string; readonly driver: DaxDriver },
  tell: () => Promise<void>,
): Promise<void> {
  const others = (await readBusDevices(host)).filter((other) => {
    return other.driver === null && other.size > 0 && other.chardev !== chardev
  })
  // device_dax is the default of static devices only; the others it takes by name.
  const exposed = driver === 'device_dax' ? others.filter(({ kind }) => kind === 'static') : others
  for (const other of exposed) {
    await refuseStaleHolders(host, other)
    await host.nodes.hide(other)
  }
  await tell()
  for (const other of exposed) {
    const now = await requireBusDevice(host, other.chardev)
    if (now.driver !== null) {
      host.log.warn({ chardev: other.chardev, driver: now.driver }, 'a driver took a bystander')
      await unbindDriver(host, now)
    }
    await host.nodes.standIn(other)
  }
}
