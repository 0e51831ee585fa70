import { DaxError } from '../core/errors.ts'
import type { Ledger, LedgerEvent } from '../ports/ledger.ts'
import type { World } from './world/world.ts'

/** Events kept in memory for watchers that come back; older ones are read from the ledger. */
const RECENT_EVENTS_MAX = 10_000

/** One durable change, as watchers are told it. */
export type FeedEvent = LedgerEvent

export type EventListener = (events: readonly LedgerEvent[]) => void

/** Every durable change, in order, once. */
export interface EventFeed {
  /**
   * Kept events after a revision (null: from the oldest kept), at most `limit`.
   * @throws DaxError `events_gone` (410) when some after `after` are no longer kept.
   */
  since(after: number | null, limit: number): Promise<readonly LedgerEvent[]>
  /** Calls the listener with every later group of events until the result is called. */
  subscribe(listener: EventListener): () => void
  /** The revision of the newest event told so far. */
  newest(): number
  watchers(): number
}

/** A feed of what the world commits, and of what the ledger kept of earlier events. */
export function createEventFeed(deps: {
  readonly world: World
  readonly ledger: Ledger
}): EventFeed {
  const { world, ledger } = deps
  const listeners = new Set<EventListener>()
  let recent: LedgerEvent[] = []
  /** Everything after this revision is in `recent`. */
  let floor = world.lastRevision()
  let newest = floor

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
    for (const listener of listeners) listener(events)
  })

  return {
    async since(after, limit) {
      if (after !== null && after >= floor) return afterRevision(recent, after).slice(0, limit)
      const { gone, events } = await ledger.events(after, limit)
      if (!gone) return events
      throw new DaxError('events_gone', `Events after revision ${after} are no longer kept.`)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    newest: () => newest,
    watchers: () => listeners.size,
  }
}

function afterRevision(events: readonly LedgerEvent[], revision: number): readonly LedgerEvent[] {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle]?.revision ?? 0) <= revision) low = middle + 1
    else high = middle
  }
  return events.slice(low)
}
