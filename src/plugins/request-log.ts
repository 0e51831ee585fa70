import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { PROBLEM_CODE, pathOf } from './problem.ts'

declare module 'fastify' {
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

/** One line for each request, when it is over. */
export const requestLog = fp(
  async (app) => {
    app.addHook('onResponse', (request, reply, done) => {
      logRequest(request, reply, request.getDecorator<string | null>(PROBLEM_CODE))
      done()
    })
  },
  { name: 'daxd-request-log', fastify: '5.x', dependencies: ['daxd-problem'] },
)

/** Logs one line for a request that is answered; `code` is its problem's, null for none. */
export function logRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  code: string | null,
): void {
  request.log[levelOf(request, reply, code)](
    {
      request_id: request.id,
      method: request.method,
      path: withoutSecrets(pathOf(request.url)),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      ...(code === null ? {} : { code }),
    },
    'request',
  )
}

/** A token that a caller has put where an id belongs is for no log; its id tells which it was. */
function withoutSecrets(path: string): string {
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
