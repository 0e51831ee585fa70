import { DaxdConnectionError, DaxdError } from './errors.ts'
import type { Answer, Outgoing } from './transport.ts'
import type { ProblemView } from './wire.ts'

/** The error that an answer of 300 or more stands for: daxd redirects nobody. */
export function refusalOf(answer: Answer, outgoing: Outgoing): DaxdError | DaxdConnectionError {
  const problem = problemOf(answer)
  return problem === null ? notDaxd(answer.status, outgoing) : new DaxdError(problem)
}

/** What something in daxd's place has answered, a proxy say. */
export function notDaxd(status: number, { method, url }: Outgoing): DaxdConnectionError {
  const text = `HTTP ${status} from something that is not daxd: ${method} ${url}`
  return new DaxdConnectionError('not_daxd', text, { status })
}

function problemOf({ body }: Answer): ProblemView | null {
  if (typeof body !== 'object' || body === null) return null
  const isProblem = 'code' in body && 'status' in body && 'title' in body && 'type' in body
  return isProblem ? (body as ProblemView) : null
}
