import { createHash, timingSafeEqual } from 'node:crypto'
import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { LIVE_PATH, READY_PATH } from './health.ts'

/** Probes have no credentials, and these tell nothing of the host's memory. */
const PUBLIC_PATHS: ReadonlySet<string | undefined> = new Set([LIVE_PATH, READY_PATH])

const BEARER_PATTERN = /^bearer +([^\s]+) *$/i

/** One bearer token admits to everything; without it there is nothing but the probes. */
export const auth = fp<{ readonly token: string }>(
  async (app, { token }) => {
    const wanted = digest(token)
    app.addHook('onRequest', (request, reply, done) => {
      const [, given] = BEARER_PATTERN.exec(request.headers.authorization ?? '') ?? []
      // Digests are of one length and tell nothing of a shared prefix, so the comparison takes
      // the same time for every wrong token.
      const isAdmitted = given !== undefined && timingSafeEqual(digest(given), wanted)
      if (isAdmitted || PUBLIC_PATHS.has(request.routeOptions.url)) {
        done()
        return
      }
      reply.header('www-authenticate', 'Bearer realm="daxd"')
      done(new DaxError('unauthorized', 'A valid bearer token is needed.'))
    })
  },
  { name: 'daxd-auth', fastify: '5.x' },
)

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
