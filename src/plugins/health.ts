import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { emptyQuery } from '../../schemas/common.ts'
import { withContract } from '../../schemas/contract.ts'
import { liveView, readyView } from '../../schemas/health.ts'

export const LIVE_PATH = '/livez'
export const READY_PATH = '/readyz'

/** Whether mutations can be served, and if not, why. */
export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
}

/** Liveness and readiness, for whoever restarts or routes. */
export const health: FastifyPluginAsyncZod<{ readonly ready: () => Readiness }> = async (
  app,
  { ready },
) => {
  app.get(
    LIVE_PATH,
    {
      schema: withContract({
        summary: 'Is the process alive?',
        tags: ['service'],
        querystring: emptyQuery,
        response: { 200: liveView },
      }),
    },
    async () => ({ status: 'ok' as const }),
  )
  app.get(
    READY_PATH,
    {
      schema: withContract({
        summary: 'Can it serve mutations?',
        tags: ['service'],
        querystring: emptyQuery,
        response: { 200: readyView, 503: readyView },
      }),
    },
    async (_request, reply) => {
      const { ready: isReady, reasons } = ready()
      return reply.code(isReady ? 200 : 503).send({ ready: isReady, reasons: [...reasons] })
    },
  )
}
