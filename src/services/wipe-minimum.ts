import { effectiveWipe, type WipeWishes } from '../core/effective-wipe.ts'
import type { NamespaceRecord } from '../core/model.ts'
import type { Wipe } from '../core/vocabulary.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** What is wanted at least of memory that is a tenant's, or (null) the host's own. */
export function wipeMinimumOf(
  view: StateView,
  tenant: string | null,
  serviceMinimum: Wipe,
): Omit<WipeWishes, 'requested'> {
  const tenantMinimum = tenant === null ? undefined : view.get('tenant', tenant)?.wipe
  return { serviceMinimum, ...(tenantMinimum === undefined ? {} : { tenantMinimum }) }
}

/** How a namespace's memory is to be wiped when `requested` is asked for it, as things are now. */
export function namespaceWipe(
  view: StateView,
  { tenant }: Pick<NamespaceRecord, 'tenant'>,
  requested: Wipe,
  serviceMinimum: Wipe,
): Wipe {
  return effectiveWipe({ requested, ...wipeMinimumOf(view, tenant, serviceMinimum) })
}

/**
 * What was made while less was wanted is wiped as all memory is now. A minimum that was lowered
 * takes nothing back: what was promised is kept.
 */
export function raiseWipes(tx: Transaction, serviceMinimum: Wipe): void {
  for (const namespace of [...tx.view.after('namespace', -1)]) {
    const wipe = namespaceWipe(tx.view, namespace, namespace.wipe, serviceMinimum)
    if (wipe !== namespace.wipe) tx.update('namespace', namespace, { wipe })
  }
  for (const claim of [...tx.view.after('claim', -1)]) {
    const before = claim.wipe ?? claim.request.wipe
    const minimum = wipeMinimumOf(tx.view, claim.tenant, serviceMinimum)
    const wipe = effectiveWipe({ requested: before, ...minimum })
    if (wipe !== before) tx.update('claim', claim, { wipe })
  }
}
