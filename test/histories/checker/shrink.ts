import { checkHistory } from './check.ts'
import { knownAt, type Operation, type Specification } from './history.ts'

/**
 * A small part of a history that still cannot be explained. Only steps that a true history
 * survives: it is cut off at an instant, answers are forgotten, and calls that cannot have had an
 * effect (reads and refused ones) are left out.
 */
export function shrink<S, C, A>(
  specification: Specification<S, C, A>,
  initial: S,
  operations: readonly Operation<C, A>[],
  isWithoutEffect: (operation: Operation<C, A>) => boolean,
): readonly Operation<C, A>[] {
  const fails = (part: readonly Operation<C, A>[]): boolean =>
    checkHistory(specification, initial, part).kind === 'contradiction'
  let small = shortestPrefix(operations, fails)
  for (const { id } of [...small].reverse()) {
    const one = small.find((other) => other.id === id)!
    const without = small.filter((other) => other.id !== id)
    if (isWithoutEffect(one)) {
      if (fails(without)) small = without
      continue
    }
    if (one.answer === null) continue
    const forgotten = { ...one, end: Number.POSITIVE_INFINITY, answer: null }
    const vague = small.map((other) => (other.id === id ? forgotten : other))
    if (fails(vague)) small = vague
  }
  return small
}

function shortestPrefix<C, A>(
  operations: readonly Operation<C, A>[],
  fails: (part: readonly Operation<C, A>[]) => boolean,
): readonly Operation<C, A>[] {
  const ends = operations.map(({ end }) => end).filter(Number.isFinite)
  for (const instant of ends.sort((left, right) => left - right)) {
    const part = knownAt(operations, instant)
    if (fails(part)) return part
  }
  return operations
}
