import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import type { OperationRecord, OperationTarget, OperationVerb } from '../core/model.ts'
import { asStoredProblem } from './problems.ts'
import type { Transaction } from './world/transaction.ts'

/** Finished operations that are kept; the oldest go first. */
const FINISHED_OPERATIONS_MAX = 1000

/** Operations that wait for others, as drains do; each looks again and again. */
const WAITING_OPERATIONS_MAX = 256

/** What an operation is about, as it is recorded. */
export interface OperationSpec {
  readonly verb: OperationVerb
  readonly target: OperationTarget
  /** Whose it is: that of who asked for it. */
  readonly tenant: string | null
  /** Bytes the work is about. */
  readonly total: number
  readonly deadlineMs?: number
  /** Stores the operation as the answer of an idempotent call, with the operation itself. */
  readonly remember?: ((tx: Transaction, operation: OperationRecord) => void) | undefined
}

/** Records an operation as running, and makes room for it among the finished ones. */
export function beginOperation(tx: Transaction, spec: OperationSpec): OperationRecord {
  const { verb, target, tenant, total, deadlineMs } = spec
  trimFinished(tx)
  const operation = tx.create('operation', {
    id: tx.newId('o'),
    verb,
    target,
    state: 'running',
    progress: { done: 0, total },
    started_ms: tx.now,
    finished_ms: null,
    deadline_ms: deadlineMs === undefined ? null : tx.now + deadlineMs,
    result: null,
    problem: null,
    tenant,
    labels: {},
  })
  spec.remember?.(tx, operation)
  return operation
}

/**
 * The same for an operation that waits for others to go, unless too many do so already. Work that
 * has begun before its operation is not counted out: the queues of the regions bound it. Nor are
 * wipes: what is to be wiped bounds them.
 * @throws DaxError `overloaded` (503).
 */
export function beginBounded(tx: Transaction, spec: OperationSpec): OperationRecord {
  let unfinished = 0
  for (const { finished_ms, verb } of tx.view.after('operation', -1)) {
    if (finished_ms === null && verb !== 'wipe') unfinished += 1
  }
  if (unfinished < WAITING_OPERATIONS_MAX) return beginOperation(tx, spec)
  const detail = `${unfinished} operations are under way already.`
  throw new DaxError('overloaded', detail, { retry_after_s: 1 })
}

/** Records how an operation ended; one that is gone by now is left alone. */
export function finishOperation(
  tx: Transaction,
  id: string,
  outcome: Partial<OperationRecord>,
): void {
  const operation = tx.view.get('operation', id)
  if (operation === undefined) return
  tx.update('operation', operation, { ...outcome, finished_ms: tx.now })
}

/**
 * Operations that a crash has cut short are failed, so that nobody waits for them; but wipes are
 * gone on with.
 */
export function failInterrupted(tx: Transaction): void {
  for (const operation of [...tx.view.after('operation', -1)]) {
    if (operation.finished_ms !== null || operation.verb === 'wipe') continue
    const error = new DaxError('cancelled', 'daxd stopped while the operation was running.')
    const problem = asStoredProblem(error)
    tx.update('operation', operation, { state: 'failed', problem, finished_ms: tx.now })
  }
}

function trimFinished(tx: Transaction): void {
  let surplus = tx.view.count('operation') - FINISHED_OPERATIONS_MAX
  if (surplus <= 0) return
  const finished: OperationRecord[] = []
  for (const operation of tx.view.after('operation', -1)) {
    if (surplus <= 0) break
    if (operation.finished_ms === null) continue
    finished.push(operation)
    surplus -= 1
  }
  for (const operation of finished) tx.remove('operation', operation)
  invariant(surplus <= FINISHED_OPERATIONS_MAX, 'only finished operations are trimmed')
}
