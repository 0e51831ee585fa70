/** When a call is made again, and after what pause. */
import { type DaxdConnectionError, DaxdError } from './errors.ts'
import type { Answer, Method } from './transport.ts'

const PAUSE_FIRST_MS = 100
const PAUSE_MAX_MS = 5_000

/** What is left of a failed attempt; `retryAfterMs` is 0 where nothing was said. */
export interface Failure {
  readonly error: DaxdError | DaxdConnectionError
  readonly retryAfterMs: number
}

/** Whether doing it twice is the same as doing it once. */
export function isRepeatable(method: Method, headers: Readonly<Record<string, string>>): boolean {
  if (method === 'GET' || method === 'PUT' || method === 'DELETE') return true
  return headers['idempotency-key'] !== undefined
}

/**
 * True when the failure may pass and another attempt does no harm. Of daxd's own answers only
 * those that say so pass: that it is overloaded or stopping (503), or asked too often (429). What
 * cannot be repeated is tried again only when daxd has refused it unseen.
 */
export function mayRetry({ error }: Failure, repeatable: boolean): boolean {
  if (error instanceof DaxdError) {
    if (error.status === 429 || error.code === 'overloaded') return true
    return repeatable && error.status === 503
  }
  if (!repeatable) return false
  if (error.reason !== 'not_daxd') return true
  const { status } = error
  return status === 502 || status === 503 || status === 504 || status === 429
}

/** Doubling pauses, half of each drawn, so that clients that lost daxd together come back apart. */
export function pauseBefore(failure: Failure, attempts: number): number {
  const fullMs = Math.min(PAUSE_FIRST_MS * 2 ** (attempts - 1), PAUSE_MAX_MS)
  const drawnMs = fullMs / 2 + (Math.random() * fullMs) / 2
  return failure.retryAfterMs > 0 ? failure.retryAfterMs + drawnMs : drawnMs
}

/** `Retry-After` in either of its forms, as milliseconds from now; 0 where there is none. */
export function retryAfterMs({ headers }: Answer): number {
  const text = headers.get('retry-after')
  if (text === null) return 0
  const seconds = Number(text)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
