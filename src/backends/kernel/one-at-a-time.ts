/** Runs the works given to it one after the other, in the order of their calls. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>

/** A queue of its own; a work that fails holds up nobody. */
export function createOneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}
