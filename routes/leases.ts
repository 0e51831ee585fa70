import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  dryRunQuery,
  emptyQuery,
  leaseCreate,
  leaseListQuery,
  leasePage,
  leaseParams,
  leaseRenew,
  leaseView as leaseSchema,
  noContent,
  postHeaders,
  withContract,
} from '../schemas/index.ts'
import type { LeaseRecord } from '../src/core/model.ts'
import { registerCollection } from './collection.ts'
import { type AnswerSpec, gone, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { leaseView } from './views.ts'

const tags: ['leases'] = ['leases']

const granted: AnswerSpec<LeaseRecord> = {
  status: () => 201,
  view: leaseView,
  headers: (lease) => objectHeaders(lease.revision, `/v1/leases/${lease.id}`),
}

const renewed: AnswerSpec<LeaseRecord> = {
  status: () => 200,
  view: leaseView,
  headers: (lease) => objectHeaders(lease.revision),
}

/** Leases: holders' lives, begun, renewed and ended. */
export function leaseRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerReads(app, deps)
    registerChanges(app, deps)
  }
}

function registerReads(app: ZodApp, { services }: RouteDeps): void {
  const { world } = services
  const { durable } = world
  registerCollection(app, durable, {
    kind: 'lease',
    path: '/v1/leases',
    tag: 'leases',
    listSummary: 'List the leases',
    oneSummary: 'One lease',
    query: leaseListQuery,
    page: leasePage,
    params: leaseParams,
    schema: leaseSchema,
    picks:
      (query) =>
      ({ holder }) =>
        query.holder === undefined || query.holder === holder,
    view: leaseView,
  })
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { leases } = services
  app.post(
    '/v1/leases',
    {
      schema: withContract({
        summary: "Begin a holder's life",
        tags,
        headers: postHeaders,
        querystring: dryRunQuery,
        body: leaseCreate,
        response: { 200: leaseSchema, 201: leaseSchema },
      }),
    },
    async (request, reply) => {
      const wanted = { ...request.body, tenant: request.principal.tenant }
      if (request.query.dry_run === true) {
        return responder.dryRun(reply, () => leases.rehearse(wanted, leaseView))
      }
      return responder.answer(request, reply, granted, (call) => leases.create(wanted, call))
    },
  )
  app.post(
    '/v1/leases/:id/renew',
    {
      schema: withContract({
        summary: 'Renew a lease; an expired one is 410',
        tags,
        headers: postHeaders,
        params: leaseParams,
        querystring: emptyQuery,
        body: leaseRenew,
        response: { 200: leaseSchema },
      }),
    },
    async (request, reply) =>
      responder.answer(request, reply, renewed, (call) =>
        leases.renew(request.params.id, request.body.ttl_ms, call),
      ),
  )
  app.delete(
    '/v1/leases/:id',
    {
      schema: withContract({
        summary: 'End a lease: its handles are closed and its mappings dropped',
        tags,
        headers: changeHeaders,
        params: leaseParams,
        querystring: emptyQuery,
        response: { 204: noContent },
      }),
    },
    async (request, reply) =>
      responder.answer(request, reply, gone, (call) => leases.end(request.params.id, call)),
  )
}
