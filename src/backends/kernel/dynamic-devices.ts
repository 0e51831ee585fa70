import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseChardev } from '../../core/chardev.ts'
import { rangesOf } from '../../core/device-range.ts'
import { DaxError } from '../../core/errors.ts'
import { type Extent, endOf, totalSize } from '../../core/extent.ts'
import { SUBSECTION } from '../../core/static-geometry.ts'
import { add, type Bytes, bytes, isMultiple } from '../../core/units.ts'
import type { DevicePlan, DeviceShape, HostDevice } from '../../ports/backend.ts'
import { forgetNames } from './bind-driver.ts'
import { type BusDevice, readBusDevice, readBusDevices, requireBusDevice } from './dax-bus.ts'
import { noteGivenRange } from './device-ranges.ts'
import { showBusDevice } from './discover.ts'
import { regionDirectory } from './dynamic-regions.ts'
import { type ErrnoMeaning, hostRefusal } from './host-errors.ts'
import type { KernelHost } from './kernel-host.ts'
import { usersOf } from './observe-users.ts'
import { readText } from './read-sysfs.ts'

/**
 * Makes a device of the planned places, disabled: an empty id 0 that nobody holds is taken when it
 * is planned for, else the kernel names a new one. A failure leaves no device behind that was not
 * there before.
 *
 * @throws DaxError `no_such_region`, `no_space`, `range_taken`, `unsupported_align`,
 *   `misaligned_range`, `backend_failed`, `backend_timeout`.
 */
export async function createDynamic(host: KernelHost, plan: DevicePlan): Promise<HostDevice> {
  const own = await readBusDevices(host, plan.region)
  const [first] = own
  if (first === undefined) {
    throw new DaxError('no_such_region', `There is no region ${plan.region}.`)
  }
  const device = (await plannedSlot(host, own, plan)) ?? (await newDevice(host, first.parent, own))
  try {
    await forgetNames(host, device.chardev)
    await setAlign(host, device, plan)
    await addRanges(host, device, plan.extents)
    const made = await requirePlaces(host, device, plan)
    await host.nodes.markSystemRam(device.chardev, plan.mode === 'system-ram')
    return await showBusDevice(host, made)
  } catch (error) {
    await removeDynamic(host, device).catch((err: unknown) => {
      host.log.error({ err, chardev: device.chardev }, 'a device that was not to be stays')
    })
    throw error
  }
}

/** Frees a disabled device; id 0, which the kernel never deletes, stays empty. Repeatable. */
export async function removeDynamic(host: KernelHost, device: BusDevice): Promise<void> {
  const { chardev, parent } = device
  await setSize(host, device, 0)
  if (isPermanent(device)) return
  const path = join(regionDirectory(parent), 'delete')
  try {
    await host.write(path, chardev)
  } catch (error) {
    if ((await readBusDevice(host, chardev)) === null) return
    throw hostRefusal(error, { what: `delete ${chardev}`, path, log: host.log })
  }
}

/** True for the id 0 of a dynamic region. Source: drivers/dax/bus.c `delete_store`. */
export function isPermanent({ kind, chardev }: BusDevice): boolean {
  return kind === 'dynamic' && parseChardev(chardev)?.id === 0
}

/**
 * Gives a disabled device other places or another align. The memory of places that stay is not
 * touched. A change that adds or cuts behind what is there is made in place; any other by giving
 * all places back and taking the new ones. Undone when a step fails.
 *
 * @throws DaxError as {@link createDynamic}.
 */
export async function reshapeDynamic(
  host: KernelHost,
  device: BusDevice,
  shape: DeviceShape,
): Promise<HostDevice> {
  const { chardev, align } = device
  const before = device.ranges.map(({ start, size }) => ({ start, size }))
  let reshaped: BusDevice
  try {
    if (shape.align < align) await setAlign(host, device, shape)
    await setPlaces(host, device, { before, after: shape.extents })
    if (shape.align > align) await setAlign(host, device, shape)
    reshaped = await requirePlaces(host, device, shape)
  } catch (error) {
    await putBack(host, device, before).catch((err: unknown) => {
      host.log.error({ err, chardev, before }, 'a device did not get its places back')
    })
    throw error
  }
  await host.nodes.markSystemRam(chardev, shape.mode === 'system-ram')
  return showBusDevice(host, reshaped)
}

/**
 * The empty id 0 without a driver when it is planned for, unless somebody still holds an earlier
 * life of it. When it is not, it may be the device of a namespace that was shrunk to nothing.
 */
async function plannedSlot(
  host: KernelHost,
  own: readonly BusDevice[],
  { chardev }: DevicePlan,
): Promise<BusDevice | null> {
  const first = own.find(isPermanent)
  if (first === undefined || first.size > 0 || first.driver !== null) return null
  if (first.chardev !== chardev) return null
  if (await host.openCounts.isBroken(first.chardev)) return null
  return (await usersOf(host, first)).length === 0 ? first : null
}

