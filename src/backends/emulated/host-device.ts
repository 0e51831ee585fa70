import { parseChardev } from '../../core/chardev.ts'
import { DaxError } from '../../core/errors.ts'
import { invariant } from '../../core/invariant.ts'
import type { RegionNature } from '../../core/model.ts'
import type { HostDevice } from '../../ports/backend.ts'
import type { EmulatedHost } from './host.ts'
import type { DeviceOnDisk } from './record-schemas.ts'
import { settle } from './settle.ts'

/** The major number of emulated devices: the first of those that the kernel gives out freely. */
const EMULATED_MAJOR = 253

/** The device as the port tells it. `path` is where it is, or would be, while enabled. */
export function hostDevice(
  host: EmulatedHost,
  region: RegionNature,
  device: DeviceOnDisk,
): HostDevice {
  invariant(device.region === region.id, 'a device is told with its own region', device.chardev)
  const { chardev, align, memmap, mode, extents, ranges, minor, enabled } = device
  return {
    chardev,
    region: region.id,
    path: host.paths.openable(chardev),
    major: EMULATED_MAJOR,
    minor,
    target_node: region.target_node,
    enabled,
    align,
    memmap,
    mode,
    extents,
    ranges,
  }
}

/** {@link hostDevice} with the region read from disk. */
export async function readHostDevice(
  host: EmulatedHost,
  device: DeviceOnDisk,
): Promise<HostDevice> {
  return hostDevice(host, await requireRegion(host, device.region), device)
}

/** @throws DaxError `no_such_region`. */
export async function requireRegion(host: EmulatedHost, id: number): Promise<RegionNature> {
  const region = await host.records.region(id)
  if (region === null) throw new DaxError('no_such_region', `There is no region ${id}.`)
  return region
}

/**
 * The device's record, its data files settled: what an earlier call left half-way is gone.
 * @throws DaxError `no_such_device`.
 */
export async function requireDevice(host: EmulatedHost, chardev: string): Promise<DeviceOnDisk> {
  const device = parseChardev(chardev) === null ? null : await host.records.device(chardev)
  if (device === null) throw new DaxError('no_such_device', `There is no device ${chardev}.`)
  await settle(host, chardev)
  return device
}

/**
 * Runs the steps of a change, then settles the device. When a step fails the device is settled
 * too, which undoes what was not committed; the failure of the step is what the caller gets.
 */
export async function changeDevice(
  host: EmulatedHost,
  chardev: string,
  steps: () => Promise<void>,
): Promise<void> {
  try {
    await steps()
  } catch (error) {
    // What cannot be undone now is undone before the device's next change, or at the next start.
    await settle(host, chardev).catch(() => undefined)
    throw error
  }
  await settle(host, chardev)
}

/** True for the id 0 of a dynamic region, which the kernel never deletes. */
export function isPermanent(region: RegionNature, chardev: string): boolean {
  return region.kind === 'dynamic' && parseChardev(chardev)?.id === 0
}

/** True for an id 0 that is nobody's: without memory, and made by no plan. */
export function isIdle(region: RegionNature, device: DeviceOnDisk): boolean {
  return isPermanent(region, device.chardev) && device.uuid === null && device.extents.length === 0
}

/** The id 0 of a dynamic region without memory. */
export function emptyDevice(
  region: RegionNature,
  { minor, serial }: { readonly minor: number; readonly serial: number },
): DeviceOnDisk {
  return {
    chardev: `dax${region.id}.0`,
    region: region.id,
    name: null,
    uuid: null,
    align: region.align,
    memmap: region.memmap,
    mode: 'devdax',
    extents: [],
    ranges: [],
    enabled: false,
    fenced: false,
    minor,
    serial,
  }
}

/**
 * The lowest minor number that no device has.
 * @throws DaxError `no_space` when every one is taken.
 */
export function freeMinor(devices: readonly DeviceOnDisk[]): number {
  const taken = new Set(devices.map((device) => device.minor))
  let minor = 0
  while (taken.has(minor)) minor += 1
  if (minor >= MINORS_MAX) throw new DaxError('no_space', 'Every minor number is taken.')
  return minor
}

/** Minor numbers have 20 bits. Source: include/linux/kdev_t.h `MINORBITS`. */
const MINORS_MAX = 2 ** 20
