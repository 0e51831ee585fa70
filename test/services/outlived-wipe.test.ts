/** A wipe that has to wait, while what it is about is forgotten and made anew by the same name. */
import { expect, test, vi } from 'vitest'
import type { ClaimRequest } from '../../src/core/model.ts'
import { ANYONE } from '../../src/core/principal.ts'
import { bytes, MIB } from '../../src/core/units.ts'
import type { Claims } from '../../src/services/claims.ts'
import { resumeSlices } from '../../src/services/recovery.ts'
import { takeUpWipe } from '../../src/services/wipe-records.ts'
import { CALL, POOL } from '../support/service-calls.ts'
import { serviceFixture } from './fixture.ts'
import { type GatedServices, gatedServices } from './gated-services.ts'

/** Longer than a wipe waits before it asks again, and than the caretaker rests. */
const ROUND_MS = 6000
const REQUEST = { ...POOL, size: bytes(16 * MIB), pool: false, wipe: 'on_release' } as const
const CLAIM: ClaimRequest = {
  size: bytes(16 * MIB),
  sharing: 'dedicated',
  selector: { region: 0 },
  holder: 'me',
  wipe: 'on_release',
  labels: {},
}
const REVOKE = { ifBusy: 'revoke' } as const

/** Id 0 is never gone from the host, so another namespace has that. */
async function stage(): Promise<GatedServices> {
  const on = await gatedServices()
  await on.services.namespaces.create('first', REQUEST, CALL)
  return on
}

/** Others take the device away on the host while its wipe waits, and the books let go of it. */
async function takenAway(
  { services, host, refusals }: GatedServices,
  remove: () => Promise<unknown>,
) {
  refusals.set('wipe dax0.1', 'stale_holders')
  await expect(remove()).rejects.toMatchObject({ code: 'stale_holders' })
  refusals.clear()
  await host.destroy('dax0.1')
  await services.reconciliation.act('device/dax0.1', 'forget', {}, () => undefined)
}

test('leaves the next device alone that stands in the place of its own', async () => {
  const on = await stage()
  const { services, clock, asked } = on
  await services.namespaces.create('n', REQUEST, CALL)
  await takenAway(on, () => services.namespaces.remove('n', REVOKE, CALL))
  await services.namespaces.create('next', { ...REQUEST, enabled: false }, CALL)
  await clock.advance(ROUND_MS)
  await services.namespaces.create('later', REQUEST, CALL)
  expect(asked.filter((call) => call === 'destroy dax0.1')).toEqual([])
  const { devices } = await services.host.backend.discover(0)
  expect(devices.map(({ chardev }) => chardev)).toEqual(['dax0.0', 'dax0.1', 'dax0.2'])
})

test('leaves the next claim of the name alone, though somebody still refers to the old device', async () => {
  const on = await stage()
  const { services, clock } = on
  await services.claims.put('x', CLAIM, CALL)
  await services.broker.open('dax0.1', { holder: 'other' }, { caller: ANYONE })
  await takenAway(on, () => services.claims.remove('x', REVOKE, CALL))
  await services.claims.put('x', CLAIM, CALL)
  await clock.advance(ROUND_MS)
  await services.namespaces.create('later', REQUEST, CALL)
  expect(services.world.durable.get('claim', 'x')).toMatchObject({ state: 'active' })
})

test('does not stand for the wipe of the next object of the name', async () => {
  const on = await stage()
  const { services, asked } = on
  await services.namespaces.create('n', REQUEST, CALL)
  await takenAway(on, () => services.namespaces.remove('n', REVOKE, CALL))
  await services.namespaces.create('n', { ...REQUEST, region: 1 }, CALL)
  await services.namespaces.remove('n', REVOKE, CALL)
  expect(asked.filter((call) => call === 'wipe dax1.0')).toHaveLength(1)
  expect(services.world.durable.get('namespace', 'n')).toBeUndefined()
})

test('that broke off is not gone on with for the next object of the name', async () => {
  const { world } = await serviceFixture()
  const begin = (seq: number) =>
    world.commit((tx) =>
      takeUpWipe(tx, { target: { kind: 'namespace', id: 'n', seq }, tenant: null, total: 10 }),
    )
  const first = await begin(0)
  expect((await begin(0)).id).toBe(first.id)
  const second = await begin(first.seq + 1)
  expect({ ...second, id: '' }).toMatchObject({ progress: { done: 0, total: 10 } })
  expect(second.id).not.toBe(first.id)
})

test('that was cancelled is not begun again by who had noted it as under way', async () => {
  const { services, refusals } = await stage()
  const { world, claims, operations } = services
  const slice = { ...CLAIM, size: bytes(2 * MIB), sharing: 'slice', selector: {} } as const
  await services.namespaces.create('pool', POOL, CALL)
  refusals.set('wipe dax0.1', 'stale_holders')
  for (const name of ['a', 'b']) {
    await claims.put(name, slice, CALL)
    await expect(claims.remove(name, REVOKE, CALL)).rejects.toMatchObject({ code: 'stale_holders' })
  }
  const wipes = [...world.durable.after('operation', -1)].filter(({ verb }) => verb === 'wipe')
  const wipeOfB = wipes.find(({ target }) => target.id === 'b')?.id ?? ''
  const resumed: string[] = []
  const cancelling: Claims = {
    ...claims,
    async resume(name) {
      resumed.push(name)
      if (name === 'a') await operations.cancel(wipeOfB, CALL)
      await claims.resume(name)
    },
  }
  await resumeSlices({ ...services.host, claims: cancelling, operations })
  expect([resumed, world.durable.get('claim', 'b')?.state]).toEqual([['a'], 'failed'])
})

test('is not overtaken by an adoption of its device, which others have enabled', async () => {
  const { services, clock, refusals, host } = await stage()
  const { world, reconciliation } = services
  await services.namespaces.create('n', REQUEST, CALL)
  refusals.set('wipe dax0.1', 'stale_holders')
  const removed = services.namespaces.remove('n', REVOKE, CALL)
  await expect(removed).rejects.toMatchObject({ code: 'stale_holders' })
  await host.enable('dax0.1')
  expect(await reconciliation.differences()).toEqual([
    expect.objectContaining({ kind: 'drift', object: 'device/dax0.1', actions: ['repair'] }),
  ])
  const adopted = reconciliation.act('device/dax0.1', 'adopt', {}, () => undefined)
  await expect(adopted).rejects.toMatchObject({ code: 'no_such_item' })
  const { device } = world.durable.get('namespace', 'n') ?? {}
  expect(world.durable.get('device', device ?? '')?.life.state).toBe('disabled')
  await host.disable('dax0.1')
  refusals.clear()
  await clock.advance(ROUND_MS)
  const gone = () => expect(world.durable.get('namespace', 'n')).toBeUndefined()
  await vi.waitFor(gone)
})
