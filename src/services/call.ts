import type { OperationRecord } from '../core/model.ts'
import { DAXD, type Principal } from '../core/principal.ts'
import type { AuditOutcome } from '../ports/audit.ts'
import type { StateView } from './world/state.ts'
import type { IfMatch, Transaction } from './world/transaction.ts'

/** What a service needs to know of the call it serves, beyond its input. */
export interface Call<T> {
  readonly caller: Principal
  /** The states that the caller will have changed. */
  readonly ifMatch?: IfMatch
  /** The fencing token of the lease under which the caller believes to act. */
  readonly fence?: number
  /**
   * Tells the audit who asked for what the transaction does, when that is not its last step, which
   * {@link Call.remember} is told of; `done` unless it is said otherwise.
   */
  readonly note?: (tx: Transaction, outcome?: AuditOutcome) => void
  /**
   * In the durable step that ends the call: tells the audit who asked for it, and stores the answer
   * for a repeated Idempotency-Key.
   */
  readonly remember?: (tx: Transaction, result: T) => void
}

/** How a long call is answered: within the window, or by an operation. */
export interface LongCall<T> extends Call<T> {
  readonly windowMs: number | null
  readonly view: (result: T) => unknown
  readonly rememberOperation?: (tx: Transaction, operation: OperationRecord) => void
}

/** Draws a record while a rehearsal still stands, before it is undone. */
export type Draw<R, V> = (record: R, state: StateView) => V

/** A call on behalf of the service itself: recovery, expiry. */
export const INTERNAL_CALL: Call<unknown> = { caller: DAXD }
