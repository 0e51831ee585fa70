/** How calls fail. An aborted `signal` is none of these: its own reason is thrown. */
import type { Errno, ErrorCode, HolderView, LeaseView, OperationView, ProblemView } from './wire.ts'

/**
 * daxd's refusal or failure, as its problem document tells it. The members of that have their own
 * names here, too; those that a problem does not have are undefined.
 */
export class DaxdError extends Error {
  override readonly name = 'DaxdError'
  readonly problem: ProblemView
  readonly status: number
  /** Stable, finer than `errno`. A newer daxd may know more of them. */
  readonly code: ErrorCode
  /** The kernel's name; absent for refusals that are HTTP's own. */
  readonly errno: Errno | undefined
  /** The operation that has failed, when it is not the call itself. */
  readonly operation: OperationView | undefined

  constructor(problem: ProblemView, operation?: OperationView) {
    super(problem.detail ?? problem.title)
    this.problem = problem
    this.status = problem.status
    this.code = problem.code
    this.errno = problem.errno
    this.operation = operation
  }

  /** What is malformed, and where. */
  get issues(): ProblemView['issues'] {
    return this.problem.issues
  }
  /** Who keeps the object busy. */
  get holders(): HolderView[] | undefined {
    return this.problem.holders
  }
  /** A size that would succeed, bytes. */
  get suggested_size(): number | undefined {
    return this.problem.suggested_size
  }
  get available_size(): number | undefined {
    return this.problem.available_size
  }
  /** The largest hole, bytes. */
  get max_available_extent(): number | undefined {
    return this.problem.max_available_extent
  }
  /** Which operation of a batch has failed. */
  get failed_index(): number | undefined {
    return this.problem.failed_index
  }
  get retry_after_s(): number | undefined {
    return this.problem.retry_after_s
  }
}

/** Why there is no answer of daxd's. */
export type ConnectionFailure = 'unreachable' | 'timeout' | 'not_daxd'

/**
 * There is no answer of daxd's, after all repeats: nothing answers (`unreachable`), not in time
 * (`timeout`), or something else does, a proxy say (`not_daxd`). Whether a change was made is
 * not known.
 */
export class DaxdConnectionError extends Error {
  override readonly name = 'DaxdConnectionError'
  readonly reason: ConnectionFailure
  /** HTTP's, of what is not daxd's answer. */
  readonly status: number | undefined

  constructor(
    reason: ConnectionFailure,
    message: string,
    told: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in told ? { cause: told.cause } : undefined)
    this.reason = reason
    this.status = told.status
  }
}

/** An operation was not over in the time that was given to it; it goes on. */
export class OperationTimeoutError extends Error {
  override readonly name = 'OperationTimeoutError'
  readonly operation: OperationView

  constructor(operation: OperationView, waitedMs: number) {
    const { id, verb, target, state, progress } = operation
    super(
      `Operation ${id} (${verb} ${target.id}) is ${state} after ${Math.round(waitedMs)} ms, ` +
        `${progress.done} of ${progress.total} bytes done; it goes on.`,
    )
    this.operation = operation
  }
}

/** A lease is over, or its time has passed without a renewal: what it held may be another's. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
  readonly lease: LeaseView

  constructor(lease: LeaseView, cause: unknown) {
    const { id, holder, ttl_ms } = lease
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`Lease ${id} of ${holder} (${ttl_ms} ms) is lost: ${why}`, { cause })
    this.lease = lease
  }
}
