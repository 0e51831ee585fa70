/** Keeps a lease alive in the background, and says when it could not. */
import type { Caller } from './caller.ts'
import { leases } from './endpoints/leases.ts'
import { DaxdError, LeaseLostError } from './errors.ts'
import { pause } from './pause.ts'
import type { LeaseView } from './wire.ts'

/** A lease is renewed when this part of its life is over: two more tries fit into it. */
const RENEW_AFTER = 1 / 3
/** Between failed tries, this part of its life, and never more than a second. */
const RETRY_AFTER = 1 / 20
const RETRY_MAX_MS = 1_000
/** How often the wall clock is looked at while nothing is to be done. */
const LOOK_MS = 1_000
/** So much more wall time than monotonic time is a host that slept, or a clock that was set. */
const JUMP_MS = 500
/** A timer that comes so much later than asked for was held up by more than load. */
const OVERSLEPT_MS = 500
/** What a try gets that is made after the lease's time, because nobody could try within it. */
const LAST_TRY_MS = 1_000

/** A try to renew that has failed; others follow until the lease's time is over. */
export interface RenewFailure {
  readonly error: unknown
  /** What is left of the lease by the monotonic clock. */
  readonly leftMs: number
}

export interface KeepOptions {
  readonly onRenew?: ((lease: LeaseView) => void) | undefined
  readonly onRenewFailure?: ((failure: RenewFailure) => void) | undefined
}

export interface LeaseKeeper {
  /** Aborts, with a LeaseLostError, when the lease is over or its time has passed unrenewed. */
  readonly lost: AbortSignal
  /** As it was last seen. */
  lease(): LeaseView
  /** Ends renewing, a try under way included. The lease lives on for what is left of it. */
  stop(): Promise<void>
  /** Renews again, from now on. */
  start(): void
}

/**
 * Keeps a lease that was made or renewed by a request that went out at `sentAt`, by the monotonic
 * clock: daxd counts from later, so what is safe by this count is safe by daxd's. It does not run
 * yet.
 */
export function createLeaseKeeper(
  caller: Caller,
  granted: { readonly lease: LeaseView; readonly sentAt: number },
  options: KeepOptions = {},
): LeaseKeeper {
  const loss = new AbortController()
  let { lease, sentAt: aliveAt } = granted
  let stopper = new AbortController()
  let running: Promise<void> = Promise.resolve()

  const leftMs = (): number => aliveAt + lease.ttl_ms - performance.now()

  async function renew(timeoutMs: number): Promise<void> {
    const { signal } = stopper
    const sentAt = performance.now()
    lease = await leases(caller).renew(lease.id, {}, { signal, timeoutMs })
    aliveAt = sentAt
  }

  /** Tries until it is renewed; false when it is lost. */
  async function renewInTime(wasHeldUp: boolean): Promise<boolean> {
    let mayBeLate = wasHeldUp
    for (;;) {
      const third = lease.ttl_ms * RENEW_AFTER
      const timeoutMs = leftMs() > 0 ? Math.min(third, leftMs()) : LAST_TRY_MS
      try {
        if (leftMs() <= 0 && !mayBeLate) throw new Error('its time has passed')
        await renew(timeoutMs)
        return true
      } catch (error) {
        if (stopper.signal.aborted) return false
        if (isOver(error) || leftMs() <= 0) {
          loss.abort(new LeaseLostError(lease, error))
          return false
        }
        options.onRenewFailure?.({ error, leftMs: leftMs() })
      }
      const pauseMs = Math.min(lease.ttl_ms * RETRY_AFTER, RETRY_MAX_MS)
      mayBeLate = await rest(Math.min(pauseMs / 2 + (Math.random() * pauseMs) / 2, leftMs()))
    }
  }

  /** Rests, less when the host has slept meanwhile; true when nothing could run for a while. */
  async function rest(forMs: number): Promise<boolean> {
    const until = performance.now() + forMs
    for (let left = forMs; left > 0; left = until - performance.now()) {
      const wall = Date.now() - performance.now()
      await pause(Math.min(left, LOOK_MS), stopper.signal)
      if (Date.now() - performance.now() - wall > JUMP_MS) return true
    }
    return performance.now() - until > OVERSLEPT_MS
  }

  async function keep(): Promise<void> {
    for (let isKept = true; isKept; ) {
      const dueMs = aliveAt + lease.ttl_ms * RENEW_AFTER - performance.now()
      isKept = await renewInTime(await rest(dueMs))
      if (isKept) options.onRenew?.(lease)
    }
  }

  return {
    lost: loss.signal,
    lease: () => lease,
    start() {
      if (loss.signal.aborted) return
      stopper = new AbortController()
      const { signal } = stopper
      running = keep().catch((error) => {
        // A callback that throws ends renewing, too, and so the lease.
        if (!signal.aborted) loss.abort(new LeaseLostError(lease, error))
      })
    },
    async stop() {
      stopper.abort()
      await running
    },
  }
}

/** daxd itself says that the lease is no more: trying again cannot help. */
function isOver(error: unknown): boolean {
  return error instanceof DaxdError && (error.status === 410 || error.status === 404)
}
