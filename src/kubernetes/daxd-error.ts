import type { ProblemView } from '../../schemas/problem.ts'

/**
 * A refusal of daxd's (`status` is HTTP's, `problem` what it said), or no answer from it (`status`
 * 0, `problem` null), after all repeats that were allowed.
 */
export class DaxdError extends Error {
  readonly status: number
  readonly problem: ProblemView | null

  constructor(
    told: { readonly status: number; readonly problem: ProblemView | null },
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'DaxdError'
    this.status = told.status
    this.problem = told.problem
  }
}

/** True for a refusal with one of these stable codes. */
export function isRefusal(
  error: unknown,
  ...codes: readonly ProblemView['code'][]
): error is DaxdError {
  return error instanceof DaxdError && error.problem !== null && codes.includes(error.problem.code)
}
