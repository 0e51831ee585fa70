import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { parseTraceParent } from '../core/trace-parent.ts'
import type { Span, Tracer } from '../ports/trace.ts'
import { LIVE_PATH, READY_PATH } from './health.ts'
import { METRICS_PATH } from './metrics.ts'
import { PROBLEM_CODE, pathOf } from './problem.ts'
import { withoutSecrets } from './request-log.ts'

/** Asked every few seconds by machines; they would be most of all traces. */
const UNTRACED: ReadonlySet<string | undefined> = new Set([LIVE_PATH, READY_PATH, METRICS_PATH])
/** From here on the fault is the server's, as OpenTelemetry's conventions count. */
const SERVER_FAULT = 500

/** A span for each request: it goes on with its caller's trace, and the answer tells where. */
export const tracing = fp<{ readonly tracer: Tracer }>(
  async (app, { tracer }) => {
    app.addHook('onRequest', (request, reply, done) => {
      const { url } = request.routeOptions
      if (UNTRACED.has(url)) return done()
      const parent = parseTraceParent(headerOf(request))
      const span = tracer.request(`${request.method} ${url ?? 'none'}`, factsOf(request), parent)
      request.span = span
      reply.header('traceresponse', span.traceparent)
      span.within(done)
    })
    // What arrives with the body arrives in the connection's own context.
    app.addHook('preValidation', (request, _reply, done) => {
      if (request.span === null) done()
      else request.span.within(done)
    })
    app.addHook('onSend', (request, reply, payload, done) => {
      // A stream of events has no end that anybody would wait for.
      if (payload instanceof Readable && request.span !== null) {
        end(request, request.span, reply.statusCode)
        request.span = null
      }
      done()
    })
    app.addHook('onResponse', (request, reply, done) => {
      if (request.span !== null) end(request, request.span, reply.statusCode)
      done()
    })
  },
  { name: 'daxd-tracing', fastify: '5.x', dependencies: ['daxd-request-log'] },
)

function headerOf({ headers }: FastifyRequest): string | undefined {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? traceparent : undefined
}

function factsOf({ method, url, id, routeOptions }: FastifyRequest) {
  return {
    'http.request.method': method,
    'http.route': routeOptions.url ?? 'none',
    'url.path': withoutSecrets(pathOf(url)),
    'daxd.request_id': id,
  }
}

function end(request: FastifyRequest, span: Span, status: number): void {
  const code = request.getDecorator<string | null>(PROBLEM_CODE)
  const { tenant, role, via } = request.principal ?? {}
  span.note({
    'http.response.status_code': status,
    ...(code === null ? {} : { 'daxd.problem': code }),
    ...(role === undefined ? {} : { 'daxd.caller.role': role }),
    ...(via === undefined ? {} : { 'daxd.caller.via': via }),
    ...(tenant == null ? {} : { 'daxd.caller.tenant': tenant }),
  })
  if (status >= SERVER_FAULT) span.fail(code ?? String(status))
  span.end()
}
