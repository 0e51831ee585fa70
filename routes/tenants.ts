import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  emptyQuery,
  noContent,
  operationView as operationSchema,
  type TenantPut,
  tenantListQuery,
  tenantPage,
  tenantParams,
  tenantPut,
  tenantPutParams,
  tenantRemovalQuery,
  tenantView as tenantSchema,
  withContract,
} from '../schemas/index.ts'
import type { TenantRecord } from '../src/core/model.ts'
import type { Quota } from '../src/core/quota.ts'
import { parseSize } from '../src/core/size-text.ts'
import type { Made } from '../src/services/namespaces.ts'
import type { TenantRequest } from '../src/services/tenants.ts'
import { registerCollection } from './collection.ts'
import { type AnswerSpec, gone, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { tenantView } from './views.ts'

const tags: ['tenants'] = ['tenants']

const made: AnswerSpec<Made<TenantRecord>> = {
  status: ({ created }) => (created ? 201 : 200),
  view: ({ record }, state) => tenantView(record, state),
  headers: ({ record, created }) =>
    objectHeaders(record.revision, created ? `/v1/tenants/${record.name}` : undefined),
}

/** Tenants: the teams that share the host, their quotas and the least that is wiped. */
export function tenantRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerCollection(app, deps.services.world.durable, {
      kind: 'tenant',
      path: '/v1/tenants',
      tag: 'tenants',
      listSummary: 'List the tenants',
      oneSummary: 'One tenant, with what it has',
      query: tenantListQuery,
      page: tenantPage,
      params: tenantParams,
      schema: tenantSchema,
      picks: () => () => true,
      view: tenantView,
    })
    registerChanges(app, deps)
  }
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { tenants } = services
  app.put(
    '/v1/tenants/:name',
    {
      schema: withContract({
        summary: 'Define a tenant, or change what it may have',
        tags,
        headers: changeHeaders,
        params: tenantPutParams,
        querystring: emptyQuery,
        body: tenantPut,
        response: { 200: tenantSchema, 201: tenantSchema },
      }),
    },
    async (request, reply) => {
      const wanted = tenantRequestOf(request.body)
      return responder.answer(request, reply, made, (call) =>
        tenants.put(request.params.name, wanted, call),
      )
    },
  )
  app.delete(
    '/v1/tenants/:name',
    {
      schema: withContract({
        summary: 'Forget a tenant; with if_busy=revoke all that it has is taken back first',
        tags,
        headers: changeHeaders,
        params: tenantParams,
        querystring: tenantRemovalQuery,
        response: { 202: operationSchema, 204: noContent },
      }),
    },
    async (request, reply) =>
      responder.follow(request, reply, gone, async (call) =>
        tenants.remove(request.params.name, request.query.if_busy === 'revoke', call),
      ),
  )
}

function tenantRequestOf({ name_prefix, wipe, quota = {}, labels }: TenantPut): TenantRequest {
  return {
    // Tenants are there to part those who must not see each other's memory.
    wipe: wipe ?? 'on_release',
    labels: labels ?? {},
    quota: quotaOf(quota),
    ...(name_prefix === undefined ? {} : { name_prefix }),
  }
}

function quotaOf(quota: NonNullable<TenantPut['quota']>): Quota {
  const { bytes, bytes_by_media: media, bytes_by_region: region, counts } = quota
  const sizes = (limits: Readonly<Record<string, number | string>>) =>
    Object.fromEntries(Object.entries(limits).map(([key, size]) => [key, parseSize(size)]))
  return {
    ...(bytes === undefined ? {} : { bytes: parseSize(bytes) }),
    ...(media === undefined ? {} : { bytes_by_media: sizes(media) }),
    ...(region === undefined ? {} : { bytes_by_region: sizes(region) }),
    ...(counts === undefined ? {} : { counts: counts as NonNullable<Quota['counts']> }),
  }
}
