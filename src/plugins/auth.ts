import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { ANYONE, type Principal } from '../core/principal.ts'
import type { Authenticator, Recognised, Recognition } from '../ports/authenticator.ts'
import { certificateOf } from './client-certificate.ts'
import { createFailureLimits, sourceOf } from './failure-limits.ts'
import { headerCount } from './header-count.ts'
import { createOpenStreams } from './open-streams.ts'
import { isPublicPath } from './public-paths.ts'

/** Who asks for what is anybody's is not looked at, and has no rights of its own. */
const PROBE: Principal = { name: 'probe', role: 'viewer', tenant: null, via: 'anyone' }

/** How often the credentials of streams are looked at again; revoking has to bite in a second. */
const STREAMS_SWEPT_MS = 500

const UNASKED: Recognised = { principal: ANYONE, isStill: () => true }

declare module 'fastify' {
  interface FastifyRequest {
    /** On what credential it was let in, null for a probe. */
    recognised: Recognised | null
  }
}

export interface AuthOptions {
  /** Without one nobody is asked for credentials. */
  readonly authenticate?: Authenticator
}

/**
 * Says of each request who asks, before anything else of it is looked at. Without a principal there
 * is nothing but what is anybody's. A source that shows too many wrong credentials is 429 for a
 * while, except with those that nobody can guess: else anyone on a host could lock out the others.
 */
export const auth = fp<AuthOptions>(
  async (app, { authenticate = () => UNASKED }) => {
    const failures = createFailureLimits()
    const streams = createOpenStreams()
    const isOnSocket = createIsOnSocket(app)

    function settle(request: FastifyRequest, reply: FastifyReply, found: Recognition) {
      if ('principal' in found) {
        request.principal = found.principal
        request.recognised = found
        return undefined
      }
      const source = sourceOf(request.socket.remoteAddress)
      const waitS = failures.waitS(source)
      if (found.isWrong && waitS > 0) return tooMany(waitS)
      if (found.isWrong) failures.note(source)
      request.log.info({ request_id: request.id, source, reason: found.reason }, 'not recognised')
      if (found.refusal.status === 401) reply.header('www-authenticate', challenge(found.isWrong))
      return found.refusal
    }

    app.decorateRequest('principal', null as never)
    app.decorateRequest('recognised', null)
    app.addHook('onRequest', (request, reply, done) => {
      request.principal = PROBE
      if (isPublicPath(request.routeOptions.url)) return done()
      const { socket, headers } = request
      const { authorization } = headers
      // A proxy in front may have looked at the other one.
      if (authorization !== undefined && headerCount(request.raw, 'authorization') > 1) {
        return done(new DaxError('malformed', 'A request has one Authorization header at most.'))
      }
      const found = authenticate({
        certificate: certificateOf(socket),
        authorization,
        isLocalSocket: isOnSocket(),
        isSuspect: failures.waitS(sourceOf(socket.remoteAddress)) > 0,
      })
      if (!(found instanceof Promise)) return done(settle(request, reply, found))
      found.then((later) => done(settle(request, reply, later)), done)
    })
    app.addHook('onSend', (request, _reply, payload, done) => {
      const { recognised, socket } = request
      if (payload instanceof Readable && recognised !== null) {
        streams.add(request, { socket, isStill: recognised.isStill })
      }
      done()
    })
    app.addHook('onResponse', (request, _reply, done) => {
      streams.remove(request)
      done()
    })
    const sweeps = setInterval(() => streams.sweep(), STREAMS_SWEPT_MS).unref()
    app.addHook('onClose', async () => clearInterval(sweeps))
  },
  { name: 'daxd-auth', fastify: '5.x' },
)

/**
 * Whether we listen on a unix socket. The connection cannot be asked: one of TCP that its client
 * has reset has no address either, and would pass for one that only some may open.
 */
function createIsOnSocket(app: FastifyInstance): () => boolean {
  let known: boolean | null = null
  return () => {
    const address = known === null ? app.server.address() : null
    if (address !== null) known = typeof address === 'string'
    return known ?? false
  }
}

function tooMany(waitS: number): DaxError {
  const detail = 'Too many wrong credentials were shown from this address; come back later.'
  return new DaxError('too_many_failures', detail, { retry_after_s: waitS })
}

/** RFC 6750, section 3. */
function challenge(isWrong: boolean): string {
  return isWrong ? 'Bearer realm="daxd", error="invalid_token"' : 'Bearer realm="daxd"'
}
