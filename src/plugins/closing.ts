import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { LIVE_PATH } from './health.ts'

/** Once the service is closing, whatever still comes over open connections is refused. */
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
  },
  { name: 'daxd-closing', fastify: '5.x' },
)
