import { DONE, type Move, type Operation, type Specification } from './history.ts'

/** Configurations looked at before a history is given up as too hard to judge. */
const CONFIGURATIONS_MAX = 200_000

/** Why an operation could not come next where the search got furthest. */
export interface Obstacle {
  readonly id: number
  readonly why: string
}

export type Verdict<S> =
  | { readonly kind: 'explained'; readonly configurations: number }
  | {
      readonly kind: 'contradiction'
      readonly configurations: number
      /** Where the search got furthest: what was in order, the state then, and what was not. */
      readonly order: readonly number[]
      readonly state: S
      readonly obstacles: readonly Obstacle[]
    }
  | { readonly kind: 'undecided'; readonly configurations: number }

/**
 * Is there an order of the operations, each between its begin and its end, that the specification
 * allows? The search of Wing and Gong with the memory of Lowe: a configuration (which operations
 * have happened how far, and the state they left) is looked at once. An operation may come next
 * only if it began before the first end of those that are not done. One that fits and changes
 * nothing is taken at once, since putting it off could not help the others.
 */
export function checkHistory<S, C, A>(
  specification: Specification<S, C, A>,
  initial: S,
  operations: readonly Operation<C, A>[],
  configurationsMax = CONFIGURATIONS_MAX,
): Verdict<S> {
  const ordered = [...operations].sort((left, right) => left.end - right.end)
  const search = createSearch(specification, ordered, configurationsMax)
  const found = search.explore(
    ordered.map(() => 0),
    initial,
    [],
  )
  const configurations = search.seen.size
  if (found) return { kind: 'explained', configurations }
  if (configurations >= configurationsMax) return { kind: 'undecided', configurations }
  const { order, state, obstacles } = search.furthest ?? {
    order: [],
    state: initial,
    obstacles: [],
  }
  return { kind: 'contradiction', configurations, order, state, obstacles }
}

interface Furthest<S> {
  readonly order: readonly number[]
  readonly state: S
  readonly obstacles: readonly Obstacle[]
}

interface Search<S> {
  readonly seen: Set<string>
  furthest: Furthest<S> | null
  explore(phases: readonly number[], state: S, order: readonly number[]): boolean
}

function createSearch<S, C, A>(
  specification: Specification<S, C, A>,
  operations: readonly Operation<C, A>[],
  configurationsMax: number,
): Search<S> {
  const self: Search<S> = { seen: new Set(), furthest: null, explore }

  function explore(phases: readonly number[], state: S, order: readonly number[]): boolean {
    // Sorted by end, so the first that is not done ends first.
    const first = phases.findIndex((phase) => phase !== DONE)
    const until = operations[first]?.end ?? Number.POSITIVE_INFINITY
    if (until === Number.POSITIVE_INFINITY) return true
    const key = `${phases.join()} ${specification.key(state)}`
    if (self.seen.has(key) || self.seen.size >= configurationsMax) return false
    self.seen.add(key)
    const { free, moves, obstacles } = movesAt(phases, state, until)
    const next = free === null ? moves : [free]
    for (const { at, move } of next) {
      const done = move.phase === DONE ? [...order, operations[at]!.id] : order
      if (explore(phases.with(at, move.phase), move.state, done)) return true
    }
    if (free === null) {
      for (const drifted of specification.drift(state, until)) {
        if (explore(phases, drifted, order)) return true
      }
      note(order, state, obstacles)
    }
    return false
  }

  function movesAt(phases: readonly number[], state: S, until: number) {
    const moves: { at: number; move: Move<S> }[] = []
    const obstacles: Obstacle[] = []
    for (const [at, operation] of operations.entries()) {
      const phase = phases[at]!
      if (phase === DONE || operation.begin > until) continue
      const step = specification.step(state, operation, phase)
      if ('why' in step) {
        obstacles.push({ id: operation.id, why: step.why })
        continue
      }
      for (const move of step.moves) {
        const found = { at, move }
        if (move.state !== state || move.phase !== DONE) moves.push(found)
        // Of unknown outcome it need not happen here, and may still change something later.
        else if (operation.answer !== null) return { free: found, moves, obstacles }
      }
    }
    return { free: null, moves, obstacles }
  }

  function note(order: readonly number[], state: S, obstacles: readonly Obstacle[]): void {
    if (self.furthest !== null && self.furthest.order.length >= order.length) return
    self.furthest = { order, state, obstacles }
  }

  return self
}
