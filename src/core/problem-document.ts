import { CODES, type Errno, type ErrorCode } from './error-codes.ts'
import { type ErrorFacts, statusOf } from './errors.ts'

/** RFC 9457, with the members that `api.md` adds. */
export interface ProblemDocument extends ErrorFacts {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly instance?: string
  readonly code: ErrorCode
  readonly errno?: Errno
}

/** A failure as it is told: of a request, or kept with the object it happened to. */
export interface ToldFailure {
  readonly code: ErrorCode
  readonly detail?: string
  readonly facts?: ErrorFacts
  /** The path of the request, without its query. */
  readonly instance?: string
}

/** The problem document of a failure. */
export function problemDocument(failure: ToldFailure): ProblemDocument {
  const { code, detail, facts, instance } = failure
  const row: { readonly errno: Errno | null; readonly title: string } = CODES[code]
  return {
    type: `urn:daxd:error:${code}`,
    title: row.title,
    status: statusOf(code),
    ...(detail === undefined ? {} : { detail }),
    ...(instance === undefined ? {} : { instance }),
    code,
    ...(row.errno === null ? {} : { errno: row.errno }),
    ...facts,
  }
}
