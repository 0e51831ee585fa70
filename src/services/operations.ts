import { DaxError } from '../core/errors.ts'
import type { OperationRecord } from '../core/model.ts'
import { requireWipeRights } from '../core/wipe-rights.ts'
import type { Call, LongCall } from './call.ts'
import { need } from './lookup.ts'
import { countEnds, type OperationEnds } from './operation-ends.ts'
import {
  beginBounded,
  beginOperation,
  failInterrupted,
  finishOperation,
  type OperationSpec,
} from './operation-records.ts'
import { needOwn } from './ownership.ts'
import { asDaxError, asStoredProblem } from './problems.ts'
import {
  launchTask,
  type RunningTask,
  type TaskControl,
  type TaskDeps,
  within,
} from './running-task.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'

/** Either the task ended in time, or it goes on as an operation that can be looked at. */
export type Followed<T> =
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'operation'; readonly operation: OperationRecord }

/** How an operation's task ended; its promise never rejects. */
type Ended<T> = { readonly result: T } | { readonly error: DaxError }

/** What the task is about. */
type Work = Pick<OperationSpec, 'verb' | 'target' | 'total'>

/** Whose operation ends, and how its result is shown. */
export type Ending<T> = Pick<LongCall<T>, 'note' | 'view'>

/** Long work, as people can watch it: `202`, progress, result or problem. */
export interface Operations {
  /** Runs a task and answers when it ends or when the call's window closes, what is first. */
  follow<T>(
    work: Work,
    call: LongCall<T>,
    task: (control: TaskControl) => Promise<T>,
  ): Promise<Followed<T>>
  /**
   * Starts an operation in a transaction of the caller, for work that is long by nature.
   * @throws DaxError `overloaded` (503) when too many are under way.
   */
  begin(tx: Transaction, spec: OperationSpec): OperationRecord
  /** Runs the task of an operation begun before; its promise never rejects. */
  run<T>(id: string, call: Ending<T>, task: (control: TaskControl) => Promise<T>): Promise<Ended<T>>
  /**
   * Runs the task of an operation begun before that records its end itself, so that it may be gone
   * on with after a restart.
   */
  drive(id: string, task: (control: TaskControl) => Promise<void>): Promise<void>
  /**
   * Asks an operation to end.
   * @throws DaxError `forbidden` for a wipe unless an admin asks; `no_such_operation`;
   *   `not_cancellable` (EBUSY) when it cannot stop now; `precondition_failed`.
   */
  cancel(id: string, call: Call<unknown>): Promise<OperationRecord>
  /** Operations that a crash has cut short are failed, so that nobody waits for them. */
  failInterrupted(tx: Transaction): void
  /** How many have ended since the start, by what they did and how it came out. */
  ends(): Iterable<OperationEnds>
  idle(): Promise<void>
}

/** The operations of a daemon; only those that run now are kept in memory. */
export function createOperations(deps: TaskDeps): Operations {
  const { world, clock } = deps
  const running = new Map<string, RunningTask>()
  const ends = countEnds(world)
  return {
    ends,
    begin: beginBounded,
    failInterrupted,
    async run(id, call, task) {
      const { entry, work } = launchTask(deps, () => id, task)
      running.set(id, entry)
      try {
        return await settle(deps, id, endingOf(entry, call), work)
      } finally {
        running.delete(id)
      }
    },
    async drive(id, task) {
      const { entry, work } = launchTask(deps, () => id, task)
      running.set(id, entry)
      try {
        await work
      } finally {
        running.delete(id)
      }
    },
    async follow(about, call, task) {
      let id: string | null = null
      const { entry, work } = launchTask(deps, () => id, task)
      const early = await within(clock, call.windowMs ?? 0, work)
      if (early !== null) return { kind: 'done', result: early.value }
      const operation = await world.commit((tx) =>
        beginOperation(tx, {
          ...about,
          tenant: call.caller.tenant,
          remember: call.rememberOperation,
        }),
      )
      const known = operation.id
      id = known
      running.set(known, entry)
      void settle(deps, known, endingOf(entry, call), work).finally(() => running.delete(known))
      return { kind: 'operation', operation }
    },
    async cancel(id, call) {
      const operation = needOwn(world.durable, 'operation', id, call.caller)
      if (operation.verb === 'wipe') requireWipeRights(call.caller)
      checkRevision(operation, call.ifMatch)
      const entry = running.get(id)
      if (entry === undefined || entry.onCancel === null) {
        const why =
          operation.state === 'running' ? 'it cannot stop now' : `it is ${operation.state}`
        throw new DaxError('not_cancellable', `Operation ${id} cannot be cancelled: ${why}.`)
      }
      entry.cancelled = true
      entry.cancelledBy = (tx) => call.note?.(tx)
      entry.onCancel()
      await entry.ended
      await world.barrier()
      return need(world.durable, 'operation', id)
    },
    async idle() {
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}

/** Who has it cancelled is the one who ended it. */
function endingOf<T>(entry: RunningTask, call: Ending<T>): Ending<T> {
  return {
    view: call.view,
    note(tx, outcome) {
      if (entry.cancelledBy === null) call.note?.(tx, outcome)
      else entry.cancelledBy(tx)
    },
  }
}

async function settle<T>(
  { world, log }: TaskDeps,
  id: string,
  call: Ending<T>,
  task: Promise<T>,
): Promise<Ended<T>> {
  const finish = (outcome: Partial<OperationRecord>): Promise<void> =>
    world.commit((tx) => {
      finishOperation(tx, id, outcome)
      call.note?.(tx, outcome.state === 'succeeded' ? 'done' : 'undone')
    })
  try {
    const result = await task
    const { progress } = need(world.working, 'operation', id)
    await finish({
      state: 'succeeded',
      result: call.view(result),
      progress: { done: progress.total, total: progress.total },
    })
    return { result }
  } catch (cause) {
    const error = asDaxError(cause)
    if (error !== cause) log.error({ err: cause, operation: id }, 'operation hit a defect')
    const state = error.code === 'cancelled' ? 'cancelled' : 'failed'
    await finish({ state, problem: asStoredProblem(error) }).catch((err: unknown) => {
      log.error({ err, operation: id }, 'the end of an operation was not recorded')
    })
    return { error }
  }
}
