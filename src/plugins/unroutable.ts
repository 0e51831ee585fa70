import type { FastifyReply, FastifyRequest } from 'fastify'
import { setAnswerHeaders } from './answer-headers.ts'
import { sendProblem } from './problem.ts'
import { logRequest } from './request-log.ts'

/**
 * Answers a request whose path cannot even be read (`/%zz`). It has no route, so no hook of a
 * plugin runs for it and what they do for every answer is done here.
 */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  setAnswerHeaders(request, reply)
  sendProblem(error, request, reply)
  logRequest(request, reply, 'malformed')
}
