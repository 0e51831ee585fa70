import { DaxError, type ErrorCode } from '../core/errors.ts'
import type { OperationRecord } from '../core/model.ts'
import { add, type Bytes, bytes } from '../core/units.ts'
import type { Backend } from '../ports/backend.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Operations } from './operations.ts'
import { asDaxError } from './problems.ts'
import type { RegionQueues } from './region-queues.ts'
import type { TaskControl } from './running-task.ts'
import type { WipePace } from './wipe-pace.ts'
import {
  failWipe,
  measureWipe,
  noteWaiting,
  succeedWipe,
  takeUpWipe,
  type WipeTarget,
} from './wipe-records.ts'
import { createStopper, type Stopper, type Stopping } from './wipe-stopper.ts'
import type { Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** How long a wipe waits before it asks again for what it could not have. */
const WIPE_RETRY_MS = 5000

/** The ledger's failures are no wipe's: it is gone on with when they are over. */
const LEFT_ALONE: readonly ErrorCode[] = ['ledger_full', 'ledger_stalled', 'ledger_failed']

/** What passes by itself, and of what the one who has asked for the wipe need not hear. */
const PASSING: readonly ErrorCode[] = ['host_hung', 'overloaded']

/** What a wipe works with; every call throws `cancelled` or `shutting_down` when it is to end. */
export interface WipeTools {
  /** Bytes that an earlier life of daxd has wiped already. */
  readonly from: number
  /**
   * Zeroes a part of a device, piece by piece, each in a turn of the region's queue, so that others
   * have theirs between. A device that is gone has nothing to be wiped.
   */
  zero(
    uid: string,
    part: WipePart,
    done: WipeDone,
    onProgress?: (doneBytes: number) => void,
  ): Promise<void>
  /** Runs work in a turn of the region's queue, again and again while it has to wait. */
  turn<T>(work: () => Promise<T>): Promise<T>
  /** The same without a turn. */
  patiently<T>(work: () => Promise<T>): Promise<T>
  /** For a transaction of a wipe whose size is not known from the start. */
  progress(tx: Transaction, progress: OperationRecord['progress']): void
  /** For the transaction that follows from the wipe: it has succeeded. */
  end(tx: Transaction): void
}

/** How far a wipe has come. */
export interface WipeDone {
  /** Bytes from the start of the part that are wiped already. */
  readonly from: number
  /** Bytes of other parts. */
  readonly before: number
}

export interface WipePart {
  readonly offset: Bytes
  readonly length: Bytes
}

/** A wipe that is due. */
export interface WipeSpec {
  readonly target: WipeTarget
  readonly region: number
  /** Whose the memory is, or was. */
  readonly tenant: string | null
  /** Bytes. */
  readonly total: number
  /** What others than the usual passing failures are waited out, too. */
  readonly waitsOut: (error: DaxError) => boolean
  readonly work: (tools: WipeTools) => Promise<void>
  /** In the transaction in which it fails or is cancelled. */
  readonly onStuck: (tx: Transaction, error: DaxError) => void
}

/** A wipe under way. */
export interface WipeJob {
  /** Resolves at its end; rejects as soon as it fails or has to wait for somebody. */
  readonly answered: Promise<void>
}

/** Wiping as tracked work: one piece at a time in each region, over restarts, at a bounded rate. */
export interface Wipes {
  /** Begins a wipe, or gives the one of the target that is under way. */
  start(spec: WipeSpec): WipeJob
  /** The wipe of a target that is under way. */
  active(target: WipeTarget): WipeJob | undefined
  /** How many bytes have been wiped since the start. */
  wipedBytes(): number
  /** Lets no more pieces begin; what is not done is gone on with at the next start. */
  stop(): void
  idle(): Promise<void>
}

export interface WipeDeps {
  readonly world: World
  readonly backend: Pick<Backend, 'wipe'>
  readonly queues: RegionQueues
  readonly clock: Clock
  readonly log: Log
  readonly operations: Pick<Operations, 'drive'>
  readonly pace: WipePace
}

/** Shared by the wipes of a daemon. */
interface Wiping extends WipeDeps, Stopping {
  /** Told of each piece that is wiped. */
  readonly onWiped: (length: number) => void
}

/** Wipes of a daemon of which none has begun. */
export function createWipes(deps: WipeDeps): Wipes {
  const jobs = new Map<string, WipeJob & { readonly done: Promise<void> }>()
  const stoppers = new Set<() => void>()
  let isStopping = false
  let wiped = 0
  const wiping: Wiping = {
    ...deps,
    isStopping: () => isStopping,
    onWiped(length) {
      wiped += length
    },
    onStop(listener) {
      stoppers.add(listener)
      return () => void stoppers.delete(listener)
    },
  }
  return {
    start(spec) {
      const key = keyOf(spec.target)
      const known = jobs.get(key)
      if (known !== undefined) return known
      const waits = Promise.withResolvers<never>()
      const done = run(wiping, spec, waits.reject).finally(() => jobs.delete(key))
      const job = { done, answered: Promise.race([done, waits.promise]) }
      // Most wipes are waited for by nobody; what came of them is in their operations.
      for (const promise of [done, waits.promise, job.answered]) promise.catch(() => undefined)
      jobs.set(key, job)
      return job
    },
    active: (target) => jobs.get(keyOf(target)),
    wipedBytes: () => wiped,
    stop() {
      isStopping = true
      for (const stop of [...stoppers]) stop()
    },
    async idle() {
      await Promise.allSettled([...jobs.values()].map(({ done }) => done))
    },
  }
}

function keyOf({ kind, id, seq }: WipeTarget): string {
  return `${kind}/${id} ${seq}`
}

/** @throws DaxError what it ended with; `shutting_down` when it is to be gone on with. */
async function run(
  wiping: Wiping,
  spec: WipeSpec,
  onWaiting: (error: DaxError) => void,
): Promise<void> {
  const { world, operations, log } = wiping
  const { target } = spec
  const { id, progress } = await world.commit((tx) => takeUpWipe(tx, spec))
  await operations.drive(id, async (control) => {
    const stopper = createStopper(wiping, control)
    const tools = toolsOf(wiping, spec, { id, from: progress.done, control, stopper, onWaiting })
    try {
      await spec.work(tools)
    } catch (cause) {
      const error = asDaxError(cause)
      log.warn({ err: cause, target, operation: id }, 'a wipe has not been finished')
      if (wiping.isStopping()) throw new DaxError('shutting_down', 'The service is stopping.')
      if (LEFT_ALONE.includes(error.code)) throw error
      await world.commit((tx) => {
        failWipe(tx, id, error)
        spec.onStuck(tx, error)
        control.noteCanceller(tx)
      })
      throw error
    } finally {
      stopper.leave()
    }
  })
}

interface Running {
  /** Of its operation. */
  readonly id: string
  readonly from: number
  readonly control: TaskControl
  readonly stopper: Stopper
  readonly onWaiting: (error: DaxError) => void
}

function toolsOf(wiping: Wiping, spec: WipeSpec, running: Running): WipeTools {
  const { world, queues, log } = wiping
  const { id, control, stopper, onWaiting, from } = running
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    let isWaiting = false
    for (;;) {
      stopper.check()
      try {
        const result = await work()
        if (isWaiting) await world.commit((tx) => noteWaiting(tx, id, null))
        return result
      } catch (cause) {
        if (!(cause instanceof DaxError)) throw cause
        stopper.check()
        const isPassing = PASSING.includes(cause.code)
        if (!isPassing && !spec.waitsOut(cause)) throw cause
        if (!isPassing) onWaiting(cause)
        if (!isWaiting) log.info({ err: cause, target: spec.target }, 'a wipe has to wait')
        isWaiting = true
        await world.commit((tx) => noteWaiting(tx, id, cause))
        await stopper.pause(WIPE_RETRY_MS)
      }
    }
  }
  const turn: WipeTools['turn'] = (work) =>
    patiently(() =>
      queues.run(spec.region, () => {
        stopper.check()
        return work()
      }),
    )
  return {
    from,
    patiently,
    turn,
    zero(uid, part, done, onProgress) {
      const tell = (doneBytes: number): void => {
        control.progress(done.before + doneBytes)
        onProgress?.(doneBytes)
      }
      return zero(wiping, { stopper, turn }, { uid, part, from: done.from, tell })
    },
    progress: (tx, progress) => measureWipe(tx, id, progress),
    end: (tx) => succeedWipe(tx, id),
  }
}

async function zero(
  { world, backend, clock, pace, onWiped }: Wiping,
  { stopper, turn }: { readonly stopper: Stopper; readonly turn: WipeTools['turn'] },
  wish: {
    readonly uid: string
    readonly part: WipePart
    readonly from: number
    readonly tell: (doneBytes: number) => void
  },
): Promise<void> {
  const { uid, part, from, tell } = wish
  for (let done = from; done < part.length; ) {
    const length = bytes(Math.min(pace.piece, part.length - done))
    const piece = { offset: add(part.offset, bytes(done)), length }
    const restMs = pace.reserve(length, clock.monotonic())
    if (restMs > 0) await stopper.pause(restMs)
    const before = done
    const isThere = await turn(async () => {
      const device = world.working.get('device', uid)
      if (device === undefined || device.life.state === 'removed') return false
      await backend.wipe(device.chardev, piece, (inPiece) => tell(before + inPiece))
      return true
    })
    if (!isThere) return
    done += length
    onWiped(length)
    tell(done)
  }
}
