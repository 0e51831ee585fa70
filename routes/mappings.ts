import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  dryRunQuery,
  emptyQuery,
  type MappingListQuery,
  mappingCreate,
  mappingListQuery,
  mappingPage,
  mappingParams,
  mappingView as mappingSchema,
  noContent,
  postHeaders,
  translateQuery,
  translationView,
  withContract,
} from '../schemas/index.ts'
import type { MappingRecord } from '../src/core/model.ts'
import { parseSize } from '../src/core/size-text.ts'
import { registerCollection } from './collection.ts'
import { mappingRequestOf } from './inputs.ts'
import { type AnswerSpec, gone, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { mappingView } from './views.ts'

const tags: ['mappings'] = ['mappings']

const mapped: AnswerSpec<MappingRecord> = {
  status: () => 201,
  view: mappingView,
  headers: (mapping) => objectHeaders(mapping.revision, `/v1/mappings/${mapping.id}`),
}

function picks(query: MappingListQuery): (mapping: MappingRecord) => boolean {
  return ({ chardev, handle, holder, state }) =>
    (query.chardev === undefined || query.chardev === chardev) &&
    (query.handle === undefined || query.handle === handle) &&
    (query.holder === undefined || query.holder === holder) &&
    (query.state === undefined || query.state === state)
}

/** Mappings: mmap, munmap, and what a fault at an offset would do. */
export function mappingRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerReads(app, deps)
    registerChanges(app, deps)
  }
}

function registerReads(app: ZodApp, { services }: RouteDeps): void {
  const { broker, world } = services
  const { durable } = world
  registerCollection(app, durable, {
    kind: 'mapping',
    path: '/v1/mappings',
    tag: 'mappings',
    listSummary: 'List the mappings',
    oneSummary: 'One mapping',
    query: mappingListQuery,
    page: mappingPage,
    params: mappingParams,
    schema: mappingSchema,
    picks,
    view: mappingView,
  })
  app.get(
    '/v1/mappings/:id/translate',
    {
      schema: withContract({
        summary: "The fault at a byte offset from the mapping's start",
        tags,
        params: mappingParams,
        querystring: translateQuery,
        response: { 200: translationView },
      }),
    },
    async ({ params, query, principal }) => {
      const offset = parseSize(query.offset)
      const { range, ...fault } = broker.translate(params.id, offset, principal)
      const { start, size } = range
      return { ...fault, range: { start, end: start + size - 1 } }
    },
  )
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { broker } = services
  app.post(
    '/v1/mappings',
    {
      config: { isFrequent: true },
      schema: withContract({
        summary: 'Map a part of a device',
        tags,
        headers: postHeaders,
        querystring: dryRunQuery,
        body: mappingCreate,
        response: { 200: mappingSchema, 201: mappingSchema },
      }),
    },
    async (request, reply) => {
      const wanted = mappingRequestOf(request.body)
      if (request.query.dry_run === true) {
        return responder.dryRun(reply, () =>
          broker.rehearseMap(wanted, request.principal, mappingView),
        )
      }
      return responder.answer(request, reply, mapped, (call) => broker.map(wanted, call))
    },
  )
  app.delete(
    '/v1/mappings/:id',
    {
      config: { isFrequent: true },
      schema: withContract({
        summary: 'End a mapping, live or revoked: munmap',
        tags,
        headers: changeHeaders,
        params: mappingParams,
        querystring: emptyQuery,
        response: { 204: noContent },
      }),
    },
    async (request, reply) =>
      responder.answer(request, reply, gone, (call) => broker.unmap(request.params.id, call)),
  )
}
