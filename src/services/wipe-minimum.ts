import { effectiveWipe } from '../core/effective-wipe.ts'
import type { Wipe } from '../core/vocabulary.ts'
import type { Transaction } from './world/transaction.ts'

/**
 * What was made while less was wanted is wiped as all memory is now. A minimum that was lowered
 * takes nothing back: what was promised is kept.
 */
export function raiseWipes(tx: Transaction, serviceMinimum: Wipe): void {
  for (const namespace of [...tx.view.after('namespace', -1)]) {
    const wipe = effectiveWipe({ requested: namespace.wipe, serviceMinimum })
    if (wipe !== namespace.wipe) tx.update('namespace', namespace, { wipe })
  }
  for (const claim of [...tx.view.after('claim', -1)]) {
    const before = claim.wipe ?? claim.request.wipe
    const wipe = effectiveWipe({ requested: before, serviceMinimum })
    if (wipe !== before) tx.update('claim', claim, { wipe })
  }
}
