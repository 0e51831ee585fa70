import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { createRateLimits } from './token-buckets.ts'

/**
 * Holds each identity to its requests a second, so that one team's loop leaves the others their
 * turn. Who is nobody in particular is held by the admission's bounds alone.
 */
export const rateLimits = fp<{ readonly perSecond: number }>(
  async (app, { perSecond }) => {
    const limits = createRateLimits({ perSecond })
    app.addHook('onRequest', (request, _reply, done) => {
      const { via, name, tenant } = request.principal
      if (via === 'anyone') return done()
      const waitS = limits.take(`${via} ${tenant ?? ''} ${name}`)
      if (waitS === 0) return done()
      const detail = `${name} asks more than ${perSecond} times a second.`
      done(new DaxError('rate_limited', detail, { retry_after_s: waitS }))
    })
  },
  { name: 'daxd-rate-limits', fastify: '5.x', dependencies: ['daxd-auth'] },
)
