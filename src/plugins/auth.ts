import { createHash, timingSafeEqual } from 'node:crypto'
import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { ANYONE, type Principal } from '../core/principal.ts'
import { LIVE_PATH, READY_PATH } from './health.ts'

/** Probes have no credentials, and these tell nothing of the host's memory. */
const PUBLIC_PATHS: ReadonlySet<string | undefined> = new Set([LIVE_PATH, READY_PATH])

const BEARER_PATTERN = /^bearer +([^\s]+) *$/i

const HOLDER: Principal = { name: 'token-file', role: 'admin', tenant: null, via: 'token' }

/** One bearer token admits to everything; without it there is nothing but the probes. */
export const auth = fp<{ readonly token?: string }>(
  async (app, { token }) => {
    app.decorateRequest('principal', null as never)
    const wanted = token === undefined ? null : digest(token)
    app.addHook('onRequest', (request, reply, done) => {
      request.principal = wanted === null ? ANYONE : HOLDER
      if (wanted === null || PUBLIC_PATHS.has(request.routeOptions.url)) return done()
      const [, given] = BEARER_PATTERN.exec(request.headers.authorization ?? '') ?? []
      // Digests are of one length and tell nothing of a shared prefix, so the comparison takes
      // the same time for every wrong token.
      if (given !== undefined && timingSafeEqual(digest(given), wanted)) return done()
      reply.header('www-authenticate', 'Bearer realm="daxd"')
      done(new DaxError('unauthorized', 'A valid bearer token is needed.'))
    })
  },
  { name: 'daxd-auth', fastify: '5.x' },
)

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
