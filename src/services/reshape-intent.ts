import type { NamespaceRecord } from '../core/model.ts'
import type { DeviceShape } from '../ports/backend.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** A change of a namespace's shape that the host is about to be asked for, and all it goes with. */
export interface ReshapeIntent {
  readonly shape: DeviceShape
  readonly fields: Pick<NamespaceRecord, 'size' | 'align' | 'mode' | 'labels' | 'wipe'>
}

/** Intents stand among the ledger's meta rows, each under its device's uid. */
const PREFIX = 'reshape '

/** Writes the intent down, before the host is touched; null when the change has ended. */
export function setReshapeIntent(tx: Transaction, uid: string, intent: ReshapeIntent | null): void {
  tx.setAux('meta', `${PREFIX}${uid}`, intent === null ? null : JSON.stringify(intent))
}

/** The change of a device that is under way, or that a crash has cut short; null for none. */
export function reshapeIntent(view: Pick<StateView, 'aux'>, uid: string): ReshapeIntent | null {
  const text = view.aux('meta', `${PREFIX}${uid}`)
  return text === undefined ? null : (JSON.parse(text) as ReshapeIntent)
}
