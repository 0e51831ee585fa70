/// <reference lib="esnext.disposable" preserve="true" />
/** A lease that lives as long as a block of code. */
import type { Caller } from './caller.ts'
import { leases } from './endpoints/leases.ts'
import { DaxdError } from './errors.ts'
import { createLeaseKeeper, type KeepOptions } from './lease-keeper.ts'
import type { CallOptions } from './options.ts'
import type { LeaseCreate, LeaseView } from './wire.ts'

const TTL_DEFAULT_MS = 30_000

/** What is wanted; without a `ttl_ms` it is half a minute. */
export type LeaseWish = Omit<LeaseCreate, 'ttl_ms'> & { ttl_ms?: number }

/** A lease that is renewed in the background until it is released. */
export interface HeldLease extends AsyncDisposable {
  readonly id: string
  /** Higher than that of any earlier lease of the holder. */
  readonly token: number
  /** Aborts, with a LeaseLostError, when it could not be kept: stop using what it holds. */
  readonly lost: AbortSignal
  /** As it was last renewed. */
  current(): LeaseView
  /** Ends it. One that is over already is as good. */
  release(options?: CallOptions): Promise<void>
}

/** Begins a lease and keeps it; the signal of the options ends only the beginning. */
export async function holdLease(
  caller: Caller,
  { ttl_ms = TTL_DEFAULT_MS, ...wish }: LeaseWish,
  options: CallOptions & KeepOptions = {},
): Promise<HeldLease> {
  const { onRenew, onRenewFailure, ...call } = options
  const sentAt = performance.now()
  const lease = await leases(caller).create({ ...wish, ttl_ms }, call)
  const keeper = createLeaseKeeper(caller, { lease, sentAt }, { onRenew, onRenewFailure })
  keeper.start()

  async function release(given?: CallOptions): Promise<void> {
    await keeper.stop()
    await leases(caller).delete(lease.id, given).catch(ignoreGone)
  }

  return {
    id: lease.id,
    token: lease.token,
    lost: keeper.lost,
    current: keeper.lease,
    release,
    [Symbol.asyncDispose]: () => release(),
  }
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof DaxdError) || error.status !== 404) throw error
}
