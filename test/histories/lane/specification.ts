import {
  DONE,
  type Move,
  type Operation,
  type Specification,
  type Step,
} from '../checker/history.ts'
import type { LaneAnswer, LaneCall } from './calls.ts'
import type { Outcome } from './outcome.ts'
import { outcomesOf } from './outcomes.ts'
import { endLease, keyOfLane, type LaneState } from './state.ts'

type LaneOperation = Operation<LaneCall, LaneAnswer>
export type LaneSpecification = Specification<LaneState, LaneCall, LaneAnswer>
export type OutcomesOf = typeof outcomesOf

/**
 * A lane's rules for the checker. With `inRevisionOrder` the order must be the one that the
 * revisions tell, too: each change is answered with a higher one than every change before it.
 */
export function laneSpecification(
  options: { readonly inRevisionOrder: boolean; readonly outcomes?: OutcomesOf } = {
    inRevisionOrder: true,
  },
): LaneSpecification {
  const { inRevisionOrder, outcomes = outcomesOf } = options
  return {
    key: keyOfLane,
    step: (state, operation, phase) =>
      stepOf(state, operation, outcomes(state, operation, phase), inRevisionOrder),
    drift: driftOf,
  }
}

function stepOf(
  state: LaneState,
  operation: LaneOperation,
  outcomes: readonly Outcome[],
  inRevisionOrder: boolean,
): Step<LaneState> {
  const moves: Move<LaneState>[] = []
  const whys: string[] = []
  for (const outcome of outcomes) {
    const why = misfit(state, operation, outcome, inRevisionOrder)
    if (why === null) moves.push(moveOf(operation, outcome))
    else whys.push(why)
  }
  if (moves.length > 0) return { moves }
  return { why: whys.join('; or ') || 'another change of the device is under way' }
}

function misfit(
  { newest }: LaneState,
  { answer }: LaneOperation,
  outcome: Outcome,
  inRevisionOrder: boolean,
): string | null {
  if (answer === null || outcome.answer === null) return null
  const difference = differenceOf(outcome.answer, answer, '')
  if (difference !== null) return difference
  const { revision } = answer as { revision?: number }
  if (!inRevisionOrder || !outcome.isChange || revision === undefined) return null
  if (revision > newest) return null
  return `revision ${revision} is told after ${newest} though it is a later change`
}

function moveOf({ answer }: LaneOperation, outcome: Outcome): Move<LaneState> {
  const { phase } = outcome
  if (answer === null) return { state: outcome.next(null), phase }
  const revision = (answer as { revision?: number }).revision ?? null
  const next = outcome.next(outcome.answer === null ? null : revision)
  const isTold = phase === DONE && outcome.isChange && revision !== null
  return { state: isTold ? { ...next, newest: Math.max(next.newest, revision) } : next, phase }
}

/**
 * How what was answered differs from what had to be; null when it does not. A revision that no
 * answer has told yet is any, and what is expected without one may have one.
 */
function differenceOf(expected: unknown, given: unknown, path: string): string | null {
  if (!isTable(expected) || !isTable(given)) {
    if (expected === given) return null
    return `${path} is ${JSON.stringify(given)}, not ${JSON.stringify(expected)}`
  }
  if ('code' in expected !== 'code' in given) {
    return `${JSON.stringify(given)} was answered, not ${JSON.stringify(expected)}`
  }
  for (const name of new Set([...Object.keys(expected), ...Object.keys(given)])) {
    if (name === 'revision' && (expected[name] === undefined || expected[name] === null)) continue
    const where = path === '' ? name : `${path}.${name}`
    const difference = differenceOf(expected[name], given[name], where)
    if (difference !== null) return difference
  }
  return null
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object'
}

/** Time goes by: a lease's time is up, and later it ends. */
function driftOf(state: LaneState, until: number): readonly LaneState[] {
  return Object.entries(state.leases).flatMap(([key, lease]) => {
    if (lease.over) return [endLease(state, key, 'expired')]
    if (lease.notBefore > until) return []
    return [{ ...state, leases: { ...state.leases, [key]: { ...lease, over: true } } }]
  })
}
