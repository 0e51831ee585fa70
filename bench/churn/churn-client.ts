import type { Random } from '../rows/random.ts'
import type { Caller } from './caller.ts'

/** What the clients of a churn share: its choices, and the books of what was done. */
export interface Churn {
  readonly random: Random
  readonly tally: Tally
}

/** What was done: operations by what they were, and the waits of single calls. */
export interface Tally {
  operations: number
  readonly kinds: Map<string, number>
  /** Waits of single map and unmap calls since the last sample, ms. */
  readonly waitsMs: number[]
}

export function createTally(): Tally {
  return { operations: 0, kinds: new Map(), waitsMs: [] }
}

/** Counts operations that were answered. */
export function count(tally: Tally, kind: string, operations = 1): void {
  tally.operations += operations
  tally.kinds.set(kind, (tally.kinds.get(kind) ?? 0) + operations)
}

/** One that takes turns; what it holds beyond a turn is let go by `rest`. */
export interface ChurnClient {
  readonly name: string
  /** Rest between turns, so that the many kinds of calls go beside the batches. */
  readonly pauseMs: number
  /** @throws Error for any answer that is not the expected one. */
  turn(caller: Caller): Promise<void>
  /** Lets go of all that comes and goes: afterwards there is what there was at first. */
  rest(caller: Caller): Promise<void>
}
