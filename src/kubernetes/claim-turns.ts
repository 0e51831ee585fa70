/** Works that may wait for one claim; a kubelet has one or two under way. */
const WAITING_MAX = 16

/** Works on the same claim, one after the other in the order of the calls. */
export interface ClaimTurns {
  /** @throws Error at once when too many wait for the same claim already. */
  take<T>(uid: string, work: () => Promise<T>): Promise<T>
}

/** Turns that nobody has taken yet. */
export function createClaimTurns(): ClaimTurns {
  const queues = new Map<string, { tail: Promise<unknown>; length: number }>()
  return {
    async take(uid, work) {
      const queue = queues.get(uid) ?? { tail: Promise.resolve(), length: 0 }
      if (queue.length >= WAITING_MAX) {
        throw new Error(`${queue.length} calls wait for claim ${uid} already`)
      }
      queues.set(uid, queue)
      queue.length += 1
      // The next one runs whatever became of this one.
      const done = queue.tail.then(work, work)
      queue.tail = done.catch(() => undefined)
      try {
        return await done
      } finally {
        queue.length -= 1
        if (queue.length === 0) queues.delete(uid)
      }
    },
  }
}
