import type { Clock } from '../../src/ports/clock.ts'

/** Time that passes only when the test says so. */
export interface ManualClock extends Clock {
  /** Lets time pass; what falls due runs in its order, and its promises get their turn. */
  advance(ms: number): Promise<void>
}

export function manualClock(): ManualClock {
  let now = 0
  const timers = new Map<object, { readonly at: number; readonly run: () => void }>()
  /** Lets what was begun go on until it waits for time or for the ledger. */
  async function settle(): Promise<void> {
    for (let turns = 0; turns < 4; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    now: () => now,
    monotonic: () => now,
    after(delayMs, run) {
      const key = {}
      timers.set(key, { at: now + delayMs, run })
      return () => void timers.delete(key)
    },
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const next = [...timers].sort(([, left], [, right]) => left.at - right.at)[0]
        if (next === undefined || next[1].at > end) break
        timers.delete(next[0])
        now = next[1].at
        next[1].run()
        await settle()
      }
      now = end
    },
  }
}
