import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  deviceParams,
  dryRunQuery,
  emptyQuery,
  type HandleListQuery,
  handleCreate,
  handleListQuery,
  handlePage,
  handleParams,
  handleView as handleSchema,
  noContent,
  postHeaders,
  withContract,
} from '../schemas/index.ts'
import type { HandleRecord } from '../src/core/model.ts'
import { registerCollection } from './collection.ts'
import { type AnswerSpec, gone, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { handleView } from './views.ts'

const tags: ['handles'] = ['handles']

const opened: AnswerSpec<HandleRecord> = {
  status: () => 201,
  view: handleView,
  headers: (handle) => objectHeaders(handle.revision, `/v1/handles/${handle.id}`),
}

function picks(query: HandleListQuery): (handle: HandleRecord) => boolean {
  return ({ chardev, holder, lease }) =>
    (query.chardev === undefined || query.chardev === chardev) &&
    (query.holder === undefined || query.holder === holder) &&
    (query.lease === undefined || query.lease === lease)
}

/** Handles: opening devices and closing what was opened. */
export function handleRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerReads(app, deps)
    registerChanges(app, deps)
  }
}

function registerReads(app: ZodApp, { services }: RouteDeps): void {
  const { world } = services
  const { durable } = world
  registerCollection(app, durable, {
    kind: 'handle',
    path: '/v1/handles',
    tag: 'handles',
    listSummary: 'List the handles',
    oneSummary: 'One handle',
    query: handleListQuery,
    page: handlePage,
    params: handleParams,
    schema: handleSchema,
    picks,
    view: handleView,
  })
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { broker } = services
  app.post(
    '/v1/devices/:chardev/handles',
    {
      config: { isFrequent: true },
      schema: withContract({
        summary: 'Open a device',
        tags,
        headers: postHeaders,
        params: deviceParams,
        querystring: dryRunQuery,
        body: handleCreate,
        response: { 200: handleSchema, 201: handleSchema },
      }),
    },
    async (request, reply) => {
      const { chardev } = request.params
      if (request.query.dry_run === true) {
        return responder.dryRun(reply, () =>
          broker.rehearseOpen(chardev, request.body, request.principal, handleView),
        )
      }
      return responder.answer(request, reply, opened, (call) =>
        broker.open(chardev, request.body, call),
      )
    },
  )
  app.delete(
    '/v1/handles/:id',
    {
      config: { isFrequent: true },
      schema: withContract({
        summary: 'Close a handle; mappings made through it stay',
        tags,
        headers: changeHeaders,
        params: handleParams,
        querystring: emptyQuery,
        response: { 204: noContent },
      }),
    },
    async (request, reply) =>
      responder.answer(request, reply, gone, (call) => broker.close(request.params.id, call)),
  )
}
