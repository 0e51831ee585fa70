import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { emptyQuery, whoamiView, withContract } from '../schemas/index.ts'

/** Tells callers who they are here. */
export const whoamiRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v1/whoami',
    {
      schema: withContract({
        summary: 'Who am I here?',
        tags: ['service'],
        querystring: emptyQuery,
        response: { 200: whoamiView },
      }),
    },
    async ({ principal: { name, role, tenant, via } }) => ({ name, role, tenant, via }),
  )
}
