import type { ExitClass } from './exit-codes.ts'
import type { Target } from './listing/find-targets.ts'
import type { Session } from './session.ts'

/** What is done to each object, in words. */
export interface EachText {
  /** As in `enabled 1 device`. */
  readonly done: string
  readonly noun: string
  /** What follows the number, as in `onlined memory for 1 device`. */
  readonly infix?: string
}

/** A refusal that the command line makes itself, because daxctl makes it. */
export interface OwnRefusal {
  readonly end: ExitClass
  readonly text: string
}

/** How one object fared: done, or why not. */
export type Outcome = 'done' | OwnRefusal

/**
 * Does something to each object and goes on after a refusal, as daxctl does; then the count is
 * told on stderr. The end is that of the first refusal.
 */
export async function eachTarget<T>(
  session: Session,
  { done, noun, infix = '' }: EachText,
  targets: readonly Target<T>[],
  act: (found: T) => Promise<Outcome>,
): Promise<ExitClass> {
  let count = 0
  let end: ExitClass | null = null
  for (const { name, found } of targets) {
    const outcome = await outcomeOf(session, { name, found, noun, act })
    if (outcome === null) count += 1
    else end ??= outcome
  }
  if (targets.length === 0) {
    session.say(`daxd: There is no such ${noun}.`)
    end = 'notFound'
  }
  session.say(`${done} ${infix}${count} ${noun}${count === 1 ? '' : 's'}`)
  return end ?? 'done'
}

interface One<T> extends Target<T> {
  readonly noun: string
  readonly act: (found: T) => Promise<Outcome>
}

/** Null when it was done. */
async function outcomeOf<T>(
  session: Session,
  { name, found, noun, act }: One<T>,
): Promise<ExitClass | null> {
  if (found === undefined) {
    session.say(`daxd: ${name}: There is no such ${noun}.`)
    return 'notFound'
  }
  try {
    const outcome = await act(found)
    if (outcome === 'done') return null
    session.say(`daxd: ${name}: ${outcome.text}`)
    return outcome.end
  } catch (error) {
    return session.refuse(error, { subject: name, name })
  }
}
