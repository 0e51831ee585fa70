import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  emptyQuery,
  postHeaders,
  reconciliationPage,
  reconciliationPost,
  withContract,
} from '../schemas/index.ts'
import type { Difference } from '../src/services/differences.ts'
import { originOf } from './audit-origin.ts'
import type { AnswerSpec } from './respond.ts'
import type { RouteDeps } from './route-deps.ts'

const tags: ['reconciliation'] = ['reconciliation']

interface DifferencesView {
  readonly items: {
    kind: Difference['kind']
    object: string
    detail: string
    actions: Difference['actions'][number][]
  }[]
  readonly next: null
}

function differencesView(differences: readonly Difference[]): DifferencesView {
  const items = differences.map(({ kind, object, detail, actions }) => ({
    kind,
    object,
    detail,
    actions: [...actions],
  }))
  return { items, next: null }
}

const acted: AnswerSpec<readonly Difference[]> = { status: () => 200, view: differencesView }

/** `device/dax0.1` as the audit has it. */
function objectOf(text: string): { readonly kind: string; readonly id: string } {
  const at = text.indexOf('/')
  return { kind: text.slice(0, at), id: text.slice(at + 1) }
}

/** Reconciliation: how desired state, ledger and host differ, and settling it. */
export function reconciliationRoutes({ services, responder }: RouteDeps): FastifyPluginAsyncZod {
  const { audit, reconciliation } = services
  return async (app) => {
    app.get(
      '/v1/reconciliation',
      {
        schema: withContract({
          summary: 'How desired state, ledger and host differ',
          tags,
          querystring: emptyQuery,
          response: { 200: reconciliationPage },
        }),
      },
      async () => differencesView(await reconciliation.differences()),
    )
    app.post(
      '/v1/reconciliation',
      {
        schema: withContract({
          summary: 'Settle one difference; answers what is left',
          tags,
          headers: postHeaders,
          querystring: emptyQuery,
          body: reconciliationPost,
          response: { 200: reconciliationPage },
        }),
      },
      async (request, reply) => {
        const { object, action } = request.body
        const origin = originOf(request)
        const onBegun = (): void =>
          audit.begun({
            ...origin,
            action: 'reconciliation:change',
            object: objectOf(object),
            why: { action },
          })
        return responder.answer(request, reply, acted, (call) =>
          reconciliation.act(object, action, call, onBegun),
        )
      },
    )
  }
}
