import { invariant } from '../../core/invariant.ts'
import type { HostDevice } from '../../ports/backend.ts'
import { watchedData } from './ended-lives.ts'
import type { EmulatedHost } from './host.ts'
import { changeDevice, readHostDevice, requireDevice } from './host-device.ts'
import type { DeviceOnDisk } from './record-schemas.ts'
import { settledPath } from './settle.ts'

/**
 * Ends a device's life for everybody who has it open or mapped.
 *
 * Where nobody has, the file just leaves its path. Otherwise the data go on in a copy, and the
 * inode that the users have is cut to size 0: from then on each touch of their mappings is a
 * SIGBUS, as after the kernel's `unmap_mapping_range` in `kill_dev_dax`, and their descriptors
 * see an empty file. A look that could not see every process counts as a user found. Unlike the
 * kernel, what users write between the copy and the cut is lost.
 *
 * @throws DaxError `no_such_device`; `no_space` when the copy has no room, `backend_timeout`.
 */
export async function disableDevice(host: EmulatedHost, chardev: string): Promise<HostDevice> {
  const device = await requireDevice(host, chardev)
  if (!device.enabled) return readHostDevice(host, device)
  const disabled = { ...device, enabled: false, fenced: false }
  await changeDevice(host, chardev, async () => {
    const closed = host.paths.closed(chardev)
    const from = settledPath(host, device)
    // The door is closed before the look: who is not seen by it cannot come in any more.
    if (from !== closed) await host.files.rename({ from, to: closed })
    const next = (await mayHaveUsers(host, device)) ? await endLife(host, disabled) : disabled
    await host.records.writeDevice(next)
  })
  const settled = await host.records.device(chardev)
  invariant(settled !== null && !settled.enabled, 'a disabled device stays', chardev)
  return readHostDevice(host, settled)
}

async function mayHaveUsers(host: EmulatedHost, device: DeviceOnDisk): Promise<boolean> {
  const { chardev } = device
  const path = host.paths.closed(chardev)
  const data = await watchedData({ path, chardev, role: 'live', openable: false })
  invariant(data !== null, 'a settled device has its data', chardev)
  const { found, complete } = await host.observer.find([data.watched])
  return found.size > 0 || !complete
}

/** Copies the data for the next life and ends this one; uncommitted until the record is written. */
async function endLife(host: EmulatedHost, device: DeviceOnDisk): Promise<DeviceOnDisk> {
  const { chardev, serial } = device
  const closed = host.paths.closed(chardev)
  const next = host.serials.next(chardev, [], serial)
  await host.files.copySparse({ from: closed, to: host.paths.prepared(chardev, next) })
  await host.files.rename({ from: closed, to: host.paths.ended(chardev, serial) })
  return { ...device, serial: next }
}
