import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { problemDocument, type ToldFailure } from '../core/problem-document.ts'
import { toldTo } from '../core/told-holders.ts'
import { toDaxError } from './to-dax-error.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** What `Retry-After` says when the failure itself does not know, seconds. */
const RETRY_AFTER_DEFAULT_S = 1

/** The request decorator that the request log reads: the code of the problem answered. */
export const PROBLEM_CODE = 'problemCode'

/**
 * Answers whatever was thrown as a problem document. A defect is told as a bare 500 and logged
 * whole; a failure of the host or of the ledger is logged, too.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const instance = pathOf(request.url)
  const known = toDaxError(error)
  const expected = known === null ? null : toldTo(request.principal?.tenant ?? null, known)
  const { id: request_id } = request
  if (expected === null) request.log.error({ request_id, err: error }, 'defect')
  else if (isFailure(expected)) request.log.warn({ request_id, err: expected }, 'request failed')
  const failure: ToldFailure =
    expected === null
      ? { code: 'internal', instance }
      : { code: expected.code, detail: expected.message, facts: expected.facts, instance }
  const document = problemDocument(failure)
  if (PROBLEM_CODE in request) request.setDecorator(PROBLEM_CODE, document.code)
  if (document.status === 503 || document.status === 429) {
    reply.header('retry-after', Math.ceil(document.retry_after_s ?? RETRY_AFTER_DEFAULT_S))
  }
  // Bytes go out as they are. An object would pass the route's response schema, where a failure
  // would hide the first one, and a text would get a charset, which this media type has not.
  reply
    .code(document.status)
    .type(PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify(document)))
}

/**
 * What an operator should look at; a 501 or a full region is the caller's to know. Refusals for
 * overload are counted in the metrics: a line for each would make the overload worse.
 */
function isFailure({ code, status }: DaxError): boolean {
  if (code === 'overloaded') return false
  return status === 502 || status === 503 || code === 'ledger_full'
}

/** The path of a request target, without its query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}

/** Errors as RFC 9457 problem documents. */
export const problem = fp(
  async (app) => {
    app.decorateRequest(PROBLEM_CODE, null)
    app.setErrorHandler(sendProblem)
    app.setNotFoundHandler(() => {
      throw new DaxError('no_route', 'There is nothing at this path.')
    })
  },
  { name: 'daxd-problem', fastify: '5.x' },
)
