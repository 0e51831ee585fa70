import type { QueueFigures } from '../core/queue-figures.ts'
import { createTenantParts } from '../core/tenant-parts.ts'

/**
 * Things that are held at once, up to a limit; whoever comes beyond it is turned away. No tenant
 * can hold all of it. Every request takes and gives, so nothing is made anew for that.
 */
export interface BoundedCount {
  /** False, and counted as a refusal, when there is no room for so much more of the tenant's. */
  take(tenant: string | null, amount: number): boolean
  give(tenant: string | null, amount: number): void
  /** Counts somebody who was turned away without asking for room. */
  refuse(): void
  isFull(tenant: string | null): boolean
  figures(): QueueFigures
}

/** Nothing is held at first. */
export function createBoundedCount(name: string, limit: number): BoundedCount {
  const parts = createTenantParts(limit)
  let length = 0
  let refused = 0
  return {
    take(tenant, amount) {
      if (length + amount > limit || !parts.mayTake(tenant, amount)) {
        refused += 1
        return false
      }
      length += amount
      parts.take(tenant, amount)
      return true
    },
    give(tenant, amount) {
      length -= amount
      parts.give(tenant, amount)
    },
    refuse() {
      refused += 1
    },
    isFull: (tenant) => length >= limit || !parts.mayTake(tenant, 1),
    figures: () => ({ name, length, limit, refused }),
  }
}
