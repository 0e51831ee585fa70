import { bornDisabled, transition } from '../../../src/core/device.ts'
import { DONE } from '../checker/history.ts'
import { chooseCall, type Known } from '../record/choose.ts'
import type { LaneOperation } from '../record/lane.ts'
import type { LaneAnswer, LaneCall } from './calls.ts'
import { outcomesOf } from './outcomes.ts'
import { emptyLane, LANE_SIZE, type LaneState } from './state.ts'

/** A history that is right by its making: it came from one call after the other. */
export interface MadeHistory {
  readonly initial: LaneState
  readonly operations: readonly LaneOperation[]
}

const CLIENTS = 3
/** Each call has its effect at a whole number; overlaps reach beyond it on both sides. */
const STEP_MS = 1000

/**
 * Calls one after the other, answered by the specification, and then stretched: up to `overlap`
 * neighbours take place at the same time. With an overlap of 0 none does.
 */
export function makeHistory(random: () => number, length: number, overlap: number): MadeHistory {
  const born = bornDisabled(0)
  const life = transition(born, { type: 'enable', generation: 1, size: LANE_SIZE })
  const initial = emptyLane(life, 1)
  const known: Known = { handles: [], mappings: [], leases: [] }
  const operations: LaneOperation[] = []
  let state: LaneState = initial
  for (let id = 0; id < length; id += 1) {
    const at = (id + 1) * STEP_MS
    // Leases that last; the time of the others is no part of what was made.
    const call = lasting(chooseCall(random, known, `n-${id}`))
    const made = runAlone(state, { id, client: 0, call, begin: at, end: at, answer: null })
    state = made.state
    learn(known, call, made.answer)
    operations.push({ id, client: 0, call, begin: at, end: at, answer: made.answer })
  }
  return { initial, operations: stretched(random, operations, overlap) }
}

function lasting(call: LaneCall): LaneCall {
  return 'ttl_ms' in call ? { ...call, ttl_ms: 1e9 } : call
}

function runAlone(
  before: LaneState,
  operation: LaneOperation,
): { readonly state: LaneState; readonly answer: LaneAnswer } {
  let state = before
  let phase = 0
  const revision = before.newest + 1
  for (;;) {
    // The first is what happens when all is well.
    const [outcome] = outcomesOf(state, operation, phase)
    if (outcome === undefined) throw new Error(`${operation.call.type} cannot go on`)
    phase = outcome.phase
    if (phase !== DONE || outcome.answer === null) {
      state = outcome.next(null)
      continue
    }
    if (!outcome.isChange) return { state, answer: outcome.answer }
    const next = { ...outcome.next(revision), newest: revision }
    return { state: next, answer: { ...outcome.answer, revision } }
  }
}

function learn(known: Known, call: LaneCall, answer: LaneAnswer): void {
  if ('code' in answer) return
  if (call.type === 'open') known.handles.push(call.key)
  if (call.type === 'map') known.mappings.push(call.key)
  if (call.type === 'lease') known.leases.push(call.key)
}

/** Each call begins earlier and ends later, on the first client that is free. */
function stretched(
  random: () => number,
  operations: readonly LaneOperation[],
  overlap: number,
): LaneOperation[] {
  const freeFrom = Array.from({ length: CLIENTS }, () => 0)
  return operations.map((operation, at) => {
    const client = at % CLIENTS
    const reach = (): number => random() * overlap * STEP_MS
    const begin = Math.max(freeFrom[client]!, operation.begin - reach())
    const untilNext = (at + CLIENTS + 1) * STEP_MS - 1
    const end = Math.min(operation.end + reach(), untilNext)
    freeFrom[client] = end
    return { ...operation, client, begin, end }
  })
}
