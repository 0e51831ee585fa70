const FIRST_MS = 100
const MAX_MS = 10_000

/** Pauses between attempts, milliseconds. */
export interface Backoff {
  next(): number
  /** After a success: the next pause is short again. */
  reset(): void
}

/** Doubling pauses, half of each drawn: nodes that lost a server together come back apart. */
export function createBackoff(maxMs: number = MAX_MS): Backoff {
  let pauseMs = FIRST_MS
  return {
    next() {
      const drawnMs = pauseMs / 2 + (Math.random() * pauseMs) / 2
      pauseMs = Math.min(pauseMs * 2, maxMs)
      return drawnMs
    },
    reset() {
      pauseMs = FIRST_MS
    },
  }
}
