/**
 * Works on the same key, one after the other in the order of the calls. Each runs when the one
 * before has ended, well or badly, so that of many that wait for a failed one only the first tries
 * again and the others see what came of it.
 */
export interface Turns {
  take<T>(key: string, work: () => Promise<T>): Promise<T>
}

/** Turns that nobody has taken yet. */
export function createTurns(): Turns {
  const tails = new Map<string, Promise<void>>()
  return {
    async take(key, work) {
      const done = (tails.get(key) ?? Promise.resolve()).then(work)
      const tail = done.then(ignore, ignore)
      tails.set(key, tail)
      try {
        return await done
      } finally {
        if (tails.get(key) === tail) tails.delete(key)
      }
    },
  }
}

function ignore(): void {}
