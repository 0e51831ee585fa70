/** Runs what it is given one after another, in the order of the calls; failures stay apart. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>

/** A queue of its own, empty at first. */
export function createOneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const run = last.then(work)
    last = run.catch(() => undefined)
    return run
  }
}
