/** A promise of our own code was broken: a defect, never the caller's fault. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
}

/** Throws {@link InvariantViolation} unless `condition` holds; `evidence` goes into the message. */
export function invariant(
  condition: unknown,
  promise: string,
  evidence?: unknown,
): asserts condition {
  if (condition) return
  const shown = evidence === undefined ? '' : ` (${JSON.stringify(evidence)})`
  throw new InvariantViolation(`${promise}${shown}`)
}

/** Ends a switch over a union: the compiler refuses the call while a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable case: ${JSON.stringify(value)}`)
}
