/** Work that outlasts its call: the operation that daxd answers is awaited, unless told not to. */
import type { AnyOptions, Call, Caller } from './caller.ts'
import { DaxdError, OperationTimeoutError } from './errors.ts'
import type { CallOptions, FollowOptions } from './options.ts'
import { pause } from './pause.ts'
import { route } from './url.ts'
import type { OperationView } from './wire.ts'

const LOOK_FIRST_MS = 50
const LOOK_MAX_MS = 1_000
const WAIT_TIMEOUT_MS = 3_600_000

/** How to wait for an operation. */
export type WaitOptions = CallOptions & Pick<FollowOptions, 'onProgress' | 'waitTimeoutMs'>

/** A call with `wait: false` may answer the operation instead of its result. */
export type Unawaited = { readonly wait: false }

/** True for what a call with `wait: false` answers while its work goes on. */
export function isOperation(answer: unknown): answer is OperationView {
  return typeof answer === 'object' && answer !== null && 'verb' in answer && 'progress' in answer
}

/** Makes a call and answers its result, or with `wait: false` perhaps its operation. */
export async function follow<T>(caller: Caller, call: Call, options: AnyOptions = {}): Promise<T> {
  const { status, body } = await caller.answer(call, options)
  if (status !== 202 || options.wait === false) return body as T
  return (await settled(caller, body as OperationView, options)) as T
}

/**
 * Waits for the end of an operation and answers its result, what the call itself would have
 * answered.
 * @throws DaxdError with the operation's problem when it fails or is cancelled,
 * OperationTimeoutError when it is not over in time; it goes on then.
 */
export async function settled(
  caller: Caller,
  first: OperationView,
  options: WaitOptions = {},
): Promise<unknown> {
  const { onProgress, signal, headers, timeoutMs, waitTimeoutMs = WAIT_TIMEOUT_MS } = options
  const path = route`/v1/operations/${first.id}`
  const began = performance.now()
  let operation = first
  onProgress?.(operation)
  for (let lookMs = LOOK_FIRST_MS; ; lookMs = Math.min(lookMs * 2, LOOK_MAX_MS)) {
    if (isOver(operation)) return resultOf(operation)
    const waitedMs = performance.now() - began
    if (waitedMs >= waitTimeoutMs) throw new OperationTimeoutError(operation, waitedMs)
    await pause(Math.min(lookMs, waitTimeoutMs - waitedMs), signal)
    const before = operation.revision
    operation = await caller.call({ method: 'GET', path }, { signal, headers, timeoutMs })
    const hasMoved = operation.revision !== before || operation.state === 'running'
    if (hasMoved) onProgress?.(operation)
  }
}

function isOver({ state }: OperationView): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

function resultOf(operation: OperationView): unknown {
  if (operation.state === 'succeeded') return operation.result ?? undefined
  if (operation.problem !== null) throw new DaxdError(operation.problem, operation)
  throw new Error(`Operation ${operation.id} is ${operation.state} and does not say why`)
}
