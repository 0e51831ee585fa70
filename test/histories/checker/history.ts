/** What clients saw: calls, answers and when; nothing of how the service works. */

/** One call of one client. Instants are of one clock, milliseconds. */
export interface Operation<C, A> {
  readonly id: number
  readonly client: number
  readonly call: C
  /** Before the first byte was sent. */
  readonly begin: number
  /** After the last byte of the answer came; Infinity when none ever came. */
  readonly end: number
  /** Null when it is not known: the call may have happened, may happen yet, or never. */
  readonly answer: A | null
}

/** The operation has had all its effect. */
export const DONE = -1

/** One way in which an operation can go on. */
export interface Move<S> {
  readonly state: S
  /** The operation's next inner moment, or {@link DONE}. */
  readonly phase: number
}

/** What may happen next, or in a sentence why the answer cannot be. */
export type Step<S> = { readonly moves: readonly Move<S>[] } | { readonly why: string }

/**
 * What one object may do, one call after the other. A call takes effect in one or more inner
 * moments between its begin and its end; a move that changes nothing gives back the very state.
 */
export interface Specification<S, C, A> {
  /** Equal for equal states. */
  key(state: S): string
  step(state: S, operation: Operation<C, A>, phase: number): Step<S>
  /** What can happen by itself up to an instant: a lease's end. Never goes in circles. */
  drift(state: S, until: number): readonly S[]
}

/** The parts of a history that different objects made, each to be judged by itself. */
export function partition<C, A>(
  operations: readonly Operation<C, A>[],
  objectOf: (call: C) => string,
): ReadonlyMap<string, readonly Operation<C, A>[]> {
  return Map.groupBy(operations, ({ call }) => objectOf(call))
}

/**
 * The history as it was known at an instant: what had not ended is unknown. A history that can be
 * explained can be explained at every instant.
 */
export function knownAt<C, A>(
  operations: readonly Operation<C, A>[],
  instant: number,
): Operation<C, A>[] {
  return operations
    .filter(({ begin }) => begin <= instant)
    .map((one) =>
      one.end <= instant ? one : { ...one, end: Number.POSITIVE_INFINITY, answer: null },
    )
}
