import type { Clock } from '../ports/clock.ts'

/** Ids of leases that ended are remembered this long, so that a late renewal learns of it. */
const ENDED_REMEMBERED_MAX = 10_000

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
  const ended = new Set<string>()
  return {
    begin: (id, ttlMs) => void deadlines.set(id, clock.monotonic() + ttlMs),
    end(id) {
      deadlines.delete(id)
      ended.add(id)
      const [oldest] = ended
      if (ended.size > ENDED_REMEMBERED_MAX && oldest !== undefined) ended.delete(oldest)
    },
    isOver(id) {
      const deadline = deadlines.get(id)
      return ended.has(id) || (deadline !== undefined && deadline <= clock.monotonic())
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
