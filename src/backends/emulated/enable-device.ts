import { DaxError } from '../../core/errors.ts'
import { totalSize } from '../../core/extent.ts'
import type { HostDevice } from '../../ports/backend.ts'
import type { EmulatedHost } from './host.ts'
import { changeDevice, readHostDevice, requireDevice } from './host-device.ts'

/**
 * Makes a device openable under its path; one in mode `system-ram` is enabled, but has none.
 * Enabling what is enabled changes nothing, a fence included.
 *
 * @throws DaxError `no_such_device`, `empty_device`.
 */
export async function enableDevice(host: EmulatedHost, chardev: string): Promise<HostDevice> {
  const device = await requireDevice(host, chardev)
  if (device.enabled) return readHostDevice(host, device)
  if (totalSize(device.ranges) === 0) {
    throw new DaxError('empty_device', `${chardev} has no memory and cannot be enabled.`)
  }
  const next = { ...device, enabled: true, fenced: false }
  await changeDevice(host, chardev, () => host.records.writeDevice(next))
  return readHostDevice(host, next)
}

/**
 * Closes (`fenced`) or opens again the path of an enabled device. Nothing to do on a disabled
 * one, which nobody can open anyway. A restart of daxd opens every fenced device.
 *
 * @throws DaxError `no_such_device`.
 */
export async function setFence(
  host: EmulatedHost,
  chardev: string,
  fenced: boolean,
): Promise<void> {
  const device = await requireDevice(host, chardev)
  if (!device.enabled || device.fenced === fenced) return
  await changeDevice(host, chardev, () => host.records.writeDevice({ ...device, fenced }))
}
