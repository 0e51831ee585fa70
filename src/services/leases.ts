import { DaxError } from '../core/errors.ts'
import type { Labels, LeaseRecord } from '../core/model.ts'
import type { Principal } from '../core/principal.ts'
import { Withheld } from '../core/withheld.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { byDaxd } from './audit-note.ts'
import type { Call, Draw } from './call.ts'
import { checkFence } from './fencing.ts'
import { createLeaseTimes, type LeaseTimes } from './lease-times.ts'
import { need } from './lookup.ts'
import { needOwn, sees } from './ownership.ts'
import { closeHandle, endMapping } from './references.ts'
import { createRounds } from './rounds.ts'
import { takeCount } from './tenant-rules.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

export interface LeaseRequest {
  readonly holder: string
  readonly ttl_ms: number
  /** Whose it shall be; absent for the host's own. */
  readonly tenant?: string | null
  readonly labels?: Labels
}

/** How often expired leases are looked for; an expiry is acted on this late at most. */
const SWEEP_INTERVAL_MS = 100

/** Leases that end in one sweep at most, so that one commit's size is bounded. */
const EXPIRIES_PER_SWEEP_MAX = 1000

/** As the audit names the end of a lease whose time is up. */
const EXPIRY = 'leases:expire'

/** What a lease's end means for a claim that lives by it. */
export interface ClaimEnding {
  /** In the transaction that ends the lease; the result is run after it is durable. */
  endWith(tx: Transaction, claim: string): (() => void) | null
}

/**
 * Holders' lives. When a lease ends, its handles are closed and its mappings dropped in the same
 * durable step, as a process's exit does in the kernel. Time is measured by the monotonic clock:
 * a jump of the wall clock ends nobody's life. After a restart every lease gets its full time
 * again, since nobody could renew while daxd was down.
 */
export interface Leases {
  create(request: LeaseRequest, call: Call<LeaseRecord>): Promise<LeaseRecord>
  rehearse<V>(request: LeaseRequest, draw: Draw<LeaseRecord, V>): V
  /** @throws DaxError `lease_expired` (ESTALE, 410), `no_such_lease`. */
  renew(id: string, ttlMs: number | undefined, call: Call<LeaseRecord>): Promise<LeaseRecord>
  end(id: string, call: Call<unknown>): Promise<void>
  /** Makes a lease in a transaction of the caller: a claim's. */
  grant(tx: Transaction, request: LeaseRequest, claim: string | null): LeaseRecord
  /** Ends a lease and all that was opened under it, its claim aside. */
  revoke(tx: Transaction, lease: LeaseRecord): void
  /** How many have ended since the start because nobody renewed them. */
  expired(): number
  /** Gives every lease its full time and begins to sweep. */
  start(): Promise<void>
  stop(): void
}

export interface LeaseDeps {
  readonly world: World
  readonly clock: Clock
  readonly log: Log
  /** Asked late: claims are made of leases. */
  readonly claims: () => ClaimEnding
}

/** The leases of a daemon; no time runs before {@link Leases.start}. */
export function createLeases(deps: LeaseDeps): Leases {
  const { world, clock } = deps
  const times = createLeaseTimes(clock)
  let expired = 0
  const sweeps = createRounds(
    deps,
    SWEEP_INTERVAL_MS,
    'expired leases could not be ended',
    async () => {
      expired += await sweep(deps, times)
    },
  )
  return {
    grant: grantLease,
    revoke: revokeLease,
    create: (request, call) =>
      world.commit((tx) => {
        const lease = grantLease(tx, request, null)
        call.remember?.(tx, lease)
        return lease
      }),
    rehearse: (request, draw) =>
      world.rehearse((tx) => draw(grantLease(tx, request, null), tx.view)),
    expired: () => expired,
    async renew(id, ttlMs, call) {
      if (await endIfOver(deps, times, id)) expired += 1
      return world.commit((tx) => {
        const lease = living(tx, times, id, call.caller)
        checkRevision(lease, call.ifMatch)
        checkFence(tx.view, id, call.fence)
        const ttl_ms = ttlMs ?? lease.ttl_ms
        const next = tx.update('lease', lease, { ttl_ms, expires_ms: tx.now + ttl_ms })
        // At once: a sweep that comes before the commit must not end what is being renewed.
        times.begin(id, ttl_ms)
        call.remember?.(tx, next)
        return next
      })
    },
    async end(id, call) {
      const followUp = await world.commit((tx) => {
        const lease = needOwn(tx.view, 'lease', id, call.caller)
        checkRevision(lease, call.ifMatch)
        checkFence(tx.view, id, call.fence)
        call.note?.(tx)
        return endLease(deps, tx, lease)
      })
      followUp?.()
    },
    async start() {
      followChanges(world, times)
      await world.commit((tx) => {
        tx.audit(byDaxd('daxd:recover'))
        for (const lease of [...tx.view.after('lease', -1)]) {
          times.begin(lease.id, lease.ttl_ms)
          tx.update('lease', lease, { expires_ms: tx.now + lease.ttl_ms })
        }
      })
      sweeps.start()
    },
    stop: () => sweeps.stop(),
  }
}

