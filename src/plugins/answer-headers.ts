import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** Headers of every answer: whose it is, and that nobody keeps it or guesses its type. */
export const answerHeaders = fp(
  async (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      setAnswerHeaders(request, reply)
      done()
    })
  },
  { name: 'daxd-answer-headers', fastify: '5.x' },
)

/** Sets what every answer carries; also for answers that never reach the hooks. */
export function setAnswerHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'x-request-id': request.id,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
}
