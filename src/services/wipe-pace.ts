import { type Bytes, bytes, GIB, MIB } from '../core/units.ts'

/** What is wiped in one turn of a region's queue at most: about a second of a memory's time. */
const WIPE_PIECE_MAX = bytes(GIB)

/** No rate makes the pieces smaller: each has a price of its own. */
const WIPE_PIECE_MIN = MIB

/** How fast memory may be wiped, by all wipes together. */
export interface WipePace {
  /** What is wiped at once. */
  readonly piece: Bytes
  /** Plans so many bytes at the instant `nowMs`; they may be begun after so many milliseconds. */
  reserve(plannedBytes: number, nowMs: number): number
}

/** The pace that keeps to a rate in bytes a second, or to none: a piece is a second's worth. */
export function createWipePace(rate: Bytes | null): WipePace {
  if (rate === null) return { piece: WIPE_PIECE_MAX, reserve: () => 0 }
  const whole = Math.floor(rate / WIPE_PIECE_MIN) * WIPE_PIECE_MIN
  let readyAt = Number.NEGATIVE_INFINITY
  return {
    piece: bytes(Math.min(Math.max(whole, WIPE_PIECE_MIN), WIPE_PIECE_MAX)),
    reserve(plannedBytes, nowMs) {
      const beginAt = Math.max(nowMs, readyAt)
      readyAt = beginAt + (plannedBytes / rate) * 1000
      return beginAt - nowMs
    },
  }
}
