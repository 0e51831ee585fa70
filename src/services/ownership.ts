import type { DeviceRecord, RecordOf } from '../core/model.ts'
import type { Principal } from '../core/principal.ts'
import type { Kind } from '../core/vocabulary.ts'
import { Withheld } from '../core/withheld.ts'
import { missing, need, needDevice } from './lookup.ts'
import type { StateView } from './world/state.ts'

/** Whose an object is: a tenant's, or the host's own (null). Regions are always the host's. */
export function tenantOf<K extends Kind>(
  view: StateView,
  kind: K,
  record: RecordOf[K],
): string | null {
  if (kind === 'region') return null
  if (kind === 'tenant') return (record as RecordOf['tenant']).name
  if (kind !== 'device') return (record as RecordOf['claim']).tenant
  const { namespace } = record as DeviceRecord
  return namespace === null ? null : (view.get('namespace', namespace)?.tenant ?? null)
}

/** Who belongs to a tenant sees what is its tenant's; all others see everything. */
export function sees({ tenant }: Principal, owner: string | null): boolean {
  return tenant === null || tenant === owner
}

/** Whether a caller is told of a change; what a region has room for, everybody may look up. */
export function hears(caller: Principal, kind: Kind, owner: string | null): boolean {
  return kind === 'region' || sees(caller, owner)
}

/** Whether a caller sees an object; regions, where there is room, are everybody's to see. */
export function canSee<K extends Kind>(
  view: StateView,
  caller: Principal,
  kind: K,
  record: RecordOf[K],
): boolean {
  if (caller.tenant === null || kind === 'region') return true
  return sees(caller, tenantOf(view, kind, record))
}

/**
 * The record with this key, if the caller may know of it: what is another tenant's is answered as
 * what is not there.
 * @throws DaxError ENOENT, with the code of its kind.
 */
export function needOwn<K extends Kind>(
  view: StateView,
  kind: K,
  key: string,
  caller: Principal,
): RecordOf[K] {
  const record = need(view, kind, key)
  if (canSee(view, caller, kind, record)) return record
  throw withheld(view, kind, key, record)
}

/** The refusal of another tenant's object: the caller is told what {@link missing} tells. */
export function withheld<K extends Kind>(
  view: StateView,
  kind: K,
  key: string,
  record: RecordOf[K],
): Withheld {
  const { code, message } = missing(kind, key)
  return new Withheld(code, message, { kind, id: key, tenant: tenantOf(view, kind, record) })
}

/** {@link needDevice}, for a caller. @throws DaxError `no_such_device` (ENOENT). */
export function needOwnDevice(
  view: StateView,
  chardev: string,
  caller: Principal,
  generation?: number,
): DeviceRecord {
  const device = needDevice(view, chardev, generation)
  if (canSee(view, caller, 'device', device)) return device
  const asked = { kind: 'device', id: chardev, tenant: tenantOf(view, 'device', device) } as const
  throw new Withheld('no_such_device', `There is no device ${chardev}.`, asked)
}
