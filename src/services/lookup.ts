import { DaxError, type ErrorCode } from '../core/errors.ts'
import type { DeviceRecord, HandleRecord, MappingRecord, RecordOf } from '../core/model.ts'
import type { Kind } from '../core/vocabulary.ts'
import type { StateView } from './world/state.ts'

const MISSING: { readonly [K in Kind]: ErrorCode } = {
  region: 'no_such_region',
  namespace: 'no_such_namespace',
  device: 'no_such_device',
  handle: 'no_such_handle',
  mapping: 'no_such_mapping',
  lease: 'no_such_lease',
  claim: 'no_such_claim',
  operation: 'no_such_operation',
  tenant: 'no_such_tenant',
}

/**
 * The record with this key (a device's uid, everything else's public id).
 * @throws DaxError ENOENT, with the code of its kind.
 */
export function need<K extends Kind>(view: StateView, kind: K, key: string): RecordOf[K] {
  const record = view.get(kind, key)
  if (record !== undefined) return record
  throw missing(kind, key)
}

/**
 * The record as it is now. Whoever has waited since it looked asks again by this: its name may be
 * another's by now, in another region even, whose turn is another queue's.
 * @throws DaxError ENOENT, with the code of its kind, when it is gone.
 */
export function needStill<K extends Kind>(
  view: StateView,
  kind: K,
  key: string,
  before: RecordOf[K],
): RecordOf[K] {
  const record = need(view, kind, key)
  if (record.seq === before.seq) return record
  const detail = `That ${kind} ${JSON.stringify(key)} is gone; the name is another's.`
  throw new DaxError(MISSING[kind], detail)
}

/** The device, unless it is gone from the host and only references keep it in the books, if any. */
export function presentDevice(view: StateView, uid: string): DeviceRecord | undefined {
  const device = view.get('device', uid)
  return device?.life.state === 'removed' ? undefined : device
}

/** The refusal of a key that nothing has. */
export function missing(kind: Kind, key: string): DaxError {
  return new DaxError(MISSING[kind], `There is no ${kind} ${JSON.stringify(key)}.`)
}

/**
 * The device that bears the name, or the removed one that bore it in `generation`.
 * @throws DaxError `no_such_device` (ENOENT).
 */
export function needDevice(view: StateView, chardev: string, generation?: number): DeviceRecord {
  if (generation === undefined) {
    const uid = view.index.bearer(chardev)
    if (uid !== undefined) return need(view, 'device', uid)
    throw new DaxError('no_such_device', `There is no device ${chardev}.`)
  }
  const bearers = view.index.bearers(chardev).map((uid) => need(view, 'device', uid))
  const had = bearers.find(
    ({ first_generation: first, life }) =>
      first > 0 && generation >= first && generation <= life.generation,
  )
  if (had !== undefined) return had
  // A bearer that was never enabled shows the name's last generation, though it began none.
  const fresh = bearers.find(
    ({ first_generation: first, life, size }) =>
      first === 0 && life.generation === generation && size > 0,
  )
  if (fresh !== undefined) return fresh
  throw new DaxError('no_such_device', `No known ${chardev} had generation ${generation}.`)
}

/** The device of a handle or mapping; references keep its record, so it is always there. */
export function deviceOf(view: StateView, item: HandleRecord | MappingRecord): DeviceRecord {
  return need(view, 'device', item.device)
}
