import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  type BatchRequest,
  batchRequest,
  batchView,
  emptyQuery,
  postHeaders,
  withContract,
} from '../schemas/index.ts'
import { problemDocument } from '../src/core/problem-document.ts'
import { type Denial, denialOf } from '../src/core/withheld.ts'
import type { BatchOperation, BatchOutcome } from '../src/services/mapping-broker.ts'
import type { StateView } from '../src/services/world/state.ts'
import { originOf } from './audit-origin.ts'
import { mappingRequestOf } from './inputs.ts'
import type { AnswerSpec } from './respond.ts'
import type { RouteDeps } from './route-deps.ts'
import { handleView, mappingView } from './views.ts'

type WireOperation = BatchRequest['operations'][number]

const done: AnswerSpec<readonly BatchOutcome[]> = {
  status: () => 200,
  isFencedByStep: true,
  view: (outcomes, state) => ({ results: outcomes.map((outcome) => resultView(outcome, state)) }),
}

function resultView(outcome: BatchOutcome, state: StateView): object {
  switch (outcome.kind) {
    case 'handle':
      return { status: 201, result: handleView(outcome.record, state) }
    case 'mapping':
      return { status: 201, result: mappingView(outcome.record, state) }
    case 'problem': {
      const { code, message: detail, facts, status } = outcome.error
      return { status, problem: problemDocument({ code, detail, facts }) }
    }
    default:
      return { status: 204 }
  }
}

function operationOf(wire: WireOperation): BatchOperation | (() => BatchOperation) {
  if (wire.op !== 'map') return wire
  const { op, ...body } = wire
  return () => ({ op, ...mappingRequestOf(body) })
}

/** A step that was refused for lack of rights is no error of the whole, and yet for the audit. */
function denialsOf(outcome: BatchOutcome): readonly Denial[] {
  const denial = outcome.kind === 'problem' ? denialOf(outcome.error) : null
  return denial === null ? [] : [denial]
}

/** Batches: many opens, closes, maps and unmaps in one durable commit. */
export function batchRoutes({ services, responder }: RouteDeps): FastifyPluginAsyncZod {
  const { audit, broker } = services
  return async (app) => {
    app.post(
      '/v1/batch',
      {
        config: { isFrequent: true },
        schema: withContract({
          summary: 'Open, close, map and unmap many in one durable commit',
          tags: ['batch'],
          headers: postHeaders,
          querystring: emptyQuery,
          body: batchRequest,
          response: { 200: batchView },
        }),
      },
      async (request, reply) => {
        const { atomic = false, operations } = request.body
        const origin = originOf(request)
        return responder.answer(request, reply, done, async (call) => {
          const outcomes = await broker.batch(operations.map(operationOf), atomic, call)
          for (const denial of outcomes.flatMap(denialsOf)) {
            audit.refusal({ ...origin, action: 'batch:change', ...denial })
          }
          return outcomes
        })
      },
    )
  }
}
