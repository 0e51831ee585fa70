import type { Holder } from '../core/errors.ts'
import type { MappingRecord } from '../core/model.ts'
import type { ObservedUser } from '../ports/backend.ts'
import { need } from './lookup.ts'
import { isOver } from './world/mapping-state.ts'
import type { StateView } from './world/state.ts'

/** Holders named in one refusal at most; more would only hide the point. */
export const HOLDERS_MAX = 100

function holderOfMapping(mapping: MappingRecord): Holder {
  const { id, holder, tenant, chardev, generation, offset, length } = mapping
  return { kind: 'mapping', id, holder, tenant, chardev, generation, offset, length }
}

/** The ledger's handles and mappings that hold a device, whatever their generation. */
export function ledgerHolders(view: StateView, device: string, limit = HOLDERS_MAX): Holder[] {
  const holders: Holder[] = []
  for (const id of view.index.handlesOf(device)) {
    if (holders.length >= limit) return holders
    const { holder, tenant, chardev, generation } = need(view, 'handle', id)
    holders.push({ kind: 'handle', id, holder, tenant, chardev, generation })
  }
  for (const id of view.index.mappingsOf(device)) {
    if (holders.length >= limit) return holders
    const mapping = need(view, 'mapping', id)
    if (!isOver(mapping)) holders.push(holderOfMapping(mapping))
  }
  return holders
}

/** The mappings of these ids, as holders. */
export function mappingHolders(view: StateView, ids: readonly string[]): Holder[] {
  return ids.map((id) => holderOfMapping(need(view, 'mapping', id)))
}

/** Observed processes, as holders. */
export function processHolders(users: readonly ObservedUser[]): Holder[] {
  return users.slice(0, HOLDERS_MAX).map(({ pid, comm }) => ({ kind: 'process', pid, comm }))
}
