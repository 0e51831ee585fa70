import type { Clock } from '../ports/clock.ts'

/**
 * When leases end, by the monotonic clock; the durable record has the wall clock's instant for
 * people to read.
 */
export interface LeaseTimes {
  /** Gives a lease its full time from now on. */
  begin(id: string, ttlMs: number): void
  end(id: string): void
  /** True when the lease's time is up, though nobody may have acted on it yet. */
  isOver(id: string): boolean
  /** Leases whose time is up and that have not ended, at most `limit` of them. */
  due(limit: number): readonly string[]
}

/** Nobody's time runs at first. */
export function createLeaseTimes(clock: Clock): LeaseTimes {
  const deadlines = new Map<string, number>()
  return {
    begin: (id, ttlMs) => void deadlines.set(id, clock.monotonic() + ttlMs),
    end: (id) => void deadlines.delete(id),
    isOver(id) {
      const deadline = deadlines.get(id)
      return deadline !== undefined && deadline <= clock.monotonic()
    },
    due(limit) {
      const now = clock.monotonic()
      const found: string[] = []
      for (const [id, deadline] of deadlines) {
        if (found.length >= limit) break
        if (deadline <= now) found.push(id)
      }
      return found
    },
  }
}
