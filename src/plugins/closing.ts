import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { LIVE_PATH } from './health.ts'

/**
 * Once the service is closing, whatever still comes over open connections is refused, and a
 * connection is closed when its last answer has gone out: kept alive, it would keep the service.
 */
export const closing = fp(
  async (app) => {
    let isClosing = false
    app.addHook('preClose', (done) => {
      isClosing = true
      done()
    })
    app.addHook('onRequest', (request, _reply, done) => {
      if (!isClosing || request.routeOptions.url === LIVE_PATH) done()
      else done(new DaxError('shutting_down', 'The service is stopping.'))
    })
    app.addHook('onResponse', (_request, _reply, done) => {
      // A connection counts as idle only after the events of its answer have all been told.
      if (isClosing) setImmediate(() => app.server.closeIdleConnections())
      done()
    })
  },
  { name: 'daxd-closing', fastify: '5.x' },
)
