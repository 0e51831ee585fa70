import type { Log } from '../ports/log.ts'
import type { Reconciliation } from './reconciliation.ts'
import type { RegionQueues } from './region-queues.ts'

export interface HostNoticesDeps {
  readonly reconciliation: Pick<Reconciliation, 'differences'>
  readonly queues: Pick<RegionQueues, 'idle' | 'length'>
  readonly log: Log
}

/** Writes down, as drift, what happens on the host behind daxd's back. */
export interface HostNotices {
  /** The host has changed. Returns at once; calls during a look share the next one. */
  changed(): void
  /** Looks no more, and resolves when the look under way has ended. */
  stop(): Promise<void>
}

/**
 * Looks come one at a time. A region in which something runs is left out of a look, so another one
 * follows when that has ended: a stranger's change meanwhile must not be missed.
 */
export function createHostNotices({ reconciliation, queues, log }: HostNoticesDeps): HostNotices {
  let running: Promise<void> | null = null
  let isDue = false
  let stopped = false

  async function lookWhileDue(): Promise<void> {
    while (isDue && !stopped) {
      isDue = false
      const wasBusy = queues.length() > 0
      try {
        await reconciliation.differences()
      } catch (err) {
        log.warn({ err }, 'a change of the host could not be looked at')
      }
      if (wasBusy) void queues.idle().then(changed)
    }
    running = null
  }

  function changed(): void {
    if (stopped) return
    isDue = true
    running ??= lookWhileDue()
  }

  return {
    changed,
    async stop() {
      stopped = true
      await running
    },
  }
}
