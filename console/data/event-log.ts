/** The newest events, for people to read; older ones are let go. */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { EventView } from '../../client/src/index.ts'

/** So many are kept. */
export const EVENTS_KEPT = 500

export interface EventLog {
  /** Newest first. */
  readonly shown: ReadonlySignal<readonly EventView[]>
  /** How many came since the page was opened. */
  readonly total: ReadonlySignal<number>
  add(event: EventView): void
  tell(): void
}

/** A log in which nothing stands. */
export function createEventLog(): EventLog {
  const shown = signal<readonly EventView[]>([])
  const total = signal(0)
  let waiting: EventView[] = []
  let count = 0
  return {
    shown,
    total,
    add(event) {
      count += 1
      waiting.push(event)
      // While nobody draws (a tab in the background), no more waits than will be shown.
      if (waiting.length > 2 * EVENTS_KEPT) waiting = waiting.slice(-EVENTS_KEPT)
    },
    tell() {
      if (waiting.length === 0) return
      shown.value = [...waiting.reverse(), ...shown.value].slice(0, EVENTS_KEPT)
      total.value = count
      waiting = []
    },
  }
}
