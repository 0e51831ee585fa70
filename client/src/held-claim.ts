/// <reference lib="esnext.disposable" preserve="true" />
/** Memory that is one's own as long as a block of code. */
import type { Caller } from './caller.ts'
import { claims } from './endpoints/claims.ts'
import { leases } from './endpoints/leases.ts'
import { service } from './endpoints/service.ts'
import { tenants } from './endpoints/tenants.ts'
import { DaxdError } from './errors.ts'
import type { WaitOptions } from './follow.ts'
import { createLeaseKeeper, type KeepOptions, type LeaseKeeper } from './lease-keeper.ts'
import { pause } from './pause.ts'
import { randomName } from './random-name.ts'
import type { ClaimPut, ClaimRemovalQuery, ClaimView, RevokedView } from './wire.ts'

const TTL_DEFAULT_MS = 30_000
/** How long a release that somebody else has begun is waited for, and how often it is looked at. */
const RELEASING_TIMEOUT_MS = 60_000
const RELEASING_LOOK_MS = 200

/** What is wanted. Without a `name` it gets one of its own, without a `ttl_ms` half a minute. */
export type ClaimWish = ClaimPut & { name?: string }

export interface HoldOptions extends WaitOptions, KeepOptions {
  /** What the end of the block does when somebody still uses the memory. Default: `refuse`. */
  readonly ifBusy?: ClaimRemovalQuery['if_busy'] | undefined
}

/** What every active claim has. */
type Parts = 'chardev' | 'path' | 'handle' | 'mapping' | 'lease' | 'generation' | 'mmap'
export type ActiveClaim = Omit<ClaimView, Parts> & {
  [Part in Parts]: NonNullable<ClaimView[Part]>
}

/** A claim whose lease is renewed in the background until it is given back. */
export interface HeldClaim extends ActiveClaim, AsyncDisposable {
  /** Aborts, with a LeaseLostError, when the lease could not be kept: touch the memory no more. */
  readonly lost: AbortSignal
  /** Of its lease: what a store behind it can fence off late writers by. */
  readonly token: number
  /**
   * Gives the memory back; what is gone already is as good. Refused, it is held and renewed as
   * before; the end of the block stops renewing in any case.
   * @throws DaxdError `busy` with `holders` while somebody uses the memory.
   */
  release(query?: ClaimRemovalQuery, options?: WaitOptions): Promise<RevokedView | undefined>
}

/**
 * Claims memory and keeps it; the signal of the options ends only the claiming. A claim of the same
 * name and request that is there already is taken over, as after a crash of its holder.
 */
export async function holdClaim(
  caller: Caller,
  wish: ClaimWish,
  { onRenew, onRenewFailure, ifBusy, ...waiting }: HoldOptions = {},
): Promise<HeldClaim> {
  const claim = activeOf(await take(caller, wish, waiting))
  // Making it may have taken long: its time is full again from here on.
  const sentAt = performance.now()
  const lease = await leases(caller).renew(claim.lease, {}, { signal: waiting.signal })
  const keeper = createLeaseKeeper(caller, { lease, sentAt }, { onRenew, onRenewFailure })
  keeper.start()
  let isReleased = false

  async function release(query?: ClaimRemovalQuery, options?: WaitOptions) {
    await keeper.stop()
    try {
      const revoked = await giveBack(caller, { claim, keeper, query }, options)
      isReleased = true
      return revoked
    } catch (error) {
      keeper.start()
      throw error
    }
  }

  return {
    ...claim,
    lost: keeper.lost,
    token: lease.token,
    release,
    async [Symbol.asyncDispose]() {
      if (isReleased) return
      await keeper.stop()
      const query = ifBusy === undefined ? {} : { if_busy: ifBusy }
      await giveBack(caller, { claim, keeper, query })
    },
  }
}

/** The names of a tenant's claims begin with its prefix, which is asked for when it is needed. */
async function take(
  caller: Caller,
  { name, ...wish }: ClaimWish,
  waiting: WaitOptions,
): Promise<ClaimView> {
  const body = { ttl_ms: TTL_DEFAULT_MS, ...wish }
  const own = name ?? `claim-${randomName()}`
  try {
    return await claims(caller).put(own, body, waiting)
  } catch (error) {
    const isForbidden = error instanceof DaxdError && error.code === 'forbidden_name'
    if (!isForbidden || name !== undefined) throw error
    const { signal } = waiting
    const tenant = wish.tenant ?? (await service(caller).whoami({ signal })).tenant
    if (tenant === null) throw error
    const { name_prefix } = await tenants(caller).get(tenant, { signal })
    return claims(caller).put(`${name_prefix}${own}`, body, waiting)
  }
}

interface Leaving {
  readonly claim: ClaimView
  readonly keeper: LeaseKeeper
  readonly query: ClaimRemovalQuery | undefined
}

/**
 * Gives back, or waits while somebody else does: daxd, since the lease is over, or an operator.
 * Memory that is on its way back is not there for others yet, so the block has not ended either.
 */
async function giveBack(
  caller: Caller,
  leaving: Leaving,
  options: WaitOptions = {},
): Promise<RevokedView | undefined> {
  const { signal, waitTimeoutMs = RELEASING_TIMEOUT_MS } = options
  const began = performance.now()
  for (;;) {
    try {
      return await giveBackOnce(caller, leaving, options)
    } catch (error) {
      const isGoing = error instanceof DaxdError && error.code === 'in_transition'
      if (!isGoing || performance.now() - began >= waitTimeoutMs) throw error
    }
    await pause(RELEASING_LOOK_MS, signal)
  }
}

/** The token keeps a late call from taking the memory of who has the name by then. */
async function giveBackOnce(
  caller: Caller,
  { claim, keeper, query }: Leaving,
  options: WaitOptions,
): Promise<RevokedView | undefined> {
  const { name, created_at } = claim
  const { delete: remove, get } = claims(caller)
  try {
    return await remove(name, query, { ...options, fencingToken: keeper.lease().token })
  } catch (error) {
    if (isRefusal(error, 404)) return undefined
    if (!isRefusal(error, 410)) throw error
  }
  // Its lease is over. daxd gives back what that held, unless it has failed to.
  try {
    const found = await get(name, options)
    if (found.created_at !== created_at) return undefined
    return await remove(name, query, { ...options, ifMatch: found.revision })
  } catch (error) {
    if (isRefusal(error, 404)) return undefined
    throw error
  }
}

function isRefusal(error: unknown, status: number): boolean {
  return error instanceof DaxdError && error.status === status
}

function activeOf(claim: ClaimView): ActiveClaim {
  if (claim.problem !== null) throw new DaxdError(claim.problem)
  const { chardev, path, handle, mapping, lease, generation, mmap } = claim
  const isWhole = chardev !== null && path !== null && handle !== null && mapping !== null
  if (isWhole && lease !== null && generation !== null && mmap !== null) {
    return { ...claim, chardev, path, handle, mapping, lease, generation, mmap }
  }
  throw new Error(`Claim ${claim.name} is ${claim.state} and cannot be held.`)
}
