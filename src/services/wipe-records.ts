import { DaxError } from '../core/errors.ts'
import type { OperationRecord, OperationTarget } from '../core/model.ts'
import { beginOperation, finishOperation, type OperationSpec } from './operation-records.ts'
import { asStoredProblem } from './problems.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** The operation of a wipe that has begun and not ended, maybe in an earlier life of daxd. */
function runningWipe(view: StateView, target: OperationTarget): OperationRecord | undefined {
  for (const operation of view.after('operation', -1)) {
    if (operation.verb !== 'wipe' || operation.finished_ms !== null) continue
    if (operation.target.kind === target.kind && operation.target.id === target.id) return operation
  }
  return undefined
}

/** The operation of a wipe: the one that a restart has cut short, or a new one. */
export function takeUpWipe(
  tx: Transaction,
  about: Pick<OperationSpec, 'target' | 'tenant' | 'total'>,
): OperationRecord {
  const { target, tenant, total } = about
  const earlier = runningWipe(tx.view, target)
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
    if (!isDue(tx.view, target)) {
      const gone = `The ${target.kind} ${target.id} is not to be wiped any more.`
      failWipe(tx, id, new DaxError('cancelled', gone))
    } else if (rebooted) {
      tx.update('operation', operation, { progress: { ...progress, done: 0 } })
    }
  }
}

function isDue(view: StateView, { kind, id }: OperationTarget): boolean {
  if (kind === 'namespace') return isLeaving(view.get('namespace', id)?.state)
  if (kind === 'claim') return isLeaving(view.get('claim', id)?.state)
  const uid = view.index.bearer(id)
  return uid !== undefined && view.index.endedMappingsOf(uid).size > 0
}

function isLeaving(state: string | undefined): boolean {
  return state === 'wiping' || state === 'deleting' || state === 'releasing'
}
