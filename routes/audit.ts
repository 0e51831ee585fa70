import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  type AuditListQuery,
  type AuditView,
  auditHeadView,
  auditListQuery,
  auditPage,
  auditVerdictView,
  auditVerifyQuery,
  emptyQuery,
  withContract,
} from '../schemas/index.ts'
import type { Entry, Link, Wanted } from '../src/services/audit-trail.ts'
import { cursorOf, seqOf } from './pages.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { instant } from './view-parts.ts'

const tags: ['audit'] = ['audit']
const KIND = 'audit'

/** The audit: who did what, and whether its chain is whole. */
export function auditRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerList(app, deps)
    registerChain(app, deps)
  }
}

function registerList(app: ZodApp, { services }: RouteDeps): void {
  const { audit } = services
  app.get(
    '/v1/audit',
    {
      schema: withContract({
        summary: 'Every mutation and every refusal for lack of rights, in order',
        tags,
        querystring: auditListQuery,
        response: { 200: auditPage },
      }),
    },
    async ({ query }) => {
      const { links, next } = await audit.list(queryOf(query))
      return { items: links.map(entryView), next: next === null ? null : cursorOf(next, KIND) }
    },
  )
}

function registerChain(app: ZodApp, { services }: RouteDeps): void {
  const { audit } = services
  app.get(
    '/v1/audit/head',
    {
      schema: withContract({
        summary: 'Where the chain ends; note it elsewhere',
        tags,
        querystring: emptyQuery,
        response: { 200: auditHeadView },
      }),
    },
    async () => audit.head(),
  )
  app.get(
    '/v1/audit/verify',
    {
      schema: withContract({
        summary: 'Look at every link of the chain',
        tags,
        querystring: auditVerifyQuery,
        response: { 200: auditVerdictView },
      }),
    },
    async ({ query }) => {
      const verdict = await audit.verify(query.expect_head ?? null)
      const { broken, expected, entries, head } = verdict
      return { whole: broken === null && expected !== false, entries, broken, expected, head }
    },
  )
}

function queryOf({ cursor, after = 0, limit, since, ...filter }: AuditListQuery): Wanted {
  return {
    after: cursor === undefined ? after : seqOf(cursor, KIND),
    limit,
    ...filter,
    ...(since === undefined ? {} : { since_ms: Date.parse(since) }),
  }
}

/** The view is the entry as it was written, at its place. */
function entryView({ number, hash, text }: Link): AuditView {
  const { at_ms, changes, ...entry } = JSON.parse(text) as Entry
  return { number, hash, at: instant(at_ms), ...entry, changes: [...changes] }
}
