import { DaxError } from '../core/errors.ts'
import type { Labels, LeaseRecord } from '../core/model.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Call, Draw } from './call.ts'
import { need } from './lookup.ts'
import { closeHandle, unmapDevice } from './references.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

export interface LeaseRequest {
  readonly holder: string
  readonly ttl_ms: number
  readonly labels?: Labels
}

/** How often expired leases are looked for; an expiry is acted on this late at most. */
const SWEEP_INTERVAL_MS = 100

/** Leases that end in one sweep at most, so that one commit's size is bounded. */
const EXPIRIES_PER_SWEEP_MAX = 1000

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
  /** Gives every lease its full time and begins to sweep. */
  start(): Promise<void>
  stop(): void
}

/** Ids of leases that ended are remembered this long, so that a late renewal learns of it. */
const ENDED_REMEMBERED_MAX = 10_000

export function createLeases(deps: {
  readonly world: World
  readonly clock: Clock
  readonly log: Log
  readonly claims: () => ClaimEnding
}): Leases {
  const { world, clock, log } = deps
  /** Monotonic instants at which leases end; the durable record has the wall clock's. */
  const deadlines = new Map<string, number>()
  const ended = new Set<string>()
  let stopSweep: () => void = () => undefined
  let stopped = false

  function grant(tx: Transaction, request: LeaseRequest, claim: string | null): LeaseRecord {
    const { holder, ttl_ms, labels = {} } = request
    return tx.create('lease', {
      id: tx.newId('l'),
      holder,
      ttl_ms,
      token: tx.nextNumber(),
      expires_ms: tx.now + ttl_ms,
      claim,
      labels,
    })
  }

  function revoke(tx: Transaction, lease: LeaseRecord): void {
    for (const id of [...tx.view.index.mappingsUnder(lease.id)]) {
      unmapDevice(tx, need(tx.view, 'mapping', id))
    }
    for (const id of [...tx.view.index.handlesUnder(lease.id)]) {
      closeHandle(tx, need(tx.view, 'handle', id))
    }
    tx.remove('lease', lease)
  }

  function remember(id: string): void {
    deadlines.delete(id)
    ended.add(id)
    if (ended.size <= ENDED_REMEMBERED_MAX) return
    for (const oldest of ended) {
      ended.delete(oldest)
      return
    }
  }

  function endIn(tx: Transaction, lease: LeaseRecord): (() => void) | null {
    if (lease.claim !== null) return deps.claims().endWith(tx, lease.claim)
    revoke(tx, lease)
    return null
  }

  async function sweep(): Promise<void> {
    const now = clock.monotonic()
    const due: string[] = []
    for (const [id, deadline] of deadlines) {
      if (deadline > now) continue
      due.push(id)
      if (due.length >= EXPIRIES_PER_SWEEP_MAX) break
    }
    if (due.length === 0) return
    const followUps = await world.commit((tx) =>
      due.flatMap((id) => {
        const lease = tx.view.get('lease', id)
        const followUp = lease === undefined ? null : endIn(tx, lease)
        return followUp === null ? [] : [followUp]
      }),
    )
    for (const id of due) remember(id)
    log.info({ leases: due.length }, 'leases expired')
    for (const followUp of followUps) followUp()
  }

  function schedule(): void {
    stopSweep = clock.after(SWEEP_INTERVAL_MS, () => {
      sweep()
        .catch((err: unknown) => log.warn({ err }, 'expired leases could not be ended'))
        .finally(() => {
          if (!stopped) schedule()
        })
    })
  }

  /** The clock of every lease that is made, renewed or ended, whoever did it. */
  function track(): void {
    world.onEvents((events) => {
      for (const { kind, id, type } of events) {
        if (kind !== 'lease') continue
        const lease = world.durable.get('lease', id)
        if (type === 'deleted' || lease === undefined) remember(id)
        else deadlines.set(id, clock.monotonic() + lease.ttl_ms)
      }
    })
  }

  return {
    grant,
    revoke,
    create: (request, call) =>
      world.commit((tx) => {
        const lease = grant(tx, request, null)
        call.remember?.(tx, lease)
        return lease
      }),
    rehearse: (request, draw) => world.rehearse((tx) => draw(grant(tx, request, null), tx.view)),
    renew: (id, ttlMs, call) =>
      world.commit((tx) => {
        const lease = living(tx, id, deadlines, ended, clock)
        checkRevision(lease, call.ifMatch)
        const ttl_ms = ttlMs ?? lease.ttl_ms
        const next = tx.update('lease', lease, { ttl_ms, expires_ms: tx.now + ttl_ms })
        call.remember?.(tx, next)
        return next
      }),
    async end(id, call) {
      const followUp = await world.commit((tx) => {
        const lease = need(tx.view, 'lease', id)
        checkRevision(lease, call.ifMatch)
        return endIn(tx, lease)
      })
      followUp?.()
    },
    async start() {
      track()
      await world.commit((tx) => {
        for (const lease of [...tx.view.after('lease', -1)]) {
          deadlines.set(lease.id, clock.monotonic() + lease.ttl_ms)
          tx.update('lease', lease, { expires_ms: tx.now + lease.ttl_ms })
        }
      })
      schedule()
    },
    stop() {
      stopped = true
      stopSweep()
    },
  }
}

/** A lease whose time is not up, though the sweep may not have come by yet. */
function living(
  tx: Transaction,
  id: string,
  deadlines: ReadonlyMap<string, number>,
  ended: ReadonlySet<string>,
  clock: Clock,
): LeaseRecord {
  const lease = tx.view.get('lease', id)
  const deadline = deadlines.get(id)
  const late = deadline !== undefined && deadline <= clock.monotonic()
  if (ended.has(id) || late) {
    throw new DaxError('lease_expired', `Lease ${id} has expired; its fencing token is void.`)
  }
  return lease ?? need(tx.view, 'lease', id)
}
