import { DaxError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'

/** A commit that takes longer than this is held to hang, and nobody waits for it any more. */
const COMMIT_WAIT_MAX_MS = 10_000
/** When a caller may ask again; a hung disk seldom comes back at once, seconds. */
const RETRY_AFTER_S = 5

/**
 * Watches how long the commit in flight takes. When it hangs, those who wait for an answer are
 * sent away; the commit itself is not given up, because what is at the disk may still be kept.
 */
export interface CommitWatch {
  /** Runs one commit under the watch. */
  commit(write: () => Promise<void>): Promise<void>
  /** Why no change can be answered just now, null while the disk answers. */
  stall(): DaxError | null
  /**
   * Waits for `work` while the disk answers. The work goes on when its caller is sent away.
   * @throws DaxError `ledger_stalled` when a commit hangs; at once, without `work`, when it does.
   */
  patiently<T>(work: () => Promise<T>): Promise<T>
}

/** A watch for one journal; `onStall` is told when a commit begins to hang and when it is over. */
export function createCommitWatch(
  clock: Clock,
  onStall: (error: DaxError | null) => void,
): CommitWatch {
  const waiting = new Set<(error: DaxError) => void>()
  let stall: DaxError | null = null

  function begin(): void {
    const error = stalled()
    stall = error
    onStall(error)
    for (const sendAway of waiting) sendAway(error)
    waiting.clear()
  }

  function end(): void {
    if (stall === null) return
    stall = null
    onStall(null)
  }

  return {
    async commit(write) {
      const cancel = clock.after(COMMIT_WAIT_MAX_MS, begin)
      try {
        await write()
      } finally {
        cancel()
        end()
      }
    },
    stall: () => stall,
    patiently(work) {
      if (stall !== null) return Promise.reject(stall)
      return new Promise((resolve, reject) => {
        waiting.add(reject)
        work().then(
          (result) => {
            waiting.delete(reject)
            resolve(result)
          },
          (error: unknown) => {
            waiting.delete(reject)
            reject(error)
          },
        )
      })
    },
  }
}

function stalled(): DaxError {
  const detail =
    `The disk has not answered for ${COMMIT_WAIT_MAX_MS / 1000} s; whether what it was given is ` +
    'kept shows when it does: ask again then.'
  return new DaxError('ledger_stalled', detail, { retry_after_s: RETRY_AFTER_S })
}
