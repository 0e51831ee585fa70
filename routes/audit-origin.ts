import type { FastifyRequest } from 'fastify'
import type { AuditOrigin, Named, Noter } from '../src/services/audit-note.ts'

/** Routes that are about one object, named by their last parameter. */
const ABOUT_ONE = /^\/v1\/(\w+)s\/:(\w+)(?:\/(?:enable|disable|renew))?$/

/** Where a request comes from; asked while its connection is open, as later nobody knows. */
export function originOf(request: FastifyRequest): AuditOrigin {
  return {
    actor: request.principal,
    source: sourceOf(request),
    request_id: request.id,
    call: `${request.method} ${request.routeOptions.url ?? ''}`,
  }
}

/** Notes a call's doings: drawn when there is something to note, which a refusal never has. */
export function noterOf(request: FastifyRequest): Noter {
  const source = sourceOf(request)
  return (outcome) => ({
    ...originOf(request),
    source,
    action: actionOf(request),
    outcome,
    ...aboutOf(request),
  })
}

/** What a route was registered with: its own action, or else that of its first tag. */
function actionOf({ routeOptions }: FastifyRequest): string {
  const { access } = routeOptions.config
  if (access !== undefined) return access
  const { tags = [] } = (routeOptions.schema ?? {}) as { readonly tags?: readonly string[] }
  return `${tags[0]}:change`
}

function aboutOf({ routeOptions, params }: FastifyRequest): Named {
  const [, kind, name] = ABOUT_ONE.exec(routeOptions.url ?? '') ?? []
  if (kind === undefined || name === undefined) return {}
  const id = (params as Readonly<Record<string, unknown>>)[name]
  return { object: { kind, id: String(id) } }
}

/** A unix socket has no address; neither has a connection that is gone. */
function sourceOf({ socket, server }: FastifyRequest): string {
  if (socket.remoteAddress !== undefined) return socket.remoteAddress
  return typeof server.server.address() === 'string' ? 'unix' : 'gone'
}
