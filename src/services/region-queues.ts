import { DaxError } from '../core/errors.ts'
import type { QueueFigures } from '../core/queue-figures.ts'

/** Operations waiting for one region at most; beyond it callers are told to come back. */
const REGION_QUEUE_LENGTH_MAX = 256

/** Changes of the set of regions go through one queue of their own. */
export const REGION_SET = -1

/** Changes of the host, one at a time in each region, in the order they came. */
export interface RegionQueues {
  /**
   * Runs `task` when all earlier ones of the region have ended.
   * @throws DaxError `overloaded` (EAGAIN) when the queue is full.
   */
  run<T>(region: number, task: () => Promise<T>): Promise<T>
  /** Resolves when no region has anything waiting or running. */
  idle(): Promise<void>
  /** How many wait or run, over all regions. */
  length(): number
  /** The longest queue; each region has one of its own. */
  figures(): QueueFigures
  /**
   * Tells of each region whether it has been still ever since: nothing ran in it or waited. What
   * was read of the host meanwhile is true of still regions only.
   */
  watch(): (region: number) => boolean
}

/** Queues of regions in which nothing waits. */
export function createRegionQueues(): RegionQueues {
  const tails = new Map<number, Promise<unknown>>()
  const lengths = new Map<number, number>()
  /** How many tasks each region has had. */
  const begun = new Map<number, number>()
  let refused = 0

  function leave(region: number): void {
    const left = (lengths.get(region) ?? 1) - 1
    if (left > 0) {
      lengths.set(region, left)
      return
    }
    lengths.delete(region)
    tails.delete(region)
  }

  return {
    run(region, task) {
      const length = lengths.get(region) ?? 0
      if (length >= REGION_QUEUE_LENGTH_MAX) {
        refused += 1
        const detail = `${length} operations are waiting for region ${region}.`
        return Promise.reject(new DaxError('overloaded', detail, { retry_after_s: 1 }))
      }
      lengths.set(region, length + 1)
      begun.set(region, (begun.get(region) ?? 0) + 1)
      const before = tails.get(region) ?? Promise.resolve()
      const done = before.then(task).finally(() => leave(region))
      // The next in line waits for the end, not for a success.
      tails.set(
        region,
        done.catch(() => undefined),
      )
      return done
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values())
    },
    watch() {
      const busy = new Set(lengths.keys())
      const before = new Map(begun)
      return (region) => !busy.has(region) && before.get(region) === begun.get(region)
    },
    figures: () => ({
      name: 'region',
      length: Math.max(0, ...lengths.values()),
      limit: REGION_QUEUE_LENGTH_MAX,
      refused,
    }),
    length: () => [...lengths.values()].reduce((sum, length) => sum + length, 0),
  }
}
