/**
 * Expected failures. One closed table gives each stable code its errno (the kernel's name), its
 * HTTP status and its title; nothing else in the house decides a status. `api.md` fixes the
 * status by errno; a row only names its own where HTTP has a finer one.
 */
import { CODES, type Errno, type ErrorCode, STATUS_BY_ERRNO } from './error-codes.ts'

export type { Errno, ErrorCode } from './error-codes.ts'

/** Somebody who keeps an object busy: a ledger holder or a process seen on the host. */
export type Holder =
  | {
      readonly kind: 'handle' | 'mapping'
      readonly id: string
      readonly holder: string
      /** Whose it is, for who decides what a caller is told of it; not told itself. */
      readonly tenant: string | null
      readonly chardev: string
      readonly generation: number
      readonly offset?: number
      readonly length?: number
    }
  | { readonly kind: 'process'; readonly pid: number; readonly comm: string }
  | { readonly kind: 'device' | 'namespace' | 'claim'; readonly id: string }
  /** Those of whom the caller may not know. */
  | { readonly kind: 'others'; readonly count: number }

/** What an error tells beyond its sentence; each key is a member of the problem document. */
export interface ErrorFacts {
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
  readonly holders?: readonly Holder[]
  readonly suggested_size?: number
  readonly available_size?: number
  readonly max_available_extent?: number
  readonly failed_index?: number
  readonly retry_after_s?: number
}

/** An expected failure with a code from the closed table. `detail` is one sentence for people. */
export class DaxError extends Error {
  override readonly name = 'DaxError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, detail: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
  }

  /** The errno the kernel would give, null for HTTP's own refusals. */
  get errno(): Errno | null {
    return CODES[this.code].errno
  }

  get status(): number {
    return statusOf(this.code)
  }

  get title(): string {
    return CODES[this.code].title
  }
}

/** The HTTP status of a code. */
export function statusOf(code: ErrorCode): number {
  const row: { errno: Errno | null; status?: number } = CODES[code]
  if (row.status !== undefined) return row.status
  return row.errno === null ? 500 : STATUS_BY_ERRNO[row.errno]
}
