import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { parseTraceParent } from '../core/trace-parent.ts'
import type { Span } from '../ports/trace.ts'
import { clientRequestId } from './client-request-id.ts'
import { sourceOf } from './failure-limits.ts'
import { PROBLEM_CODE, pathOf } from './problem.ts'
import { createQuietRefusals } from './quiet-refusals.ts'

/** A durable step; it knows the revisions that it has used. */
export interface Change {
  revisions(): { readonly first: number; readonly last: number }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Its part of a trace, null where none is told. */
    span: Span | null
    /** The last durable step that was made for it, null for none. */
    change: Change | null
  }
  interface FastifyContextConfig {
    /** Successes are logged at debug only. */
    readonly isFrequent?: boolean
  }
}

/** Refusals that come by the thousand, when they come. */
const QUIET_CODES: ReadonlySet<string> = new Set([
  'overloaded',
  'too_many_failures',
  'rate_limited',
])
/** daxd's own tokens: what finds one, and the proof. */
const TOKEN = /(daxd_[0-9a-f]{16}_)[\w-]+/g
const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** One line for each request, when it is over; one now and then for refusals without one. */
export const requestLog = fp(
  async (app) => {
    app.decorateRequest('span', null)
    app.decorateRequest('change', null)
    const quiet = createQuietRefusals((refusals, total) =>
      app.log.warn({ total, refusals }, 'requests refused'),
    )
    app.addHook('onResponse', (request, reply, done) => {
      const code = request.getDecorator<string | null>(PROBLEM_CODE)
      if (code !== null && QUIET_CODES.has(code)) {
        const actor = request.recognised === null ? 'nobody known' : request.principal.name
        quiet.add(code, actor, sourceOf(request.socket.remoteAddress))
      }
      logRequest(request, reply, code)
      done()
    })
    app.addHook('onClose', async () => quiet.close())
  },
  { name: 'daxd-request-log', fastify: '5.x', dependencies: ['daxd-problem'] },
)

/** Logs one line for a request that is answered; `code` is its problem's, null for none. */
export function logRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  code: string | null,
): void {
  const level = levelOf(request, reply, code)
  // Most requests are successes that nobody wants told: for them nothing is put together.
  if (!isTold(request.log, level)) return
  request.log[level](
    {
      request_id: request.id,
      ...clientIdOf(request),
      ...traceOf(request),
      method: request.method,
      path: withoutSecrets(pathOf(request.url)),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      ...(code === null ? revisionsOf(request) : { code }),
      ...callerOf(request),
    },
    'request',
  )
}

function clientIdOf({ headers }: FastifyRequest): object {
  const client_request_id = clientRequestId(headers)
  return client_request_id === null ? {} : { client_request_id: withoutSecrets(client_request_id) }
}

/** A trace of ours, or else the caller's own: either finds the line. */
function traceOf({ span, headers: { traceparent } }: FastifyRequest): object {
  const known = span ?? (typeof traceparent === 'string' ? parseTraceParent(traceparent) : null)
  return known == null ? {} : { trace_id: known.traceId }
}

/** Events and the audit's entry have the same numbers. */
function revisionsOf({ change }: FastifyRequest): object {
  if (change == null) return {}
  return { revisions: change.revisions() }
}

/** Who it was, never what was shown for it. */
function callerOf({ principal, recognised, socket }: FastifyRequest): object {
  const source = sourceOf(socket.remoteAddress)
  if (recognised == null) return { source }
  const { name, role, tenant, via } = principal
  return { actor: name, role, ...(tenant === null ? {} : { tenant }), via, source }
}

/** Pino's loggers can say so; another may be told everything. */
function isTold(log: FastifyRequest['log'], level: 'debug' | 'info'): boolean {
  const { isLevelEnabled } = log as { isLevelEnabled?: (level: string) => boolean }
  return isLevelEnabled === undefined || isLevelEnabled.call(log, level)
}

/** A token that a caller has put where an id belongs is for no log; its id tells which it was. */
export function withoutSecrets(path: string): string {
  return path.replaceAll(TOKEN, '$1...')
}

/**
 * Successful reads are many and change nothing; refusals for overload are many more. Opens,
 * mappings and their ends are a tenant's daily use, each told by an event already.
 */
function levelOf(
  request: FastifyRequest,
  reply: FastifyReply,
  code: string | null,
): 'debug' | 'info' {
  if (code !== null && QUIET_CODES.has(code)) return 'debug'
  if (reply.statusCode >= 400) return 'info'
  const { config } = request.routeOptions
  return config.isFrequent === true || READ_METHODS.has(request.method) ? 'debug' : 'info'
}
