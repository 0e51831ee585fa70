import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  emptyQuery,
  noContent,
  operationListQuery,
  operationPage,
  operationParams,
  operationView as operationSchema,
  withContract,
} from '../schemas/index.ts'
import { registerCollection } from './collection.ts'
import { gone } from './respond.ts'
import type { RouteDeps } from './route-deps.ts'
import { operationView } from './views.ts'

const tags: ['operations'] = ['operations']

/** Operations: long work, watched and cancelled. */
export function operationRoutes({ services, responder }: RouteDeps): FastifyPluginAsyncZod {
  const { world, operations } = services
  const { durable } = world
  return async (app) => {
    registerCollection(app, durable, {
      kind: 'operation',
      path: '/v1/operations',
      tag: 'operations',
      listSummary: 'List the operations',
      oneSummary: 'One operation',
      query: operationListQuery,
      page: operationPage,
      params: operationParams,
      schema: operationSchema,
      picks:
        (query) =>
        ({ state }) =>
          query.state === undefined || query.state === state,
      view: operationView,
    })
    app.delete(
      '/v1/operations/:id',
      {
        schema: withContract({
          summary: 'Cancel an operation; a cancelled drain leaves the device enabled',
          tags,
          headers: changeHeaders,
          params: operationParams,
          querystring: emptyQuery,
          response: { 204: noContent },
        }),
      },
      async (request, reply) =>
        responder.answer(request, reply, gone, (call) =>
          operations.cancel(request.params.id, call),
        ),
    )
  }
}