async function newDevice(
  host: KernelHost,
  parent: string,
  own: readonly BusDevice[],
): Promise<BusDevice> {
  const directory = regionDirectory(parent)
  const path = join(directory, 'create')
  try {
    await host.write(path, '1')
  } catch (error) {
    const meaning: ErrnoMeaning = { ENOSPC: 'no_space' }
    throw hostRefusal(error, { what: 'make a device', path, meaning, log: host.log })
  }
  // The attribute shows the youngest device; `seed` would show the oldest that was never bound.
  const chardev = (await readText(directory, 'create')) ?? ''
  const device = await readBusDevice(host, chardev)
  const isNew = own.every((other) => other.chardev !== chardev)
  if (device !== null && isNew && device.size === 0 && device.driver === null) {
    host.quiet.note(device, host.quiet.now())
    return device
  }
  throw new DaxError('backend_failed', 'The kernel does not tell which device it has made.')
}

async function setAlign(
  host: KernelHost,
  device: BusDevice,
  { align }: Pick<DeviceShape, 'align'>,
): Promise<void> {
  if (device.align === align) return
  const path = join(device.path, 'align')
  try {
    await host.write(path, String(align))
  } catch (error) {
    const meaning: ErrnoMeaning = { EINVAL: 'unsupported_align', EBUSY: 'device_enabled' }
    const what = `give ${device.chardev} the align ${align}`
    throw hostRefusal(error, { what, path, meaning, log: host.log })
  }
}

/** In this order, behind the `offset` bytes that it has. */
async function addRanges(
  host: KernelHost,
  device: BusDevice,
  pieces: readonly Extent[],
  offset: Bytes = bytes(0),
): Promise<void> {
  for (const range of rangesOf(pieces)) {
    await addRange(host, device, range)
    noteGivenRange(host, device, { ...range, offset: add(offset, range.offset) })
  }
}

/**
 * The end is inclusive. The kernel takes any start, and a misaligned length is, by its version, an
 * ENXIO or a success that does nothing; so both are checked here.
 */
async function addRange(host: KernelHost, device: BusDevice, piece: Extent): Promise<void> {
  if (!isMultiple(piece.start, SUBSECTION) || !isMultiple(piece.size, SUBSECTION)) {
    const detail = `The range at 0x${piece.start.toString(16)} of ${piece.size} bytes is misaligned.`
    throw new DaxError('misaligned_range', detail)
  }
  const path = join(device.path, 'mapping')
  const range = `${piece.start.toString(16)}-${(endOf(piece) - 1).toString(16)}`
  try {
    await host.write(path, range)
  } catch (error) {
    const meaning: ErrnoMeaning = {
      ENOMEM: 'range_taken',
      EBUSY: 'range_taken',
      ENXIO: 'misaligned_range',
      EINVAL: 'misaligned_range',
    }
    const what = `give ${device.chardev} the range 0x${range}`
    throw hostRefusal(error, { what, path, meaning, log: host.log })
  }
}

/** Gives or takes memory at a disabled device's end, as the kernel does it; 0 frees all. */
export async function setSize(host: KernelHost, device: BusDevice, size: number): Promise<void> {
  const path = join(device.path, 'size')
  try {
    await host.write(path, String(size))
  } catch (error) {
    if ((await readBusDevice(host, device.chardev)) === null) return
    const meaning: ErrnoMeaning = {
      EBUSY: 'device_enabled',
      ENOSPC: 'no_space',
      EINVAL: 'misaligned_size',
    }
    const what = `give ${device.chardev} ${size} bytes`
    throw hostRefusal(error, { what, path, meaning, log: host.log })
  }
}

async function setPlaces(
  host: KernelHost,
  device: BusDevice,
  { before, after }: { readonly before: readonly Extent[]; readonly after: readonly Extent[] },
): Promise<void> {
  if (isDeepStrictEqual([...after], before)) return
  if (isDeepStrictEqual(after.slice(0, before.length), before)) {
    return addRanges(host, device, after.slice(before.length), totalSize(before))
  }
  if (isCutOf(after, before)) return setSize(host, device, totalSize(after))
  await setSize(host, device, 0)
  await addRanges(host, device, after)
}

/** True when the kernel's way of shrinking leads from `before` to `after`. */
function isCutOf(after: readonly Extent[], before: readonly Extent[]): boolean {
  const last = after.length - 1
  return after.every(({ start, size }, index) => {
    const old = before[index]
    if (old === undefined || old.start !== start) return false
    return index === last ? size <= old.size : size === old.size
  })
}

async function requirePlaces(
  host: KernelHost,
  { chardev }: BusDevice,
  wanted: Pick<DeviceShape, 'align' | 'extents'>,
): Promise<BusDevice> {
  const device = await requireBusDevice(host, chardev)
  const { ranges, align } = device
  const places = ranges.map(({ start, size }) => ({ start, size }))
  if (align === wanted.align && isDeepStrictEqual(places, [...wanted.extents])) return device
  throw new DaxError('backend_failed', `The kernel gave ${chardev} other memory than asked for.`)
}

async function putBack(
  host: KernelHost,
  device: BusDevice,
  before: readonly Extent[],
): Promise<void> {
  const now = await requireBusDevice(host, device.chardev)
  const places = now.ranges.map(({ start, size }) => ({ start, size }))
  if (now.align > device.align) await setAlign(host, now, device)
  await setPlaces(host, now, { before: places, after: before })
  await setAlign(host, await requireBusDevice(host, device.chardev), device)
}
