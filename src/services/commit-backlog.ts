import { DaxError } from '../core/errors.ts'
import type { QueueFigures } from '../core/queue-figures.ts'
import type { World } from './world/world.ts'

/** As many records as one commit takes at most; with more waiting the disk has fallen behind. */
const WAITING_RECORDS_MAX = 20_000
const RETRY_AFTER_S = 1

/** What waits for the disk while it is slow or hangs. */
export interface CommitBacklog {
  /** Why no change of a client can be taken in just now, null while all is well. */
  refuseChange(): DaxError | null
  figures(): QueueFigures
}

/**
 * Clients are refused before anything is done for them. What the service itself records is not:
 * the result of a change of the host must not be lost because clients ask too much.
 */
export function createCommitBacklog(
  world: Pick<World, 'figures'>,
  limit = WAITING_RECORDS_MAX,
): CommitBacklog {
  let refused = 0
  return {
    refuseChange() {
      const { waitingRecords } = world.figures()
      if (waitingRecords < limit) return null
      refused += 1
      const detail = `${waitingRecords} records are waiting for the disk.`
      return new DaxError('overloaded', detail, { retry_after_s: RETRY_AFTER_S })
    },
    figures: () => ({ name: 'commits', length: world.figures().waitingRecords, limit, refused }),
  }
}
