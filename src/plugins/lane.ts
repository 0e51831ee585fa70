import type { QueueFigures } from '../core/queue-figures.ts'

/** Work that a few do at a time, the others waiting in the order they came. */
export interface Lane {
  /**
   * Calls `go` at once or when a place is free. The result gives the place back, or leaves the
   * line; null, and counted as a refusal, when the line is full.
   */
  enter(go: () => void): (() => void) | null
  /** Of those that wait; the ones at work are not among them. */
  figures(): QueueFigures
}

/** A lane in which nobody is at work. */
export function createLane(name: string, width: number, waitingMax: number): Lane {
  const waiting = new Set<() => void>()
  let working = 0
  let refused = 0

  function start(turn: () => void): void {
    working += 1
    // A turn of its own: those who wait for none come in between two of them.
    setImmediate(turn)
  }

  function startNext(): void {
    const [next] = waiting
    if (next === undefined || working >= width) return
    waiting.delete(next)
    start(next)
  }

  return {
    enter(go) {
      if (working >= width && waiting.size >= waitingMax) {
        refused += 1
        return null
      }
      let hasLeft = false
      const turn = (): void => {
        if (!hasLeft) go()
      }
      if (working < width) start(turn)
      else waiting.add(turn)
      return () => {
        if (hasLeft) return
        hasLeft = true
        if (waiting.delete(turn)) return
        working -= 1
        startNext()
      }
    },
    figures: () => ({ name, length: waiting.size, limit: waitingMax, refused }),
  }
}
