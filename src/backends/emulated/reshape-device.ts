import { DaxError } from '../../core/errors.ts'
import { totalSize } from '../../core/extent.ts'
import type { DeviceShape, HostDevice } from '../../ports/backend.ts'
import { checkExtents } from './check-extents.ts'
import { shapeOf } from './create-device.ts'
import type { EmulatedHost } from './host.ts'
import { changeDevice, hostDevice, requireDevice, requireRegion } from './host-device.ts'

/**
 * Gives a disabled device other memory, align or mode. Bytes at the offsets that stay are kept;
 * bytes newly gained are zero, also where the device had them before and gave them back.
 *
 * @throws DaxError `no_such_device`, `device_enabled`, `range_outside`, `range_taken`, `no_space`.
 */
export async function reshapeDevice(
  host: EmulatedHost,
  chardev: string,
  shape: DeviceShape,
): Promise<HostDevice> {
  const device = await requireDevice(host, chardev)
  if (device.enabled) {
    throw new DaxError('device_enabled', `${chardev} must be disabled to get another shape.`)
  }
  const region = await requireRegion(host, device.region)
  const all = await host.records.devices(region.id)
  const others = all.filter((other) => other.chardev !== chardev)
  checkExtents(region, { shape, others })
  const next = { ...device, ...shapeOf(shape) }
  const size = totalSize(next.ranges)
  await changeDevice(host, chardev, async () => {
    // Growing can fail for want of room, so it comes before the commit; cutting is left to settle.
    if (size > totalSize(device.ranges)) {
      await host.files.resize(host.paths.closed(chardev), size)
    }
    await host.records.writeDevice(next)
  })
  return hostDevice(host, region, next)
}
