import { DaxError } from '../core/errors.ts'
import { checkMapping, checkOpen, type MapRequest } from '../core/mapping-rules.ts'
import type { DeviceRecord, HandleRecord, Labels, MappingRecord } from '../core/model.ts'
import type { Bytes } from '../core/units.ts'
import type { Access } from '../core/vocabulary.ts'
import { HOLDERS_MAX, mappingHolders } from './holders.ts'
import { deviceOf, need } from './lookup.ts'
import { withheld } from './ownership.ts'
import { mappingId } from './world/mapping-number.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

export interface OpenInput {
  readonly holder: string
  readonly access: Access
  readonly lease: string | null
  readonly claim: string | null
  readonly tenant: string | null
  readonly labels: Labels
}

/**
 * Opens a device inside a transaction.
 * @throws DaxError `device_disabled`, `system_ram` (ENXIO), `draining` (EBUSY), `no_such_lease`,
 *   `lease_mismatch` when the lease is another holder's.
 */
export function openDevice(tx: Transaction, device: DeviceRecord, input: OpenInput): HandleRecord {
  checkOpen(device)
  refuseInTransition(tx, device)
  if (input.lease !== null) {
    const lease = need(tx.view, 'lease', input.lease)
    if (lease.tenant !== input.tenant) throw withheld(tx.view, 'lease', input.lease, lease)
    if (lease.holder !== input.holder) {
      throw new DaxError('lease_mismatch', `Lease ${lease.id} is held by ${lease.holder}.`)
    }
  }
  return tx.create('handle', {
    id: tx.newId('h'),
    device: device.uid,
    chardev: device.chardev,
    generation: device.life.generation,
    ...input,
  })
}

/** Closes a handle; mappings made through it stay, as after close(2). */
export function closeHandle(tx: Transaction, handle: HandleRecord): void {
  tx.remove('handle', handle)
  forgetRemoved(tx, handle.device)
}

export type MapInput = MapRequest & { readonly labels: Labels }

/**
 * Makes a mapping inside a transaction, by the rules in `api.md`'s order.
 * @throws DaxError with the code of the first check that fails.
 */
export function mapDevice(tx: Transaction, handle: HandleRecord, input: MapInput): MappingRecord {
  const device = deviceOf(tx.view, handle)
  const space = tx.spaces.of(device)
  const straddles = (window: { offset: Bytes; length: Bytes }) => space.straddles(window)
  const checked = checkMapping(input, handle, { ...device, straddles })
  refuseInTransition(tx, device)
  const offset = checked.offset ?? space.find(checked)
  if (offset === null) {
    const largest = space.largest(checked.align)
    throw new DaxError(
      'no_hole',
      `${device.chardev} has no free ${checked.align}-aligned hole of ${checked.length} bytes; ` +
        `the largest is ${largest}.`,
      { available_size: space.freeBytes(), max_available_extent: largest },
    )
  }
  const window = { offset, length: checked.length, exclusive: checked.exclusive }
  const conflicts = space.conflicts(window, HOLDERS_MAX)
  if (conflicts.length > 0) {
    throw new DaxError(
      'overlap',
      `[${offset}, ${offset + checked.length}) of ${device.chardev} overlaps a live mapping.`,
      { holders: mappingHolders(tx.view, conflicts.map(mappingId)) },
    )
  }
  return tx.create('mapping', {
    id: tx.newId('m'),
    handle: handle.id,
    device: device.uid,
    chardev: device.chardev,
    generation: handle.generation,
    holder: handle.holder,
    lease: handle.lease,
    claim: handle.claim,
    tenant: handle.tenant,
    ...checked,
    offset,
    state: 'live',
    labels: input.labels,
  })
}

/**
 * Ends a mapping: munmap. Its place is free then, or, when its bytes are to be wiped, as soon as
 * they are; asked for one whose wiping was cancelled, that is tried again.
 */
export function endMapping(tx: Transaction, mapping: MappingRecord): void {
  if (mapping.state === 'wiping') return
  if (mapping.state === 'failed' || isWipedAtEnd(tx.view, mapping)) {
    tx.update('mapping', mapping, { state: 'wiping', lease: null })
  } else unmapDevice(tx, mapping)
}

/**
 * A revoked mapping's place may be another's already. What several share is nobody's own: it is
 * wiped with the device. Of a claim's bytes the claim takes care.
 */
function isWipedAtEnd(view: StateView, mapping: MappingRecord): boolean {
  if (mapping.state !== 'live' || !mapping.exclusive || mapping.claim !== null) return false
  const owner = view.get('device', mapping.device)?.namespace
  if (owner === undefined || owner === null) return false
  return view.get('namespace', owner)?.wipe === 'on_release'
}

/** Takes a mapping out of the books; its place is free at once. */
export function unmapDevice(tx: Transaction, mapping: MappingRecord): void {
  tx.remove('mapping', mapping)
  forgetRemoved(tx, mapping.device)
}

/** Lets go of the places that were still to be wiped in a device that is gone. */
export function dropEndedMappings(tx: Transaction, device: string): void {
  for (const id of [...tx.view.index.endedMappingsOf(device)]) {
    tx.remove('mapping', need(tx.view, 'mapping', id))
  }
}

/** Every live mapping of the device becomes revoked; says how many. */
export function revokeMappings(tx: Transaction, device: DeviceRecord): number {
  let count = 0
  for (const id of [...tx.view.index.mappingsOf(device.uid)]) {
    const mapping = need(tx.view, 'mapping', id)
    if (mapping.state !== 'live') continue
    tx.update('mapping', mapping, { state: 'revoked' })
    count += 1
  }
  return count
}

/** A removed device is kept for those that still refer to it, and forgotten after the last. */
function forgetRemoved(tx: Transaction, uid: string): void {
  const device = tx.view.get('device', uid)
  if (device === undefined || device.life.state !== 'removed') return
  const { handles, mappings } = tx.view.index.references(uid)
  if (handles + mappings === 0) tx.remove('device', device)
}

function refuseInTransition(tx: Transaction, device: DeviceRecord): void {
  if (!tx.inTransition.has(device.uid)) return
  throw new DaxError('in_transition', `${device.chardev} is being changed; try again.`)
}
