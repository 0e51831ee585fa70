import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { headerCount } from './header-count.ts'
import { pathOf } from './problem.ts'
import { createRouteTable } from './route-table.ts'

/** RFC 9112, section 3.2. */
const HOST = 'host'

/**
 * Answers 404 for what is not there and 405 with `Allow` for what is there under other methods,
 * both before a body is read; and 400 for a request that does not name its host once.
 */
export const contract = fp(
  async (app) => {
    const table = createRouteTable()
    app.addHook('onRoute', (route) => {
      table.add(route.url, Array.isArray(route.method) ? route.method : [route.method])
    })
    app.addHook('onRequest', (request, reply, done) => {
      if (headerCount(request.raw, HOST) !== 1 && request.raw.httpVersion === '1.1') {
        done(new DaxError('malformed', 'An HTTP/1.1 request has exactly one Host header.'))
      } else if (request.is404) {
        const allow = table.methodsAt(pathOf(request.url))
        if (allow.length > 0) reply.header('allow', allow.join(', '))
        done(refusal(allow))
      } else if (hasEmptyStep(request.params)) {
        done(refusal([]))
      } else {
        done()
      }
    })
  },
  { name: 'daxd-contract', fastify: '5.x' },
)

function refusal(allow: readonly string[]): DaxError {
  if (allow.length === 0) return new DaxError('no_route', 'There is nothing at this path.')
  return new DaxError('method_not_allowed', `The path takes ${allow.join(', ')}.`)
}

/** The router takes `/v1/regions/` for a region without an id. */
function hasEmptyStep(params: unknown): boolean {
  const steps = params as Record<string, string>
  for (const name in steps) if (steps[name] === '' && name !== '*') return true
  return false
}
