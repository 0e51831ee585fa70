import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Reconciliation } from './reconciliation.ts'
import type { RegionQueues } from './region-queues.ts'

/** So long at most a look waits for what runs: a change by others must not stay unknown. */
const LOOK_LATE_MS = 1000

export interface HostNoticesDeps {
  readonly clock: Pick<Clock, 'after'>
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
 * Looks come one at a time. A region in which something runs is left out of a look, so a look waits
 * for it, and where it came before the end, another one follows: a stranger's change meanwhile must
 * not be missed.
 */
export function createHostNotices(deps: HostNoticesDeps): HostNotices {
  const { clock, reconciliation, queues, log } = deps
  const ending = Promise.withResolvers<void>()
  let running: Promise<void> | null = null
  let isDue = false
  let stopped = false

  async function lookWhileDue(): Promise<void> {
    while (isDue && !stopped) {
      if (queues.length() > 0) await idleOrLate()
      if (stopped) break
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

  async function idleOrLate(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const cancel = clock.after(LOOK_LATE_MS, late.resolve)
    await Promise.race([queues.idle(), late.promise, ending.promise])
    cancel()
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
      ending.resolve()
      await running
    },
  }
}
