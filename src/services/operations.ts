import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import type { OperationRecord, OperationTarget, OperationVerb } from '../core/model.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { need } from './lookup.ts'
import { asDaxError, asStoredProblem } from './problems.ts'
import type { Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** Finished operations that are kept; the oldest go first. */
export const FINISHED_OPERATIONS_MAX = 1000

/** How often progress becomes durable and is told, at most. */
const PROGRESS_INTERVAL_MS = 500

/** Either the task ended in time, or it goes on as an operation that can be looked at. */
export type Followed<T> =
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'operation'; readonly operation: OperationRecord }

export interface TaskSpec<T> {
  readonly verb: OperationVerb
  readonly target: OperationTarget
  /** Bytes the work is about. */
  readonly total: number
  /** The time given before the caller is answered with an operation; null for at once. */
  readonly windowMs: number | null
  readonly deadlineMs?: number
  /** The wire view that a synchronous call would have answered, kept as the result. */
  readonly view: (result: T) => unknown
  /** Stores the operation as the answer of an idempotent call, with the operation itself. */
  readonly remember?: (tx: Transaction, operation: OperationRecord) => void
}

/** What running work can do with its operation. */
export interface TaskControl {
  /** Bytes done so far. */
  progress(doneBytes: number): void
  /** Throws `cancelled` when somebody has asked for the end. */
  checkCancelled(): void
  /** Makes the task cancellable from here on; `onCancel` is called once. */
  cancellable(onCancel: () => void): void
}

/** Long work, as people can watch it: `202`, progress, result or problem. */
export interface Operations {
  /** Runs a task and answers when it ends or when its window closes, whichever is first. */
  follow<T>(spec: TaskSpec<T>, task: (control: TaskControl) => Promise<T>): Promise<Followed<T>>
  /** Starts an operation in a transaction of the caller, for work that is long by nature. */
  begin(tx: Transaction, spec: Omit<TaskSpec<unknown>, 'windowMs' | 'view'>): OperationRecord
  /** Runs the task of an operation begun before; its promise never rejects. */
  run<T>(
    id: string,
    view: (result: T) => unknown,
    task: (control: TaskControl) => Promise<T>,
  ): Promise<{ readonly result: T } | { readonly error: DaxError }>
  /**
   * Asks an operation to end.
   * @throws DaxError `no_such_operation`; `not_cancellable` (EBUSY) when it cannot stop now.
   */
  cancel(id: string): Promise<OperationRecord>
  /** Operations that a crash has cut short are failed, so that nobody waits for them. */
  failInterrupted(tx: Transaction): void
  idle(): Promise<void>
}

interface Running {
  cancelled: boolean
  onCancel: (() => void) | null
  readonly ended: Promise<void>
}

