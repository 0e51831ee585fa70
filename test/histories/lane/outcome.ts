import { DONE } from '../checker/history.ts'
import type { LaneAnswer } from './calls.ts'
import type { LaneState, Revision } from './state.ts'

/** One way for a call to go on. */
export interface Outcome {
  /** Null for an inner moment, which nobody is told of. */
  readonly answer: LaneAnswer | null
  /** A change is told at a new revision; what is no change may still teach an old one. */
  readonly isChange: boolean
  readonly phase: number
  next(revision: Revision): LaneState
}

export function changed(answer: LaneAnswer, next: (revision: Revision) => LaneState): Outcome {
  return { answer, isChange: true, phase: DONE, next }
}

export function shown(state: LaneState, answer: LaneAnswer): Outcome {
  return { answer, isChange: false, phase: DONE, next: () => state }
}

export function refused(state: LaneState, code: string): Outcome {
  return shown(state, { code })
}

type Learn = (state: LaneState, revision: number) => LaneState

/** An answer with a revision, which is learnt if none had told it before. */
export function told(state: LaneState, answer: LaneAnswer, known: Revision, learn: Learn): Outcome {
  return {
    answer: { ...answer, revision: known as number },
    isChange: false,
    phase: DONE,
    next: (revision) => (known !== null || revision === null ? state : learn(state, revision)),
  }
}

export const learnDevice: Learn = (state, revision) => ({ ...state, revision })

export function learnClaim(name: string): Learn {
  return (state, revision) => ({
    ...state,
    claims: { ...state.claims, [name]: { ...state.claims[name]!, revision } },
  })
}
