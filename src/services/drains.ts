import { transition } from '../core/device.ts'
import { DaxError } from '../core/errors.ts'
import type { DeviceRecord, OperationTarget, OperationVerb } from '../core/model.ts'
import type { Call, LongCall } from './call.ts'
import type { HostDeps } from './deps.ts'
import { need } from './lookup.ts'
import type { Followed, Operations } from './operations.ts'
import { fromStoredProblem } from './problems.ts'
import { currentUsers } from './quiet.ts'
import type { TaskControl } from './running-task.ts'

/** The time a drain gets when its caller names none. */
const DRAIN_TIMEOUT_DEFAULT_MS = 60_000

/** How often a drain looks whether the last user has gone. */
const DRAIN_POLL_MS = 100

/** A device that shall drain, and the operation that it is for. */
export interface DrainSpec {
  readonly verb: OperationVerb
  readonly target: OperationTarget
  readonly device: DeviceRecord
  readonly timeoutMs: number | undefined
}

/**
 * Throws `cancelled` when the device is not in this drain any more, but enabled again: somebody has
 * disabled and enabled it meanwhile, and the users of its new generation are nobody's to disturb.
 */
export type DrainCheck = () => void

/** What ends a drain, given to the region's queue; asks the check in its turn there. */
type Finish<T> = (check: DrainCheck) => Promise<T>

/** Waiting for the last user of a device: new ones are refused, those there may finish. */
export interface Drains {
  /**
   * Lets a device drain, then runs `finish`. When the time is up, or the operation is cancelled,
   * the device is enabled again in the same generation and the operation ends so.
   */
  start<T>(spec: DrainSpec, call: LongCall<T>, finish: Finish<T>): Promise<Followed<T>>
}

/** Drains as operations: they can be watched, timed out and cancelled. */
export function createDrains(deps: HostDeps & { readonly operations: Operations }): Drains {
  const { world, clock, operations } = deps

  /** Nobody is left to wait for; nobody at all when somebody else has ended it meanwhile. */
  async function isFree(uid: string): Promise<boolean> {
    const state = world.durable.get('device', uid)?.life.state
    if (state === undefined || state === 'removed' || state === 'disabled') return true
    const { handles, mappings } = world.durable.index.references(uid)
    if (handles + mappings > 0) return false
    return (await currentUsers(deps, need(world.working, 'device', uid))).length === 0
  }

  async function drain<T>(
    spec: DrainSpec,
    { operation, call }: { readonly operation: string; readonly call: Call<T> },
    finish: Finish<T>,
    control: TaskControl,
  ): Promise<T> {
    const { uid, chardev } = spec.device
    const check = (): void => refuseOvertaken(world.working.get('device', uid), operation)
    const timeoutMs = spec.timeoutMs ?? DRAIN_TIMEOUT_DEFAULT_MS
    const deadline = clock.monotonic() + timeoutMs
    let wake: () => void = () => undefined
    control.cancellable(() => wake())
    try {
      // Before the first look for the last user: no container finds it any more.
      await deps.specs.withdrawDevice(chardev)
      for (;;) {
        control.checkCancelled()
        check()
        if (await isFree(uid)) {
          const done = await tryFinish(() => finish(check))
          if (done !== null) return done.value
        }
        if (clock.monotonic() >= deadline) {
          throw new DaxError('drain_timeout', `${chardev} was still in use after ${timeoutMs} ms.`)
        }
        await new Promise<void>((resolve) => {
          wake = resolve
          clock.after(DRAIN_POLL_MS, resolve)
        })
      }
    } catch (error) {
      await giveUp(deps, uid, operation, call)
      throw error
    }
  }

  return {
    async start(spec, call, finish) {
      const { device, verb, target } = spec
      const operation = await world.commit((tx) => {
        const current = need(tx.view, 'device', device.uid)
        const begun = operations.begin(tx, {
          verb,
          target,
          tenant: call.caller.tenant,
          total: device.size,
          deadlineMs: spec.timeoutMs ?? DRAIN_TIMEOUT_DEFAULT_MS,
          // Who waits is answered with the end, if it comes in time.
          ...(call.windowMs === null ? { remember: call.rememberOperation } : {}),
        })
        const life = transition(current.life, { type: 'drain', operation: begun.id })
        if (life !== current.life) tx.update('device', current, { life })
        call.note?.(tx, 'begun')
        return begun
      })
      const outcome = operations.run(operation.id, call, (control) =>
        drain(spec, { operation: operation.id, call }, finish, control),
      )
      if (call.windowMs === null) return { kind: 'operation', operation }
      const early = await Promise.race([outcome, pause(deps, call.windowMs)])
      if (early === null) {
        const running = need(world.durable, 'operation', operation.id)
        await world.commit((tx) => call.rememberOperation?.(tx, running))
        return { kind: 'operation', operation: running }
      }
      if ('result' in early) return { kind: 'done', result: early.result }
      const { code, message: detail, facts } = early.error
      throw fromStoredProblem({ code, detail, facts })
    },
  }
}

/** The device serves on, in the same generation. */
async function giveUp<T>(
  { world, specs }: HostDeps,
  uid: string,
  operation: string,
  call: Call<T>,
): Promise<void> {
  await world.commit((tx) => {
    call.note?.(tx, 'undone')
    const device = tx.view.get('device', uid)
    if (device === undefined || !isDrainedBy(device, operation)) return
    tx.update('device', device, { life: transition(device.life, { type: 'drain-ended' }) })
  })
  await specs.settle(uid)
}

function isDrainedBy({ life }: DeviceRecord, operation: string): boolean {
  return life.state === 'draining' && life.operation === operation
}

/** See {@link DrainCheck}; one that somebody else has disabled or removed is where it should be. */
function refuseOvertaken(device: DeviceRecord | undefined, operation: string): void {
  if (device === undefined || isDrainedBy(device, operation)) return
  const { life, chardev } = device
  if (life.state === 'disabled' || life.state === 'removed') return
  throw new DaxError('cancelled', `${chardev} was disabled and enabled again meanwhile.`)
}

function pause({ clock }: HostDeps, delayMs: number): Promise<null> {
  return new Promise((resolve) => clock.after(delayMs, () => resolve(null)))
}

/**
 * Somebody may have got in between the look and the act, or be changing the device just now: then
 * the drain simply goes on.
 */
async function tryFinish<T>(finish: () => Promise<T>): Promise<{ readonly value: T } | null> {
  try {
    return { value: await finish() }
  } catch (error) {
    if (!(error instanceof DaxError)) throw error
    if (error.code === 'busy' || error.code === 'in_transition') return null
    throw error
  }
}