export function createOperations(deps: {
  readonly world: World
  readonly clock: Clock
  readonly log: Log
}): Operations {
  const { world, clock, log } = deps
  const running = new Map<string, Running>()

  function begin(
    tx: Transaction,
    spec: Omit<TaskSpec<unknown>, 'windowMs' | 'view'>,
  ): OperationRecord {
    const { verb, target, total, deadlineMs } = spec
    trimFinished(tx)
    const operation = tx.create('operation', {
      id: tx.newId('o'),
      verb,
      target,
      state: 'running',
      progress: { done: 0, total },
      started_ms: tx.now,
      finished_ms: null,
      deadline_ms: deadlineMs === undefined ? null : tx.now + deadlineMs,
      result: null,
      problem: null,
      labels: {},
    })
    spec.remember?.(tx, operation)
    return operation
  }

  async function finish(id: string, outcome: Partial<OperationRecord>): Promise<void> {
    await world.commit((tx) => {
      const operation = tx.view.get('operation', id)
      if (operation === undefined) return
      tx.update('operation', operation, { ...outcome, finished_ms: tx.now })
    })
  }

  function control(
    id: () => string | null,
    entry: { cancelled: boolean; onCancel: unknown },
  ): TaskControl {
    let toldAt = 0
    return {
      progress(done) {
        const known = id()
        const now = clock.monotonic()
        if (known === null || now - toldAt < PROGRESS_INTERVAL_MS) return
        toldAt = now
        tellProgress(known, done)
      },
      checkCancelled() {
        if (entry.cancelled) throw new DaxError('cancelled', 'The operation was cancelled.')
      },
      cancellable(onCancel) {
        entry.onCancel = onCancel
        if (entry.cancelled) onCancel()
      },
    }
  }

  function tellProgress(id: string, done: number): void {
    world
      .commit((tx) => {
        const operation = tx.view.get('operation', id)
        if (operation?.state !== 'running') return
        const { total } = operation.progress
        tx.update('operation', operation, { progress: { done: Math.min(done, total), total } })
      })
      .catch((err: unknown) => log.warn({ err, operation: id }, 'progress was not recorded'))
  }

  async function settle<T>(
    id: string,
    view: (result: T) => unknown,
    task: Promise<T>,
  ): Promise<{ readonly result: T } | { readonly error: DaxError }> {
    try {
      const result = await task
      const { progress } = need(world.working, 'operation', id)
      await finish(id, {
        state: 'succeeded',
        result: view(result),
        progress: { done: progress.total, total: progress.total },
      })
      return { result }
    } catch (cause) {
      const error = asDaxError(cause)
      if (error !== cause) log.error({ err: cause, operation: id }, 'operation hit a defect')
      const state = error.code === 'cancelled' ? 'cancelled' : 'failed'
      await finish(id, { state, problem: asStoredProblem(error) }).catch((err: unknown) => {
        log.error({ err, operation: id }, 'the end of an operation was not recorded')
      })
      return { error }
    }
  }

  function launch<T>(
    id: () => string | null,
    task: (control: TaskControl) => Promise<T>,
  ): { readonly entry: Running; readonly work: Promise<T> } {
    const state: { cancelled: boolean; onCancel: (() => void) | null } = {
      cancelled: false,
      onCancel: null,
    }
    const work = task(control(id, state))
    const ended = work.then(
      () => undefined,
      () => undefined,
    )
    return { entry: Object.assign(state, { ended }), work }
  }

  return {
    begin,
    async run(id, view, task) {
      const { entry, work } = launch(() => id, task)
      running.set(id, entry)
      try {
        return await settle(id, view, work)
      } finally {
        running.delete(id)
      }
    },
    async follow(spec, task) {
      let id: string | null = null
      const { entry, work } = launch(() => id, task)
      const early = await within(clock, spec.windowMs ?? 0, work)
      if (early !== null) return { kind: 'done', result: early.value }
      const operation = await world.commit((tx) => begin(tx, spec as TaskSpec<unknown>))
      id = operation.id
      running.set(id, entry)
      const known = id
      void settle(known, spec.view, work).finally(() => running.delete(known))
      return { kind: 'operation', operation }
    },
    async cancel(id) {
      const operation = need(world.durable, 'operation', id)
      const entry = running.get(id)
      if (entry === undefined || entry.onCancel === null) {
        const why =
          operation.state === 'running' ? 'it cannot stop now' : `it is ${operation.state}`
        throw new DaxError('not_cancellable', `Operation ${id} cannot be cancelled: ${why}.`)
      }
      entry.cancelled = true
      entry.onCancel()
      await entry.ended
      await world.barrier()
      return need(world.durable, 'operation', id)
    },
    failInterrupted(tx) {
      for (const operation of [...tx.view.after('operation', -1)]) {
        if (operation.finished_ms !== null) continue
        const error = new DaxError('cancelled', 'daxd stopped while the operation was running.')
        const problem = asStoredProblem(error)
        tx.update('operation', operation, { state: 'failed', problem, finished_ms: tx.now })
      }
    },
    async idle() {
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}

/** The value of the promise if it comes within the time, null if not; its rejection passes. */
function within<T>(
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

function trimFinished(tx: Transaction): void {
  let surplus = tx.view.count('operation') - FINISHED_OPERATIONS_MAX
  if (surplus <= 0) return
  const finished: OperationRecord[] = []
  for (const operation of tx.view.after('operation', -1)) {
    if (surplus <= 0) break
    if (operation.finished_ms === null) continue
    finished.push(operation)
    surplus -= 1
  }
  for (const operation of finished) tx.remove('operation', operation)
  invariant(surplus <= FINISHED_OPERATIONS_MAX, 'only finished operations are trimmed')
}
