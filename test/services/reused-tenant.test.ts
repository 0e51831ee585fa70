/** The deletion of a tenant that waits, while names become another's. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { DaxError } from '../../src/core/errors.ts'
import { bytes, MIB } from '../../src/core/units.ts'
import { CALL, POOL } from '../support/service-calls.ts'
import { gatedServices } from './gated-services.ts'

/** A deletion asks again after twice as long. */
const HALF_ROUND_MS = 500
const STEP_MS = 50
const REQUEST = { ...POOL, size: bytes(16 * MIB), pool: false }
const TENANT = { wipe: 'none', quota: {}, labels: {} } as const

test('takes nothing from the next tenant of the name when another deletion was quicker', async () => {
  const { services, clock, refusals, asked } = await gatedServices()
  const { tenants, namespaces, world } = services
  const removed = () => tenants.remove('red', true, CALL).catch((error: DaxError) => error.code)
  await tenants.put('red', TENANT, CALL)
  await namespaces.create('red.n', { ...REQUEST, tenant: 'red', wipe: 'on_release' }, CALL)
  refusals.set('wipe dax0.0', 'stale_holders')
  const one = removed()
  await expect.poll(() => asked).toContain('wipe dax0.0')
  await clock.advance(HALF_ROUND_MS)
  const other = removed()
  await clock.advance(0)
  refusals.clear()
  // One of them finds nothing left, half a round before the other asks again.
  const isThere = () => world.durable.get('tenant', 'red') !== undefined
  while (isThere()) {
    await clock.advance(STEP_MS)
    await sleep(1)
  }
  await tenants.put('red', TENANT, CALL)
  await namespaces.create('red.next', { ...REQUEST, tenant: 'red' }, CALL)
  await clock.advance(2 * HALF_ROUND_MS)
  await sleep(1)
  const outcomes = await Promise.all([one, other])
  expect(outcomes.filter((outcome) => outcome === 'no_such_tenant')).toHaveLength(1)
  expect(world.durable.get('namespace', 'red.next')).toMatchObject({ state: 'active' })
})

test('leaves alone what was made by the host under a name that the tenant had', async () => {
  const { services, hold, asked } = await gatedServices()
  const { tenants, namespaces, world } = services
  await tenants.put('red', TENANT, CALL)
  await namespaces.create('red.a', { ...REQUEST, tenant: 'red' }, CALL)
  await namespaces.create('red.b', { ...REQUEST, tenant: 'red', region: 1 }, CALL)
  const endDestroy = hold('destroy dax0.0')
  const removal = tenants.remove('red', true, CALL)
  await expect.poll(() => asked).toContain('destroy dax0.0')
  await namespaces.remove('red.b', { ifBusy: 'refuse' }, CALL)
  await namespaces.create('red.b', { ...REQUEST, region: 1 }, CALL)
  endDestroy()
  await removal
  expect(world.durable.get('namespace', 'red.b')).toMatchObject({ tenant: null, state: 'active' })
})
