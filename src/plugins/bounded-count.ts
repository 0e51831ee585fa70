import type { QueueFigures } from '../core/queue-figures.ts'
import { createTenantParts } from '../core/tenant-parts.ts'

/** Things that are held at once, up to a limit; whoever comes beyond it is turned away. */
export interface BoundedCount {
  /** False, and counted as a refusal, when there is no room for so much more. */
  take(amount: number): boolean
  give(amount: number): void
  /** Counts somebody who was turned away without asking for room. */
  refuse(): void
  isFull(): boolean
  figures(): QueueFigures
}

/** Nothing is held at first. */
function createBoundedCount(name: string, limit: number): BoundedCount {
  let length = 0
  let refused = 0
  return {
    take(amount) {
      if (length + amount > limit) {
        refused += 1
        return false
      }
      length += amount
      return true
    },
    give(amount) {
      length -= amount
    },
    refuse() {
      refused += 1
    },
    isFull: () => length >= limit,
    figures: () => ({ name, length, limit, refused }),
  }
}

/** The same for callers of several tenants, none of which can hold all of it. */
export interface PartedCount {
  /** As a caller of the tenant meets it. */
  of(tenant: string | null): BoundedCount
  figures(): QueueFigures
}

/** Nothing is held at first. */
export function createPartedCount(name: string, limit: number): PartedCount {
  const whole = createBoundedCount(name, limit)
  const parts = createTenantParts(limit)
  return {
    figures: whole.figures,
    of: (tenant) => ({
      ...whole,
      take(amount) {
        if (!parts.mayTake(tenant, amount)) {
          whole.refuse()
          return false
        }
        if (!whole.take(amount)) return false
        parts.take(tenant, amount)
        return true
      },
      give(amount) {
        whole.give(amount)
        parts.give(tenant, amount)
      },
      isFull: () => whole.isFull() || !parts.mayTake(tenant, 1),
    }),
  }
}
