import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { PROBLEM_CODE, pathOf } from './problem.ts'

const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** One line for each request, when it is over. */
export const requestLog = fp(
  async (app) => {
    app.addHook('onResponse', (request, reply, done) => {
      logRequest(request, reply, request.getDecorator<string | null>(PROBLEM_CODE))
      done()
    })
  },
  { name: 'daxd-request-log', fastify: '5.x', dependencies: ['daxd-problem'] },
)

/** Logs one line for a request that is answered; `code` is its problem's, null for none. */
export function logRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  code: string | null,
): void {
  request.log[levelOf(request, reply, code)](
    {
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      ...(code === null ? {} : { code }),
    },
    'request',
  )
}

/** Successful reads are many and change nothing; refusals for overload are many more. */
function levelOf(
  request: FastifyRequest,
  reply: FastifyReply,
  code: string | null,
): 'debug' | 'info' {
  if (code === 'overloaded') return 'debug'
  return READ_METHODS.has(request.method) && reply.statusCode < 400 ? 'debug' : 'info'
}
