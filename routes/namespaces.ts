import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  dryRunQuery,
  emptyQuery,
  type NamespaceListQuery,
  namespaceCreate,
  namespaceListQuery,
  namespacePage,
  namespaceParams,
  namespacePatch,
  namespaceView as namespaceSchema,
  operationView as operationSchema,
  postHeaders,
  releaseView,
  removalQuery,
  withContract,
} from '../schemas/index.ts'
import type { NamespaceRecord } from '../src/core/model.ts'
import type { Made } from '../src/services/namespaces.ts'
import { registerCollection } from './collection.ts'
import { namespaceChangeOf, namespaceRequestOf, removalOf } from './inputs.ts'
import { releaseSpec } from './releases.ts'
import { type AnswerSpec, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { namespaceView } from './views.ts'

const tags: ['namespaces'] = ['namespaces']

const made: AnswerSpec<Made<NamespaceRecord>> = {
  status: ({ created }) => (created ? 201 : 200),
  view: ({ record }, state) => namespaceView(record, state),
  headers: ({ record, created }) =>
    objectHeaders(record.revision, created ? `/v1/namespaces/${record.name}` : undefined),
}

const changed: AnswerSpec<NamespaceRecord> = {
  status: () => 200,
  view: namespaceView,
  headers: (namespace) => objectHeaders(namespace.revision),
}

function picks(query: NamespaceListQuery): (namespace: NamespaceRecord) => boolean {
  return ({ region, chardev, state }) =>
    (query.region === undefined || query.region === region) &&
    (query.chardev === undefined || query.chardev === chardev) &&
    (query.state === undefined || query.state === state)
}

/** Namespaces: desired state, created, changed and destroyed. */
export function namespaceRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerReads(app, deps)
    registerChanges(app, deps)
  }
}

function registerReads(app: ZodApp, { services }: RouteDeps): void {
  const { world } = services
  const { durable } = world
  registerCollection(app, durable, {
    kind: 'namespace',
    path: '/v1/namespaces',
    tag: 'namespaces',
    listSummary: 'List the namespaces',
    oneSummary: 'One namespace',
    query: namespaceListQuery,
    page: namespacePage,
    params: namespaceParams,
    schema: namespaceSchema,
    picks,
    view: namespaceView,
  })
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { namespaces } = services
  app.post(
    '/v1/namespaces',
    {
      schema: withContract({
        summary: 'Create a namespace and its device',
        tags,
        headers: postHeaders,
        querystring: dryRunQuery,
        body: namespaceCreate,
        response: { 200: namespaceSchema, 201: namespaceSchema, 202: operationSchema },
      }),
    },
    async (request, reply) => {
      const { name } = request.body
      const wanted = namespaceRequestOf(request.body, services.world.durable, request.principal)
      if (request.query.dry_run === true) {
        return responder.dryRun(reply, () => namespaces.rehearse(name, wanted, namespaceView))
      }
      return responder.follow(request, reply, made, (call) => namespaces.create(name, wanted, call))
    },
  )
  app.patch(
    '/v1/namespaces/:name',
    {
      schema: withContract({
        summary: 'Change labels and wiping; size, align and mode of a disabled one',
        tags,
        headers: changeHeaders,
        params: namespaceParams,
        querystring: emptyQuery,
        body: namespacePatch,
        response: { 200: namespaceSchema },
      }),
    },
    async (request, reply) => {
      const change = namespaceChangeOf(request.body)
      return responder.answer(request, reply, changed, (call) =>
        namespaces.change(request.params.name, change, call),
      )
    },
  )
  app.delete(
    '/v1/namespaces/:name',
    {
      schema: withContract({
        summary: 'Destroy a namespace and its device',
        tags,
        headers: changeHeaders,
        params: namespaceParams,
        querystring: removalQuery,
        response: releaseView,
      }),
    },
    async (request, reply) => {
      const removal = removalOf(request.query)
      return responder.follow(request, reply, releaseSpec(removal), async (call) =>
        namespaces.remove(request.params.name, removal, call),
      )
    },
  )
}
