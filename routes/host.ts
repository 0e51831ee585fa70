import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { emptyQuery, type HostView, hostView, withContract } from '../schemas/index.ts'

/** What this host supports; injected, so that the routes know no host. */
export function hostRoutes(examine: () => Promise<object>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/host',
      {
        schema: withContract({
          summary: "The doctor's report: what this host supports, what is missing and why",
          tags: ['host'],
          querystring: emptyQuery,
          response: { 200: hostView },
        }),
      },
      async () => (await examine()) as HostView,
    )
  }
}
