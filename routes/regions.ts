import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  dryRunQuery,
  emptyQuery,
  noContent,
  postHeaders,
  regionCreate,
  regionListQuery,
  regionMapAnswer,
  regionMapQuery,
  regionPage,
  regionParams,
  regionPatch,
  regionView as regionSchema,
  withContract,
} from '../schemas/index.ts'
import type { RegionRecord } from '../src/core/model.ts'
import { summarizeRegion } from '../src/core/region-summary.ts'
import { need } from '../src/services/lookup.ts'
import { regionMapOf } from '../src/services/region-figures.ts'
import { registerCollection } from './collection.ts'
import { regionChangeOf, regionDefinitionOf } from './inputs.ts'
import { type AnswerSpec, gone, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { regionView } from './views.ts'

const tags: ['regions'] = ['regions']

const made: AnswerSpec<RegionRecord> = {
  status: () => 201,
  view: regionView,
  headers: (region) => objectHeaders(region.revision, `/v1/regions/${region.id}`),
}

const changed: AnswerSpec<RegionRecord> = {
  status: () => 200,
  view: regionView,
  headers: (region) => objectHeaders(region.revision),
}

/** Regions: what the host offers, and (emulated) defining and dropping them. */
export function regionRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerReads(app, deps)
    registerChanges(app, deps)
  }
}

function registerReads(app: ZodApp, { services }: RouteDeps): void {
  const { world } = services
  const { durable } = world
  registerCollection(app, durable, {
    kind: 'region',
    path: '/v1/regions',
    tag: 'regions',
    listSummary: 'List the regions of the host',
    oneSummary: 'One region',
    query: regionListQuery,
    page: regionPage,
    params: regionParams,
    schema: regionSchema,
    picks: () => () => true,
    view: regionView,
  })
  app.get(
    '/v1/regions/:id/map',
    {
      config: { access: 'regions:map' },
      schema: withContract({
        summary: 'The whole address range of a region: what is free, what is whose',
        tags,
        params: regionParams,
        querystring: regionMapQuery,
        response: { 200: regionMapAnswer },
      }),
    },
    async ({ params, query }) => {
      const region = need(durable, 'region', String(params.id))
      const pieces = regionMapOf(durable, region)
      if (query.summary === true) {
        const { granularity, supported_aligns: aligns } = region
        const {
          aligns: byAlign,
          hole_sizes,
          ...figures
        } = summarizeRegion(pieces, {
          granularity,
          aligns,
        })
        return { ...figures, aligns: [...byAlign], hole_sizes: [...hole_sizes] }
      }
      const items = pieces.map(({ start, size, ...rest }) => ({
        start,
        end: start + size - 1,
        size,
        ...rest,
      }))
      return { items, next: null }
    },
  )
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { regions } = services
  app.post(
    '/v1/regions',
    {
      schema: withContract({
        summary: 'Define a region (emulated host only)',
        tags,
        headers: postHeaders,
        querystring: dryRunQuery,
        body: regionCreate,
        response: { 200: regionSchema, 201: regionSchema },
      }),
    },
    async (request, reply) => {
      const definition = regionDefinitionOf(request.body)
      if (request.query.dry_run === true) {
        return responder.dryRun(reply, () => regions.rehearse(definition, regionView))
      }
      return responder.answer(request, reply, made, (call) => regions.define(definition, call))
    },
  )
  app.patch(
    '/v1/regions/:id',
    {
      schema: withContract({
        summary: "Change a region's labels, placement, schedulability or shares",
        tags,
        headers: changeHeaders,
        params: regionParams,
        querystring: emptyQuery,
        body: regionPatch,
        response: { 200: regionSchema },
      }),
    },
    async (request, reply) => {
      const change = regionChangeOf(request.body)
      return responder.answer(request, reply, changed, (call) =>
        regions.change(request.params.id, change, call),
      )
    },
  )
  app.delete(
    '/v1/regions/:id',
    {
      schema: withContract({
        summary: 'Drop a region without devices (emulated host only)',
        tags,
        headers: changeHeaders,
        params: regionParams,
        querystring: emptyQuery,
        response: { 204: noContent },
      }),
    },
    async (request, reply) =>
      responder.answer(request, reply, gone, (call) => regions.drop(request.params.id, call)),
  )
}
