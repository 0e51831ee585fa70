import { expect, test } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { INTERNAL_CALL } from '../../src/services/call.ts'
import { createLeases } from '../../src/services/leases.ts'
import { type ServiceFixture, serviceFixture } from './fixture.ts'
import { deviceDraft, handleDraft, mappingDraft } from './world/drafts.ts'
import { outcome } from './world/fixture.ts'

function leasesOf(fixture: ServiceFixture) {
  return createLeases({ ...fixture, claims: () => ({ endWith: () => null }) })
}

async function started() {
  const fixture = await serviceFixture()
  const leases = leasesOf(fixture)
  await leases.start()
  return { ...fixture, leases }
}

const REQUEST = { holder: 'h', ttl_ms: 1000 }

test('an expired lease takes its handles and mappings with it in one commit', async () => {
  const { world, ledger, clock, leases } = await started()
  const { id } = await leases.create(REQUEST, INTERNAL_CALL)
  const device = await world.commit((tx) => tx.create('device', deviceDraft('d', 'dax0.1')))
  await world.commit((tx) => {
    tx.create('handle', handleDraft('h-1', device, id))
    tx.create('handle', handleDraft('h-2', device))
    tx.create('mapping', mappingDraft('m-1', device, 0, id))
  })
  const before = ledger.sizes.length
  await clock.advance(999)
  expect(world.durable.count('lease')).toBe(1)
  await clock.advance(200)
  expect(ledger.sizes.slice(before)).toEqual([3])
  expect([...world.durable.after('handle', -1)].map((handle) => handle.id)).toEqual(['h-2'])
  expect([world.durable.count('mapping'), world.durable.count('lease')]).toEqual([0, 0])
})

test('a renewal that is not yet durable already keeps the sweep from ending the lease', async () => {
  const { world, ledger, clock, leases } = await started()
  const { id } = await leases.create(REQUEST, INTERNAL_CALL)
  await clock.advance(900)
  ledger.hold()
  const renewed = outcome(leases.renew(id, undefined, INTERNAL_CALL))
  await ledger.held()
  await clock.advance(300)
  ledger.open()
  expect(await renewed).toMatchObject({ value: { id, expires_ms: 1900 } })
  await world.idle()
  expect(world.durable.get('lease', id)?.expires_ms).toBe(1900)
  await clock.advance(2000)
  expect(world.durable.get('lease', id)).toBeUndefined()
})

test('a lease is told to have expired only once its end is durable, for a crash would undo it', async () => {
  const { world, ledger, clock, leases } = await started()
  const { id } = await leases.create({ ...REQUEST, ttl_ms: 1050 }, INTERNAL_CALL)
  // The sweep is held up by the end of another one, so that the renewal comes first.
  const other = await leases.create({ ...REQUEST, ttl_ms: 940 }, INTERNAL_CALL)
  ledger.hold()
  await clock.advance(1060)
  let isTold = false
  const renewed = outcome(leases.renew(id, undefined, INTERNAL_CALL)).then((told) => {
    isTold = true
    return told
  })
  await ledger.held()
  await new Promise(setImmediate)
  expect([isTold, world.durable.get('lease', id)?.id]).toEqual([false, id])
  ledger.open()
  expect(await renewed).toEqual({ error: 'lease_expired' })
  expect(world.durable.get('lease', id)).toBeUndefined()
  await world.idle()
  expect(world.durable.get('lease', other.id)).toBeUndefined()
})

test('renewing an expired lease is lease_expired, before and after the sweep has come by', async () => {
  const { clock, leases } = await started()
  const { id } = await leases.create(REQUEST, INTERNAL_CALL)
  const early = await leases.create({ ...REQUEST, ttl_ms: 950 }, INTERNAL_CALL)
  await clock.advance(960)
  const unswept = outcome(leases.renew(early.id, undefined, INTERNAL_CALL))
  expect(await unswept).toEqual({ error: 'lease_expired' })
  await clock.advance(500)
  const swept = outcome(leases.renew(id, undefined, INTERNAL_CALL))
  expect(await swept).toEqual({ error: 'lease_expired' })
  const unknown = outcome(leases.renew('l-none', undefined, INTERNAL_CALL))
  expect(await unknown).toEqual({ error: 'no_such_lease' })
})

test('an expiry that the full disk refused is tried again when there is room', async () => {
  const { world, ledger, clock, leases } = await started()
  await leases.create(REQUEST, INTERNAL_CALL)
  ledger.hold()
  await clock.advance(1100)
  await ledger.held()
  ledger.fail(new DaxError('ledger_full', 'No room.'))
  await world.idle()
  expect(world.durable.count('lease')).toBe(1)
  ledger.open()
  await clock.advance(200)
  expect(world.durable.count('lease')).toBe(0)
})

test('after a restart a lease has its full time again, and later tokens are higher', async () => {
  const first = await started()
  const lease = await first.leases.create(REQUEST, INTERNAL_CALL)
  await first.clock.advance(900)
  first.leases.stop()
  const second = await serviceFixture(first.ledger)
  const leases = leasesOf(second)
  await leases.start()
  await second.clock.advance(990)
  expect(second.world.durable.get('lease', lease.id)?.expires_ms).toBe(1000)
  const next = await leases.create(REQUEST, INTERNAL_CALL)
  expect(next.token).toBeGreaterThan(lease.token)
  await second.clock.advance(150)
  expect([...second.world.durable.after('lease', -1)].map(({ id }) => id)).toEqual([next.id])
})
