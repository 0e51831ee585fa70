import type { FastifyRequest } from 'fastify'
import type { AuditOrigin, Named, Noter } from '../src/services/audit-note.ts'

/** Routes that are about one object, named by their last parameter. */
const ABOUT_ONE = /^\/v1\/(\w+)s\/:(\w+)(?:\/(?:enable|disable|renew))?$/

/** What the audit tells of a route; worked out once, since Fastify makes it anew each time. */
interface Called {
  readonly call: string
  readonly action: string
  /** Kind of the object that it is about, and the parameter that names it; null for none. */
  readonly about: { readonly kind: string; readonly param: string } | null
}

/** Where a request comes from; asked while its connection is open, as later nobody knows. */
export function originOf(request: FastifyRequest): AuditOrigin {
  const { method, principal: actor, id: request_id, routeOptions } = request
  const call = `${method} ${routeOptions.url ?? ''}`
  return { actor, source: sourceOf(request), request_id, call }
}

/** Makes the noters of calls: what they note is drawn when there is something to note. */
export function createNoters(): (request: FastifyRequest) => Noter {
  const known = new Map<string, Called>()
  return (request) => {
    const { principal: actor, id: request_id, params } = request
    const source = sourceOf(request)
    return (outcome) => {
      const { url = '', config, schema } = request.routeOptions
      const key = `${request.method} ${url}`
      const called = known.get(key) ?? calledBy(key, url, actionOf(config.access, schema))
      known.set(key, called)
      const { call, action, about } = called
      return { actor, source, request_id, call, action, outcome, ...named(about, params) }
    }
  }
}

function calledBy(call: string, url: string, action: string): Called {
  const [, kind, param] = ABOUT_ONE.exec(url) ?? []
  const about = kind === undefined || param === undefined ? null : { kind, param }
  return { call, action, about }
}

function named(about: Called['about'], params: unknown): Named {
  if (about === null) return {}
  const id = (params as Readonly<Record<string, unknown>>)[about.param]
  return { object: { kind: about.kind, id: String(id) } }
}

/** As the policy has it: the route's own action, or else that of its first tag. */
function actionOf(access: string | undefined, schema: unknown): string {
  if (access !== undefined) return access
  const { tags = [] } = (schema ?? {}) as { readonly tags?: readonly string[] }
  return `${tags[0]}:change`
}

/** A unix socket has no address; neither has a connection that is gone. */
function sourceOf({ socket, server }: FastifyRequest): string {
  if (socket.remoteAddress !== undefined) return socket.remoteAddress
  return typeof server.server.address() === 'string' ? 'unix' : 'gone'
}
