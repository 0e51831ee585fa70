import fp from 'fastify-plugin'
import { z } from 'zod'
import { emptyQuery } from '../../schemas/common.ts'
import { withContract } from '../../schemas/contract.ts'
import { CODES } from '../core/error-codes.ts'
import type { MetricsRegistry } from './metrics-registry.ts'
import { PROBLEM_CODE } from './problem.ts'

export const METRICS_PATH = '/metrics'

/** The lowest status that a problem has. */
const FIRST_REFUSAL = 400

/** Times every request and shows the metrics to Prometheus. */
export const metrics = fp<{ readonly registry: MetricsRegistry }>(
  async (app, { registry }) => {
    const refused = registry.tally(
      {
        name: 'daxd_http_refusals_total',
        help: 'Requests answered with a problem, by its code.',
        labels: ['code'],
      },
      Object.keys(CODES).map((code) => ({ code })),
    )
    app.addHook('onResponse', (request, reply, done) => {
      if (reply.statusCode >= FIRST_REFUSAL) {
        refused({ code: request.getDecorator<string | null>(PROBLEM_CODE) ?? 'none' })
      }
      registry.observeRequest({
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        durationS: reply.elapsedTime / 1000,
      })
      done()
    })
    const schema = withContract({
      summary: 'Metrics, for Prometheus',
      tags: ['service'],
      querystring: emptyQuery,
      response: {
        200: {
          description: 'The Prometheus text format.',
          content: { 'text/plain': { schema: z.string() } },
        },
      },
    })
    app.get(
      METRICS_PATH,
      { schema, config: { access: 'metrics:read' } },
      async (_request, reply) => {
        return reply.type(registry.contentType).send(await registry.render())
      },
    )
  },
  { name: 'daxd-metrics', fastify: '5.x', dependencies: ['daxd-problem'] },
)
