import { DaxError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { TaskControl } from './running-task.ts'

/** Shared by the wipes of a daemon. */
export interface Stopping {
  readonly isStopping: () => boolean
  /** Called when daxd stops; the result takes the listener back. */
  readonly onStop: (listener: () => void) => () => void
}

/** Ends one wipe when it is cancelled or daxd stops. */
export interface Stopper {
  /** @throws DaxError `cancelled`, `shutting_down`. */
  check(): void
  /** Waits, but no longer than until it is to end. */
  pause(delayMs: number): Promise<void>
  leave(): void
}

/** A stopper of a wipe that runs under `control`. */
export function createStopper(
  { clock, isStopping, onStop }: Stopping & { readonly clock: Clock },
  control: TaskControl,
): Stopper {
  let wake: () => void = () => undefined
  const leave = onStop(() => wake())
  control.cancellable(() => wake())
  function check(): void {
    control.checkCancelled()
    if (isStopping()) throw new DaxError('shutting_down', 'The service is stopping.')
  }
  return {
    check,
    leave,
    async pause(delayMs) {
      check()
      await new Promise<void>((resolve) => {
        const stop = clock.after(delayMs, resolve)
        wake = () => {
          stop()
          resolve()
        }
      })
      check()
    },
  }
}
