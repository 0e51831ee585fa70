import { checkHistory } from '../checker/check.ts'
import { shrink } from '../checker/shrink.ts'
import { timelineOf } from '../checker/timeline.ts'
import { isWithoutEffect } from '../lane/calls.ts'
import { laneSpecification } from '../lane/specification.ts'
import { keyOfLane, type LaneState } from '../lane/state.ts'
import type { LaneOperation } from './lane.ts'

/** What came of judging one history. */
export interface Judgement {
  readonly configurations: number
  /** Null when it is explained. */
  readonly fault: string | null
}

/**
 * Looks for an order that explains the answers and is the one that the revisions tell. What has
 * none is shown as a small part of it, and whether the revisions alone are to blame.
 */
export function judge(
  initial: LaneState,
  operations: readonly LaneOperation[],
  specification = laneSpecification(),
): Judgement {
  const verdict = checkHistory(specification, initial, operations)
  const { configurations } = verdict
  if (verdict.kind === 'explained') return { configurations, fault: null }
  if (verdict.kind === 'undecided') return { configurations, fault: 'too hard to judge' }
  const plain = laneSpecification({ inRevisionOrder: false })
  const isOrder = checkHistory(plain, initial, operations).kind === 'explained'
  const small = shrink(specification, initial, operations, isWithoutEffect)
  const head = isOrder ? 'explained, but not in the order of the revisions:\n' : ''
  const final = checkHistory(specification, initial, small)
  return { configurations, fault: head + timelineOf(small, final, keyOfLane) }
}
