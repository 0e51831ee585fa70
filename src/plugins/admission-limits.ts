/** What may be under way at once over HTTP; beyond it the answer is 503 with `Retry-After`. */
export interface AdmissionLimits {
  /** Reads whose answer is not yet sent. */
  readonly reads: number
  /** Changes whose answer is not yet sent. */
  readonly changes: number
  /** Changes that asked by `Prefer: wait` to be answered late; they hold up no others. */
  readonly waits: number
  /** A body longer than this is large: a batch, as a rule. */
  readonly largeBodyBytes: number
  /** Announced length of the large bodies that arrive, wait or are worked on. */
  readonly largeBodiesBytes: number
  /** Requests with large bodies that are worked on at a time. */
  readonly largeAtOnce: number
  /** Requests with large bodies that wait for that. */
  readonly largeWaiting: number
  /** An answer that its client has not taken for so long is cut off with the connection. */
  readonly answerTakenMs: number
}

const KIB = 1024
const MIB = 1024 * KIB

/** The limits of a daemon; ADR 0013 tells where the figures come from. */
export const ADMISSION_LIMITS: AdmissionLimits = {
  reads: 1024,
  changes: 1024,
  waits: 256,
  largeBodyBytes: 16 * KIB,
  largeBodiesBytes: 64 * MIB,
  largeAtOnce: 1,
  largeWaiting: 64,
  answerTakenMs: 60_000,
}
