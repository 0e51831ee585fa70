import { parseChardev } from '../../core/chardev.ts'
import { DaxError } from '../../core/errors.ts'
import { sweepEndedLives } from './ended-lives.ts'
import type { EmulatedHost } from './host.ts'
import { changeDevice, emptyDevice, isPermanent, requireRegion } from './host-device.ts'
import type { DeviceOnDisk } from './record-schemas.ts'
import { settle, settledPath } from './settle.ts'

/**
 * Frees a disabled device's memory and data. The id 0 of a dynamic region stays, empty. Somebody
 * who still has the inode open sees it cut to nothing. Destroying what is gone succeeds.
 *
 * @throws DaxError `device_enabled`.
 */
export async function destroyDevice(host: EmulatedHost, chardev: string): Promise<void> {
  if (parseChardev(chardev) === null) return
  const device = await host.records.device(chardev)
  if (device?.enabled === true) {
    throw new DaxError('device_enabled', `${chardev} must be disabled before it is destroyed.`)
  }
  // Without a record an earlier call may have failed after its commit; settling finishes it.
  if (device === null) await settle(host, chardev)
  else await endDevice(host, device)
  await sweepEndedLives(host)
}

/** Takes a device off the host, enabled or not, without a look at who uses it. */
export async function endDevice(host: EmulatedHost, device: DeviceOnDisk): Promise<void> {
  const { chardev, minor, serial } = device
  const region = await requireRegion(host, device.region)
  await settle(host, chardev)
  await changeDevice(host, chardev, async () => {
    const to = host.paths.ended(chardev, serial)
    await host.files.rename({ from: settledPath(host, device), to })
    if (!isPermanent(region, chardev)) return host.records.removeDevice(chardev)
    const next = emptyDevice(region, { minor, serial: host.serials.next(chardev, [], serial) })
    await host.records.writeDevice(next)
  })
}
