import { DaxError } from '../core/errors.ts'
import type { QueueFigures } from '../core/queue-figures.ts'
import { createTenantParts } from '../core/tenant-parts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger, LedgerEvent } from '../ports/ledger.ts'
import { createTurns } from './turns.ts'
import type { World } from './world/world.ts'

/** Events kept in memory for watchers that come back; older ones are read from the ledger. */
const RECENT_EVENTS_MAX = 10_000
/** Watchers at once; each costs a connection and a buffer. */
const WATCHERS_MAX = 1000
/** What telling one watcher costs, about; it sets how often many of them are told. */
const TELLING_MS = 0.1
/** So few are told of every commit at once. */
const FEW_WATCHERS = 10

/** One durable change, as watchers are told it. */
export type FeedEvent = LedgerEvent

export type EventListener = () => void

/** Every durable change, in order, once. */
export interface EventFeed {
  /**
   * Kept events after a revision (null: from the oldest kept), at most `limit`.
   * @throws DaxError `events_gone` (410) when some after `after` are no longer kept, or when there
   *   has been no such revision: then the books were put back to an earlier day, and whoever saw
   *   what came later has to look at everything anew.
   */
  since(after: number | null, limit: number): Promise<readonly LedgerEvent[]>
  /**
   * Calls the listener when there are later events, until the result is called. With many watchers
   * that is not for each commit, so that telling them leaves time for everything else.
   * @throws DaxError `overloaded` (503) when too many watch, or too many of the tenant.
   */
  subscribe(listener: EventListener, tenant: string | null): () => void
  /** Counts a watcher that was cut off since it did not keep up. */
  cutOff(): void
  /** How many were cut off since the start. */
  cutOffs(): number
  figures(): QueueFigures
  /** The revision of the newest event told so far. */
  newest(): number
  watchers(): number
}

/** A feed of what the world commits, and of what the ledger kept of earlier events. */
export function createEventFeed(deps: {
  readonly world: World
  readonly ledger: Ledger
  readonly clock: Clock
}): EventFeed {
  const { world, ledger, clock } = deps
  const listeners = new Set<EventListener>()
  let recent: LedgerEvent[] = []
  /** Everything after this revision is in `recent`. */
  let floor = world.lastRevision()
  let newest = floor
  let refused = 0
  let cutOffs = 0
  let toldAt = Number.NEGATIVE_INFINITY
  let isTelling = false
  const turns = createTurns()
  const parts = createTenantParts(WATCHERS_MAX)

  function tell(): void {
    isTelling = false
    toldAt = clock.monotonic()
    for (const listener of [...listeners]) listener()
  }

  /** At once after a pause, else when telling has had a tenth of the time at most. */
  function tellInTime(): void {
    if (isTelling || listeners.size === 0) return
    const pauseMs = 10 * TELLING_MS * listeners.size
    const leftMs = toldAt + pauseMs - clock.monotonic()
    if (listeners.size < FEW_WATCHERS || leftMs <= 0) tell()
    else {
      isTelling = true
      clock.after(leftMs, tell)
    }
  }

  world.onEvents((events) => {
    const last = events.at(-1)
    if (last === undefined) return
    recent.push(...events)
    newest = last.revision
    if (recent.length > 2 * RECENT_EVENTS_MAX) {
      const dropped = recent.length - RECENT_EVENTS_MAX
      floor = recent[dropped - 1]?.revision ?? floor
      recent = recent.slice(dropped)
    }
    tellInTime()
  })

  return {
    async since(after, limit) {
      requireSeen(after, world.lastRevision())
      if (after !== null && after >= floor) return afterRevision(recent, after, limit)
      // One at a time, so that many who come back from long ago do not hold up the commits.
      const read = () => turns.take('ledger', () => ledger.events(after, limit))
      const { gone, events } = await world.patiently(read)
      if (!gone) return events
      throw new DaxError('events_gone', `Events after revision ${after} are no longer kept.`)
    },
    subscribe(listener, tenant) {
      if (listeners.size >= WATCHERS_MAX || !parts.mayTake(tenant, 1)) {
        refused += 1
        throw new DaxError('overloaded', 'Too many watchers are connected already.')
      }
      listeners.add(listener)
      parts.take(tenant, 1)
      return () => {
        if (listeners.delete(listener)) parts.give(tenant, 1)
      }
    },
    newest: () => newest,
    watchers: () => listeners.size,
    cutOff() {
      cutOffs += 1
    },
    cutOffs: () => cutOffs,
    figures: () => ({ name: 'watchers', length: listeners.size, limit: WATCHERS_MAX, refused }),
  }
}

function requireSeen(after: number | null, newest: number): void {
  if (after === null || after <= newest) return
  const why = 'the books may have been put back to an earlier day'
  throw new DaxError('events_gone', `Revision ${after} is after the newest, ${newest}: ${why}.`)
}

function afterRevision(
  events: readonly LedgerEvent[],
  revision: number,
  limit: number,
): readonly LedgerEvent[] {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle]?.revision ?? 0) <= revision) low = middle + 1
    else high = middle
  }
  return events.slice(low, low + limit)
}
