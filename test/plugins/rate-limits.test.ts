/** Each identity asks as often as it may, whoever else asks. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimits } from '../../src/plugins/token-buckets.ts'
import { startTenantDaemon } from '../tenants/support/tenant-daemon.ts'

test('over any second nobody gets more than the rate and what a pause has saved up', () => {
  const steps = fc.array(fc.nat(400), { minLength: 1, maxLength: 200 })
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), steps, (perSecond, pauses) => {
      let now = 0
      const limits = createRateLimits({ perSecond, now: () => now })
      let given = 0
      for (const pause of pauses) {
        now += pause
        const waitS = limits.take('red')
        if (waitS === 0) given += 1
        else expect(waitS).toBeLessThanOrEqual(1 / perSecond)
      }
      expect(given).toBeLessThanOrEqual((now / 1000) * perSecond + 2 * perSecond)
      // Who has waited as long as it was told gets its turn.
      now += 1000 / perSecond
      expect([limits.take('red'), limits.take('blue')]).toEqual([0, 0])
    }),
  )
})

test('one who asks too often is 429 with a time to wait, and others are served', async () => {
  const daemon = await startTenantDaemon({}, { 'rate-limit': 5 })
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => daemon.ask('red', 'GET', '/v1/leases')),
  )
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(10)
  const [first] = refused
  expect([first?.body.code, first?.body.retry_after_s > 0]).toEqual(['rate_limited', true])
  expect((await daemon.ask('blue', 'GET', '/v1/leases')).status).toBe(200)
})
