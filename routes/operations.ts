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
import { need } from '../src/services/lookup.ts'
import { pageOf } from './pages.ts'
import { gone, objectHeaders } from './respond.ts'
import type { RouteDeps } from './route-deps.ts'
import { operationView } from './views.ts'

const tags: ['operations'] = ['operations']

/** Operations: long work, watched and cancelled. */
export function operationRoutes({ services, responder }: RouteDeps): FastifyPluginAsyncZod {
  const { world, operations } = services
  const { durable } = world
  return async (app) => {
    app.get(
      '/v1/operations',
      {
        schema: withContract({
          summary: 'List the operations',
          tags,
          querystring: operationListQuery,
          response: { 200: operationPage },
        }),
      },
      async ({ query }) =>
        pageOf(
          durable,
          'operation',
          query,
          ({ state }) => query.state === undefined || query.state === state,
          operationView,
        ),
    )
    app.get(
      '/v1/operations/:id',
      {
        schema: withContract({
          summary: 'One operation',
          tags,
          params: operationParams,
          querystring: emptyQuery,
          response: { 200: operationSchema },
        }),
      },
      async ({ params }, reply) => {
        const operation = need(durable, 'operation', params.id)
        return reply.headers(objectHeaders(operation.revision)).send(operationView(operation))
      },
    )
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
