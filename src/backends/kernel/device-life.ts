import { parseChardev } from '../../core/chardev.ts'
import { DaxError } from '../../core/errors.ts'
import type { DeviceShape, HostDevice } from '../../ports/backend.ts'
import { bindDriver, unbindDriver } from './bind-driver.ts'
import { type BusDevice, readBusDevice, requireBusDevice } from './dax-bus.ts'
import { isEnabled, modeOf } from './device-mode.ts'
import { showBusDevice } from './discover.ts'
import { isPermanent, removeDynamic, reshapeDynamic, setSize } from './dynamic-devices.ts'
import { showOpen, shutNode } from './fence-device.ts'
import type { KernelHost } from './kernel-host.ts'
import { refuseStaleHolders, usersOf } from './observe-users.ts'
import { awakenStatic, destroyStatic, reshapeStatic } from './static-namespaces.ts'
import { disableSystemRam, enableSystemRam } from './system-ram.ts'

/**
 * Binds a disabled device to the driver of its mode and shows its node. Enabling what is enabled
 * changes nothing, a fence included.
 *
 * @throws DaxError `no_such_device`, `empty_device`, `stale_holders`, `no_memory_block`,
 *   `unsupported`, `backend_failed`, `backend_timeout`.
 */
export async function enableDevice(host: KernelHost, chardev: string): Promise<HostDevice> {
  const present = (await readBusDevice(host, chardev)) ?? (await awakenStatic(host, chardev))
  const device = present ?? (await requireBusDevice(host, chardev))
  if (isEnabled(device)) return showBusDevice(host, device)
  if (device.size === 0) {
    throw new DaxError('empty_device', `${chardev} has no memory and cannot be enabled.`)
  }
  await refuseStaleHolders(host, device)
  const isForSystemRam = (await modeOf(host, device)) === 'system-ram'
  const bound = await (isForSystemRam ? enableSystemRam : openUp)(host, device)
  return showBusDevice(host, bound)
}

/**
 * Takes the driver off a device: users lose it at the next touch. Its node is hidden before and
 * stays so while somebody may hold the device: opening a disabled device that somebody holds, and
 * mapping it, brings the kernel down. Repeatable.
 *
 * @throws DaxError `no_such_device`; `busy` for system memory in use; `backend_timeout`.
 */
export async function disableDevice(host: KernelHost, chardev: string): Promise<HostDevice> {
  const device = await requireBusDevice(host, chardev)
  if (!isEnabled(device)) return showBusDevice(host, device)
  await takeDown(host, device)
  await host.nodes.markSystemRam(chardev, device.driver === 'kmem')
  await shutNode(host, device)
  return showBusDevice(host, { ...device, driver: null })
}

/** A device that could not be disabled is as open as it was. */
async function takeDown(host: KernelHost, device: BusDevice): Promise<void> {
  const wasHidden = (await host.nodes.hidden()).includes(device.chardev)
  await host.nodes.hide(device)
  try {
    if (device.driver === 'kmem') await disableSystemRam(host, device)
    else {
      await noteOpenCount(host, device)
      await unbindDriver(host, device)
    }
  } catch (error) {
    const now = await readBusDevice(host, device.chardev)
    if (!wasHidden && now !== null && isEnabled(now)) await showOpen(host, now)
    throw error
  }
}

/**
 * The last moment, before daxd changes its driver, at which it shows whether others have cycled the
 * device, maybe while it was open. One more cycle hides a broken count and mends nothing: the nodes
 * through which it was opened stay on a list that the kernel has forgotten, so that taking one of
 * them off /dev ends the kernel. Id 0 is never deleted, nor are its nodes.
 */
async function noteOpenCount(host: KernelHost, device: BusDevice): Promise<void> {
  if (device.driver !== 'device_dax' && device.driver !== null) return
  const isBroken = device.driver !== null && (await host.nodes.tryOpen(device)) === 'ENXIO'
  const isTouched = !isPermanent(device) && (await host.openCounts.isTouchedByOthers(device))
  if (!isBroken && !isTouched) return
  await host.openCounts.noteBroken(device.chardev)
  host.log.warn({ chardev: device.chardev }, 'a device was cycled by others, maybe while open')
}

/**
 * Gives a disabled device another shape.
 * @throws DaxError `device_enabled`, and as the change of its kind.
 */
export async function reshapeDevice(
  host: KernelHost,
  chardev: string,
  shape: DeviceShape,
): Promise<HostDevice> {
  const device = await requireBusDevice(host, chardev)
  requireDisabled(device)
  if (device.kind === 'dynamic') return reshapeDynamic(host, device, shape)
  await refuseStaleHolders(host, device)
  return reshapeStatic(host, device, shape)
}

/**
 * Frees a disabled device's memory. What is gone already is a success.
 * @throws DaxError `device_enabled`, `backend_failed`, `backend_timeout`.
 */
export async function destroyDevice(host: KernelHost, chardev: string): Promise<void> {
  if (parseChardev(chardev) === null) return
  const device = await readBusDevice(host, chardev)
  if (device === null) return host.nodes.forget(chardev)
  requireDisabled(device)
  const users = await usersOf(host, device)
  if (await host.openCounts.isBroken(chardev)) return emptyForGood(host, device)
  if (device.kind === 'static') await destroyStatic(host, device)
  else await removeDynamic(host, device)
  await host.nodes.markSystemRam(chardev, false)
  if (isPermanent(device)) {
    // Its node stays hidden while an earlier life is held, as that of any disabled device.
    if (users.length === 0) await host.nodes.show(device)
    return
  }
  host.quiet.forget(chardev)
  host.endedLives.end(device, users)
  await host.openCounts.forget(chardev)
  await host.nodes.forget(chardev)
}

/** Its memory goes back; the empty device stays, its node hidden, until a reboot. */
async function emptyForGood(host: KernelHost, device: BusDevice): Promise<void> {
  const { chardev, kind } = device
  if (kind === 'static') {
    const detail = `${chardev} was cycled while it was open; only a reboot makes it safe to remove.`
    throw new DaxError('needs_repair', detail)
  }
  await host.nodes.hide(device)
  await host.nodes.standIn(device)
  await setSize(host, device, 0)
  host.log.warn({ chardev }, 'an empty device stays until a reboot: its open count was broken')
}

/**
 * Opens a bound device's node once and closes it, which tells whether its open count is broken:
 * a descriptor that outlived a disable and enable behind daxd's back does that, and one more
 * round mends it. No descriptor is kept.
 */
export async function mendOpenCount(host: KernelHost, device: BusDevice): Promise<void> {
  if ((await host.nodes.tryOpen(device)) !== 'ENXIO') return
  await host.openCounts.noteBroken(device.chardev)
  host.log.warn({ chardev: device.chardev }, 'the open count of a device is broken; cycling it')
  await unbindDriver(host, device)
  await bindDriver(host, { ...device, driver: null }, 'device_dax')
  const errno = await host.nodes.tryOpen(device)
  if (errno !== 'ENXIO') return
  throw new DaxError('backend_failed', `${device.chardev} is enabled, but cannot be opened.`)
}

async function openUp(host: KernelHost, device: BusDevice): Promise<BusDevice> {
  await noteOpenCount(host, device)
  const bound = await bindDriver(host, device, 'device_dax')
  try {
    await mendOpenCount(host, bound)
    await showOpen(host, bound)
    return bound
  } catch (error) {
    await unbindDriver(host, bound)
    throw error
  }
}

function requireDisabled(device: BusDevice): void {
  if (!isEnabled(device)) return
  throw new DaxError('device_enabled', `${device.chardev} must be disabled first.`)
}
