import type { QueueFigures } from '../core/queue-figures.ts'

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
export function createBoundedCount(name: string, limit: number): BoundedCount {
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
