/** Time, as the services see it. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  now(): number
  /** Milliseconds since some fixed instant; never goes back. */
  monotonic(): number
  /** Calls `run` once after `delayMs`; the result cancels it. Does not keep the process alive. */
  after(delayMs: number, run: () => void): () => void
}
