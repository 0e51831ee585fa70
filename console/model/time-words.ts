/** Durations and instants as people read them. Units: milliseconds. */

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/**
 * A duration in its two largest units, with the smaller one in two digits so that a countdown does
 * not jump about: `3d 04h`, `2h 05m`, `9m 58s`, `42s`. Below a second: `0s`.
 */
export function durationWords(ms: number): string {
  const left = Math.max(0, ms)
  const part = (unitMs: number, ofMs: number): string =>
    String(Math.floor((left % ofMs) / unitMs)).padStart(2, '0')
  if (left >= DAY_MS) return `${Math.floor(left / DAY_MS)}d ${part(HOUR_MS, DAY_MS)}h`
  if (left >= HOUR_MS) return `${Math.floor(left / HOUR_MS)}h ${part(MINUTE_MS, HOUR_MS)}m`
  if (left >= MINUTE_MS) return `${Math.floor(left / MINUTE_MS)}m ${part(SECOND_MS, MINUTE_MS)}s`
  return `${Math.floor(left / SECOND_MS)}s`
}

/** The wall-clock time of an instant in the reader's own zone: `17:04:09`. */
export function clockWords(instant: string): string {
  const at = new Date(instant)
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** How long ago an instant was, in one unit: `just now`, `5 min ago`, `3 h ago`, `12 d ago`. */
export function agoWords(instant: string, nowMs: number): string {
  const ms = nowMs - Date.parse(instant)
  if (ms < 10 * SECOND_MS) return 'just now'
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s ago`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`
  return `${Math.floor(ms / DAY_MS)} d ago`
}
