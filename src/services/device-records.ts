import { bornDisabled, type DeviceLife } from '../core/device.ts'
import { totalSize } from '../core/extent.ts'
import type { DeviceRecord, RegionRecord } from '../core/model.ts'
import type { DeviceShape, HostDevice } from '../ports/backend.ts'
import { dropEndedMappings, revokeMappings } from './references.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** The instance number N of `daxR.N`. */
export function instanceOf(chardev: string): number {
  return Number(chardev.slice(chardev.indexOf('.') + 1))
}

/** True for a device that is only a name: id 0 of a dynamic region while nothing is in it. */
export function isIdle(device: DeviceRecord): boolean {
  return device.size === 0 && device.namespace === null
}

/** The names in use in a region, idle slots aside. */
export function usedInstances(view: StateView, region: number): number[] {
  const used: number[] = []
  for (const uid of view.index.devicesOf(region)) {
    const device = view.get('device', uid)
    if (device !== undefined && !isIdle(device)) used.push(instanceOf(device.chardev))
  }
  return used
}

/** The fields of a device record that its shape decides. */
export function shapeFields(
  shape: DeviceShape,
): Pick<DeviceRecord, 'align' | 'memmap' | 'mode' | 'extents' | 'ranges' | 'size'> {
  const { align, memmap, mode, extents, ranges } = shape
  return { align, memmap, mode, extents, ranges, size: totalSize(ranges) }
}

/** The fields of a device record that only the host knows. */
export function hostFields(
  host: HostDevice,
): Pick<DeviceRecord, 'chardev' | 'path' | 'major' | 'minor' | 'target_node'> {
  const { chardev, path, major, minor, target_node } = host
  return { chardev, path, major, minor, target_node }
}

/** Adds a device that the host has, or is about to have. */
export function addDevice(
  tx: Transaction,
  region: RegionRecord,
  wanted: {
    readonly chardev: string
    readonly namespace: string | null
    readonly shape: DeviceShape
    readonly host?: HostDevice
  },
): DeviceRecord {
  const { chardev, namespace, shape, host } = wanted
  dropIdle(tx, chardev)
  const enabled = host?.enabled === true && host.extents.length > 0
  const life: DeviceLife = enabled
    ? { state: 'enabled', generation: tx.nextGeneration(chardev) }
    : bornDisabled(tx.view.generation(chardev))
  return tx.create('device', {
    uid: tx.newId('d'),
    region: region.id,
    namespace,
    path: '',
    major: 0,
    minor: 0,
    target_node: region.target_node,
    ...shapeFields(shape),
    chardev,
    ...(host === undefined ? {} : hostFields(host)),
    life,
    first_generation: enabled ? life.generation : 0,
    drift: null,
    labels: {},
  })
}

/** A dynamic region always keeps `daxR.0`; puts the empty one there when nobody bears the name. */
export function keepIdle(tx: Transaction, region: RegionRecord, host?: HostDevice): void {
  const chardev = `dax${region.id}.0`
  if (region.kind !== 'dynamic' || tx.view.index.bearer(chardev) !== undefined) return
  const { align, memmap } = region
  const shape: DeviceShape = { align, memmap, mode: 'devdax', extents: [], ranges: [] }
  addDevice(tx, region, { chardev, namespace: null, shape, ...(host ? { host } : {}) })
}

/** The empty slot under this name makes room for a device. */
function dropIdle(tx: Transaction, chardev: string): void {
  const uid = tx.view.index.bearer(chardev)
  const device = uid === undefined ? undefined : tx.view.get('device', uid)
  if (device !== undefined && isIdle(device)) tx.remove('device', device)
}

/**
 * Takes a device out of the books: forgotten at once, or kept as `removed`, without memory, while
 * handles or mappings still refer to it.
 */
export function removeDevice(tx: Transaction, device: DeviceRecord): void {
  dropEndedMappings(tx, device.uid)
  const { handles, mappings } = tx.view.index.references(device.uid)
  if (handles + mappings === 0) tx.remove('device', device)
  else {
    revokeMappings(tx, device)
    const life: DeviceLife = { state: 'removed', generation: device.life.generation }
    tx.update('device', device, { life, namespace: null, drift: null })
  }
  const region = tx.view.get('region', String(device.region))
  if (region !== undefined) keepIdle(tx, region)
}