function grantLease(tx: Transaction, request: LeaseRequest, claim: string | null): LeaseRecord {
  const { holder, ttl_ms, tenant = null, labels = {} } = request
  takeCount(tx.view, tenant, 'leases')
  return tx.create('lease', {
    id: tx.newId('l'),
    holder,
    tenant,
    ttl_ms,
    token: tx.nextNumber(),
    expires_ms: tx.now + ttl_ms,
    claim,
    labels,
  })
}

function revokeLease(tx: Transaction, lease: LeaseRecord): void {
  for (const id of [...tx.view.index.mappingsUnder(lease.id)]) {
    endMapping(tx, need(tx.view, 'mapping', id))
  }
  for (const id of [...tx.view.index.handlesUnder(lease.id)]) {
    closeHandle(tx, need(tx.view, 'handle', id))
  }
  tx.remove('lease', lease)
}

function endLease({ claims }: LeaseDeps, tx: Transaction, lease: LeaseRecord): (() => void) | null {
  if (lease.claim !== null) return claims().endWith(tx, lease.claim)
  revokeLease(tx, lease)
  return null
}

/**
 * A lease whose time is not up, though the sweep may not have come by yet. Ids are numbers of a
 * counter that is as durable as what it numbers, so whether an id has been reached is known for
 * ever, without a list of the leases that were: one that was reached and is not there has ended.
 */
function living(tx: Transaction, times: LeaseTimes, id: string, caller: Principal): LeaseRecord {
  const lease = tx.view.get('lease', id)
  const ended = `Lease ${id} has expired; its fencing token is void.`
  // Another tenant's is as one that has ended: that an id was given tells nothing.
  if (lease !== undefined && !sees(caller, lease.tenant)) {
    throw new Withheld('lease_expired', ended, { kind: 'lease', id, tenant: lease.tenant })
  }
  const hasEnded = lease === undefined ? tx.wasGiven('l', id) : times.isOver(id)
  if (hasEnded) throw new DaxError('lease_expired', ended)
  return lease ?? need(tx.view, 'lease', id)
}

/**
 * Ends a lease whose time is up before anybody is told so. Its end must be durable by then: after a
 * crash it would have its full time again.
 */
async function endIfOver(deps: LeaseDeps, times: LeaseTimes, id: string): Promise<boolean> {
  if (!times.isOver(id)) return false
  const followUp = await deps.world.commit((tx) => {
    const lease = tx.view.get('lease', id)
    tx.audit(byDaxd(EXPIRY))
    return lease === undefined ? undefined : endLease(deps, tx, lease)
  })
  times.end(id)
  followUp?.()
  return followUp !== undefined
}

/** Keeps the time of every lease that is made, renewed or ended, whoever did it. */
function followChanges(world: World, times: LeaseTimes): void {
  world.onEvents((events) => {
    for (const { kind, id, type } of events) {
      if (kind !== 'lease') continue
      const lease = world.durable.get('lease', id)
      if (type === 'deleted' || lease === undefined) times.end(id)
      else times.begin(id, lease.ttl_ms)
    }
  })
}

/** Answers how many it has ended. */
async function sweep(deps: LeaseDeps, times: LeaseTimes): Promise<number> {
  const { world, log } = deps
  const due = times.due(EXPIRIES_PER_SWEEP_MAX)
  if (due.length === 0) return 0
  const followUps = await world.commit((tx) => {
    tx.audit(byDaxd(EXPIRY))
    return due.flatMap((id) => {
      const lease = tx.view.get('lease', id)
      const followUp = lease === undefined ? null : endLease(deps, tx, lease)
      return followUp === null ? [] : [followUp]
    })
  })
  for (const id of due) times.end(id)
  log.info({ leases: due.length }, 'leases expired')
  for (const followUp of followUps) followUp()
  return due.length
}
