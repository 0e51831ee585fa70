import { DaxError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { byDaxd } from './audit-note.ts'
import type { Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** How often progress becomes durable and is told, at most. */
const PROGRESS_INTERVAL_MS = 500

/** What running work can do with its operation. */
export interface TaskControl {
  /** Bytes done so far. */
  progress(doneBytes: number): void
  /** Throws `cancelled` when somebody has asked for the end. */
  checkCancelled(): void
  /** Makes the task cancellable from here on; `onCancel` is called once. */
  cancellable(onCancel: () => void): void
  /** For the transaction that ends the task: tells the audit who has asked for that, if anybody. */
  noteCanceller(tx: Transaction): void
}

/** A task under way, as the one who cancels or waits for it sees it. */
export interface RunningTask {
  cancelled: boolean
  onCancel: (() => void) | null
  /** Tells the audit who has asked for the end, null while nobody has. */
  cancelledBy: ((tx: Transaction) => void) | null
  /** Resolves when the task has ended, however it did. */
  readonly ended: Promise<void>
}

/** What a task is run with. */
export interface TaskDeps {
  readonly world: World
  readonly clock: Clock
  readonly log: Log
}

/**
 * Starts a task. `id` gives its operation's id once there is one; until then progress is told to
 * nobody.
 */
export function launchTask<T>(
  deps: TaskDeps,
  id: () => string | null,
  task: (control: TaskControl) => Promise<T>,
): { readonly entry: RunningTask; readonly work: Promise<T> } {
  const state: Omit<RunningTask, 'ended'> = {
    cancelled: false,
    onCancel: null,
    cancelledBy: null,
  }
  const work = task(controlOf(deps, id, state))
  const ended = work.then(
    () => undefined,
    () => undefined,
  )
  return { entry: Object.assign(state, { ended }), work }
}

/** The value of the promise if it comes within the time, null if not; its rejection passes. */
export function within<T>(
  clock: Clock,
  delayMs: number,
  work: Promise<T>,
): Promise<{ readonly value: T } | null> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(delayMs, () => resolve(null))
    work.then(
      (value) => {
        stop()
        resolve({ value })
      },
      (error: unknown) => {
        stop()
        reject(error)
      },
    )
  })
}

function controlOf(
  deps: TaskDeps,
  id: () => string | null,
  state: Omit<RunningTask, 'ended'>,
): TaskControl {
  let toldAt = 0
  return {
    progress(done) {
      const known = id()
      const now = deps.clock.monotonic()
      if (known === null || now - toldAt < PROGRESS_INTERVAL_MS) return
      toldAt = now
      tellProgress(deps, known, done)
    },
    checkCancelled() {
      if (state.cancelled) throw new DaxError('cancelled', 'The operation was cancelled.')
    },
    cancellable(onCancel) {
      state.onCancel = onCancel
      if (state.cancelled) onCancel()
    },
    noteCanceller: (tx) => state.cancelledBy?.(tx),
  }
}

function tellProgress({ world, log }: TaskDeps, id: string, done: number): void {
  world
    .commit((tx) => {
      const operation = tx.view.get('operation', id)
      if (operation?.state !== 'running') return
      tx.audit(byDaxd('operations:progress'))
      const { total } = operation.progress
      tx.update('operation', operation, { progress: { done: Math.min(done, total), total } })
    })
    .catch((err: unknown) => log.warn({ err, operation: id }, 'progress was not recorded'))
}
