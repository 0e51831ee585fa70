import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { daxctlExport, emptyQuery, ndctlExport, withContract } from '../schemas/index.ts'
import { daxctlRegions, ndctlRegions } from './export-views.ts'
import type { RouteDeps } from './route-deps.ts'

const tags: ['host'] = ['host']

/** The whole host in the JSON of the command-line tools; `--topology` reads it back. */
export function exportRoutes({ services }: RouteDeps): FastifyPluginAsyncZod {
  const { durable } = services.world
  return async (app) => {
    app.get(
      '/v1/export/daxctl',
      {
        schema: withContract({
          summary: 'Regions and devices as `daxctl list -RDMi` prints them',
          tags,
          querystring: emptyQuery,
          response: { 200: daxctlExport },
        }),
      },
      async () => daxctlRegions(durable),
    )
    app.get(
      '/v1/export/ndctl',
      {
        schema: withContract({
          summary: 'Static regions and their namespaces as `ndctl list -RNi` prints them',
          tags,
          querystring: emptyQuery,
          response: { 200: ndctlExport },
        }),
      },
      async () => ({ regions: ndctlRegions(durable) }),
    )
  }
}
