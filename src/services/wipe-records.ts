import { DaxError } from '../core/errors.ts'
import type { OperationRecord, OperationTarget } from '../core/model.ts'
import { beginOperation, finishOperation, type OperationSpec } from './operation-records.ts'
import { asStoredProblem } from './problems.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** What is wiped: by its name, and by its number, for its name may become another's meanwhile. */
export interface WipeTarget extends OperationTarget {
  readonly seq: number
}

/** The operation of a wipe that has begun and not ended, maybe in an earlier life of daxd. */
function runningWipe(view: StateView, target: WipeTarget): OperationRecord | undefined {
  for (const operation of view.after('operation', -1)) {
    if (operation.verb !== 'wipe' || operation.finished_ms !== null) continue
    // One that is older than the object was about an earlier bearer of its name.
    if (operation.seq < target.seq) continue
    if (operation.target.kind === target.kind && operation.target.id === target.id) return operation
  }
  return undefined
}

/** The operation of a wipe: the one that a restart has cut short, or a new one. */
export function takeUpWipe(
  tx: Transaction,
  about: Pick<OperationSpec, 'tenant' | 'total'> & { readonly target: WipeTarget },
): OperationRecord {
  const { tenant, total } = about
  const { kind, id } = about.target
  const target = { kind, id }
  const earlier = runningWipe(tx.view, about.target)
  if (earlier === undefined) return beginOperation(tx, { verb: 'wipe', target, tenant, total })
  return earlier.problem === null ? earlier : tx.update('operation', earlier, { problem: null })
}

/** All of it is zero. */
export function succeedWipe(tx: Transaction, id: string): void {
  const operation = tx.view.get('operation', id)
  if (operation === undefined) return
  const { total } = operation.progress
  const progress = { done: total, total }
  finishOperation(tx, id, { state: 'succeeded', progress, problem: null })
}

/** It is not wiped, and nobody goes on with it by himself. */
export function failWipe(tx: Transaction, id: string, error: DaxError): void {
  const state = error.code === 'cancelled' ? 'cancelled' : 'failed'
  finishOperation(tx, id, { state, problem: asStoredProblem(error) })
}

/** How much of how much is zero. */
export function measureWipe(
  tx: Transaction,
  id: string,
  progress: OperationRecord['progress'],
): void {
  const operation = tx.view.get('operation', id)
  if (operation !== undefined) tx.update('operation', operation, { progress })
}

/** Says of a running wipe why it waits; null when it goes on. */
export function noteWaiting(tx: Transaction, id: string, error: DaxError | null): void {
  const operation = tx.view.get('operation', id)
  if (operation === undefined || operation.finished_ms !== null) return
  const problem = error === null ? null : asStoredProblem(error)
  if (operation.problem?.detail === problem?.detail) return
  tx.update('operation', operation, { problem })
}

/**
 * At a start: wipes are gone on with, but after a reboot from their beginning, for nothing is known
 * of what has become of the memory. What nobody is to wipe any more has ended.
 */
export function keepWipes(tx: Transaction, rebooted: boolean): void {
  for (const operation of [...tx.view.after('operation', -1)]) {
    if (operation.verb !== 'wipe' || operation.finished_ms !== null) continue
    const { id, progress, target } = operation
    if (!isDue(tx.view, operation)) {
      const gone = `The ${target.kind} ${target.id} is not to be wiped any more.`
      failWipe(tx, id, new DaxError('cancelled', gone))
    } else if (rebooted) {
      tx.update('operation', operation, { progress: { ...progress, done: 0 } })
    }
  }
}

function isDue(view: StateView, { seq, target: { kind, id } }: OperationRecord): boolean {
  const key = kind === 'device' ? (view.index.bearer(id) ?? '') : id
  const object = view.get(kind, key)
  // What is younger than the wipe only has the name of what was wiped.
  if (object === undefined || object.seq > seq) return false
  if (kind === 'device') return view.index.endedMappingsOf(key).size > 0
  return 'state' in object && isLeaving(object.state)
}

function isLeaving(state: string): boolean {
  return state === 'wiping' || state === 'deleting' || state === 'releasing'
}
