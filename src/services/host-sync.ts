import { isSamePlaces, totalSize } from '../core/extent.ts'
import type { DeviceRecord, RegionNature, RegionRecord } from '../core/model.ts'
import type { HostDevice, HostView } from '../ports/backend.ts'
import { claimsOn } from './claim-renewal.ts'
import { addDevice, hostFields, keepIdle, shapeFields } from './device-records.ts'
import { need } from './lookup.ts'
import { REGION_SET } from './region-queues.ts'
import type { Transaction } from './world/transaction.ts'

/** The drift of a device that the host has not. */
export const NOT_SHOWN = 'the host does not show the device'

/** The drift of a region that the host has not. */
export const REGION_NOT_SHOWN = 'the host does not show the region'

/**
 * Takes over what the host shows and the books do not have: new regions, and devices that
 * somebody else made, whose memory is then never given out. Says how the others differ (drift).
 * What the books have and the host has not is left to the reconciliation.
 *
 * Only regions that were still while the host was read are told: of others the view may be older
 * than the books, and a device that has just gone would be taken for a stranger's.
 */
export function syncHost(
  tx: Transaction,
  host: HostView,
  isStill: (region: number) => boolean,
): void {
  const sameRegions = isStill(REGION_SET)
  for (const nature of host.regions) {
    const isNew = tx.view.get('region', String(nature.id)) === undefined
    if (!isStill(nature.id) || (isNew && !sameRegions)) continue
    syncNature(tx, nature)
    syncRegion(tx, host, nature.id)
  }
  if (!sameRegions) return
  const shown = new Set(host.regions.map(({ id }) => id))
  for (const region of [...tx.view.after('region', -1)]) {
    if (!shown.has(region.id)) setRegionDrift(tx, region, REGION_NOT_SHOWN)
  }
}

/** The same for the devices of one region, before something is changed in it. */
export function syncRegion(tx: Transaction, host: HostView, id: number): void {
  const region = need(tx.view, 'region', String(id))
  const devices = host.devices.filter((device) => device.region === id)
  const records = [...tx.view.index.devicesOf(id)].map((uid) => need(tx.view, 'device', uid))
  const known = new Map(records.map((device) => [device.chardev, device]))
  const planned = records.filter(isPlanned)
  for (const device of devices) {
    const record = known.get(device.chardev)
    if (record !== undefined && !isPlanned(record)) syncDevice(tx, record, device)
    else if (device.extents.length > 0 && !planned.some((plan) => isSamePlace(plan, device))) {
      addDevice(tx, region, {
        chardev: device.chardev,
        namespace: null,
        shape: device,
        host: device,
      })
    }
  }
  const idle = devices.find(({ chardev }) => chardev === `dax${id}.0`)
  keepIdle(tx, region, idle?.extents.length === 0 ? idle : undefined)
  const shown = new Set(devices.map(({ chardev }) => chardev))
  for (const record of known.values()) {
    if (shown.has(record.chardev) || isPlanned(record) || record.size === 0) continue
    setDrift(tx, record, NOT_SHOWN)
  }
}

/** True while the device is only an intent: its creation is under way. */
export function isPlanned(device: DeviceRecord): boolean {
  return device.path === ''
}

function isSamePlace(device: DeviceRecord, host: HostDevice): boolean {
  return device.extents[0]?.start === host.extents[0]?.start
}

function syncNature(tx: Transaction, nature: RegionNature): void {
  const known = tx.view.get('region', String(nature.id))
  if (known === undefined) {
    tx.create('region', {
      ...nature,
      state: 'enabled',
      placement: 'first-fit',
      schedulable: true,
      drift: null,
      labels: {},
    })
    return
  }
  const moved = known.start !== nature.start || known.size !== nature.size
  const text = `the host shows it at 0x${nature.start.toString(16)} with ${nature.size} bytes`
  setRegionDrift(tx, known, moved ? text : null)
  // What is no dax device's (an fsdax namespace) comes and goes by other hands than ours.
  if (JSON.stringify(known.reserved) !== JSON.stringify(nature.reserved)) {
    const current = need(tx.view, 'region', String(nature.id))
    tx.update('region', current, { reserved: nature.reserved })
  }
}

/** How the host's device differs from the record, null when it does not. */
export function driftOf(record: DeviceRecord, host: HostDevice): string | null {
  const size = totalSize(host.ranges)
  if (size !== record.size) return `the host shows ${size} bytes, not ${record.size}`
  if (!isSamePlaces(host.ranges, record.ranges)) return 'the host shows it in other places'
  if (host.align !== record.align) return `the host shows align ${host.align}, not ${record.align}`
  if (host.mode !== record.mode) return `the host shows mode ${host.mode}, not ${record.mode}`
  const wanted = record.life.state !== 'disabled'
  if (host.enabled !== wanted && record.size > 0) {
    return `the host shows it ${host.enabled ? 'enabled' : 'disabled'}`
  }
  return null
}

function syncDevice(tx: Transaction, before: DeviceRecord, host: HostDevice): void {
  // The state of a device that is being changed is nobody's drift.
  if (tx.inTransition.has(before.uid)) return
  const record = followNode(tx, before, host)
  const drift = driftOf(record, host)
  const { handles, mappings } = tx.view.index.references(record.uid)
  // Nobody wants an ownerless device to be anything: while unused, it is what the host shows.
  if (drift === null || record.namespace !== null || handles + mappings > 0) {
    setDrift(tx, record, drift)
  } else takeOver(tx, record, host)
}

/**
 * Where a device is opened is the host's to say, and may change between two starts: the emulated
 * host's files move with the state directory. A grant must never name the old place.
 */
function followNode(tx: Transaction, record: DeviceRecord, host: HostDevice): DeviceRecord {
  const { path, major, minor } = host
  if (path === record.path && major === record.major && minor === record.minor) return record
  for (const claim of claimsOn(tx.view, record)) {
    if (claim.path !== null && claim.path !== path) tx.update('claim', claim, { path })
  }
  return tx.update('device', record, { path, major, minor })
}

/** Writes down what the host shows of a device; when it came up meanwhile, a generation began. */
export function takeOver(tx: Transaction, record: DeviceRecord, host: HostDevice): DeviceRecord {
  const cameUp = host.enabled && record.life.state !== 'enabled'
  const generation = cameUp ? tx.nextGeneration(record.chardev) : record.life.generation
  const isFirst = cameUp && record.first_generation === 0
  return tx.update('device', record, {
    ...hostFields(host),
    ...shapeFields(host),
    life: { state: host.enabled ? 'enabled' : 'disabled', generation },
    first_generation: isFirst ? generation : record.first_generation,
    drift: null,
  })
}

function setDrift(tx: Transaction, record: DeviceRecord, drift: string | null): void {
  if (record.drift !== drift) tx.update('device', record, { drift })
}

function setRegionDrift(tx: Transaction, region: RegionRecord, drift: string | null): void {
  if (region.drift !== drift) tx.update('region', region, { drift })
}
