import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  type ClaimListQuery,
  changeHeaders,
  claimListQuery,
  claimPage,
  claimParams,
  claimPut,
  claimPutParams,
  claimRemovalQuery,
  claimView as claimSchema,
  dryRunQuery,
  operationView as operationSchema,
  releaseView,
  withContract,
} from '../schemas/index.ts'
import type { ClaimRecord } from '../src/core/model.ts'
import type { Made } from '../src/services/namespaces.ts'
import { registerCollection } from './collection.ts'
import { claimRequestOf, removalOf } from './inputs.ts'
import { releaseSpec } from './releases.ts'
import { type AnswerSpec, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { claimView } from './views.ts'

const tags: ['claims'] = ['claims']

const made: AnswerSpec<Made<ClaimRecord>> = {
  status: ({ created }) => (created ? 201 : 200),
  view: ({ record }, state) => claimView(record, state),
  headers: ({ record, created }) =>
    objectHeaders(record.revision, created ? `/v1/claims/${record.name}` : undefined),
}

function picks(query: ClaimListQuery): (claim: ClaimRecord) => boolean {
  return ({ request, state }) =>
    (query.holder === undefined || query.holder === request.holder) &&
    (query.state === undefined || query.state === state)
}

/** Claims: everything a container platform needs in one PUT, given back by one DELETE. */
export function claimRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerReads(app, deps)
    registerChanges(app, deps)
  }
}

function registerReads(app: ZodApp, { services }: RouteDeps): void {
  const { world } = services
  const { durable } = world
  registerCollection(app, durable, {
    kind: 'claim',
    path: '/v1/claims',
    tag: 'claims',
    listSummary: 'List the claims',
    oneSummary: 'One claim',
    query: claimListQuery,
    page: claimPage,
    params: claimParams,
    schema: claimSchema,
    picks,
    view: claimView,
  })
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { claims } = services
  app.put(
    '/v1/claims/:name',
    {
      schema: withContract({
        summary: 'Claim memory: namespace, enabled device, handle and mapping at once',
        tags,
        headers: changeHeaders,
        params: claimPutParams,
        querystring: dryRunQuery,
        body: claimPut,
        response: { 200: claimSchema, 201: claimSchema, 202: operationSchema },
      }),
    },
    async (request, reply) => {
      const { name } = request.params
      const wanted = claimRequestOf(request.body, request.principal)
      if (request.query.dry_run === true) {
        return responder.dryRun(reply, () => claims.rehearse(name, wanted, claimView))
      }
      return responder.follow(request, reply, made, (call) => claims.put(name, wanted, call))
    },
  )
  app.delete(
    '/v1/claims/:name',
    {
      schema: withContract({
        summary: 'Give back all that a claim got',
        tags,
        headers: changeHeaders,
        params: claimParams,
        querystring: claimRemovalQuery,
        response: releaseView,
      }),
    },
    async (request, reply) => {
      const removal = removalOf(request.query)
      return responder.follow(request, reply, releaseSpec(removal), async (call) =>
        claims.remove(request.params.name, removal, call),
      )
    },
  )
}
