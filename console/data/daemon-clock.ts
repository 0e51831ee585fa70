/** The daemon's time, by which leases count down: a browser's clock may be another. */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { Fetch } from '../../client/src/index.ts'

const TICK_MS = 1000

export interface DaemonClock {
  readonly now: ReadonlySignal<number>
  /** Fetches, and reads the clock off the answer. */
  readonly fetch: Fetch
}

/** A clock that ticks by the second. HTTP tells whole seconds, which is as good as needed. */
export function createDaemonClock(fetch: Fetch): DaemonClock {
  let aheadMs = 0
  const now = signal(Date.now())
  setInterval(() => {
    now.value = Date.now() + aheadMs
  }, TICK_MS)
  return {
    now,
    async fetch(url, init) {
      const answer = await fetch(url, init)
      const told = Date.parse(answer.headers.get('date') ?? '')
      const offMs = told - Date.now()
      // Within a second the two agree as far as HTTP can say.
      if (!Number.isNaN(told)) aheadMs = Math.abs(offMs) <= TICK_MS ? 0 : offMs
      return answer
    },
  }
}
