import { DaxError } from '../core/errors.ts'
import type { StoredProblem } from '../core/model.ts'

/** A failure in the form that is kept with an object. */
export function asStoredProblem(error: DaxError): StoredProblem {
  const { code, message: detail, facts } = error
  return { code, detail, facts }
}

/** The failure that was kept. */
export function fromStoredProblem({ code, detail, facts }: StoredProblem): DaxError {
  return new DaxError(code, detail, facts)
}

/** Any failure as an expected one; a defect keeps its cause for the log and hides its text. */
export function asDaxError(error: unknown): DaxError {
  if (error instanceof DaxError) return error
  return new DaxError('backend_failed', 'The change failed for an internal reason.', {}, error)
}
