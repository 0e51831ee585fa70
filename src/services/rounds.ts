import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'

/** Work that is done again and again until it is stopped. */
export interface Rounds {
  start(): void
  stop(): void
}

/**
 * Rounds with a pause between the end of one and the start of the next, so that they never
 * overlap. A round that fails is logged, with `complaint`, and tried again when its time comes.
 */
export function createRounds(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  intervalMs: number,
  complaint: string,
  round: () => Promise<void>,
): Rounds {
  let cancel: () => void = () => undefined
  let isStopped = false

  function schedule(): void {
    cancel = clock.after(intervalMs, () => {
      round()
        .catch((err: unknown) => log.warn({ err }, complaint))
        .finally(() => {
          if (!isStopped) schedule()
        })
    })
  }

  return {
    start: schedule,
    stop() {
      isStopped = true
      cancel()
    },
  }
}
