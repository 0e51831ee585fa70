/** The directory fails: what is refused, what waits, and what goes on all the same. */
import { expect, test } from 'vitest'
import { stopServices } from '../../src/services/create-services.ts'
import { CALL, POOL } from '../support/service-calls.ts'
import { CLAIM, claim, deviceOf, SLICE, stand, started } from './support/offering-services.ts'

const REVOKE = { ifBusy: 'revoke' } as const
/** On a machine with much else to do. */
const PATIENCE = { timeout: 40_000, interval: 50 }

test.each([
  ['dedicated', CLAIM],
  ['slice', SLICE],
] as const)(
  'a %s claim that cannot be offered is refused, and nothing of it is left',
  async (_, request) => {
    const services = await started()
    const { world, namespaces, place } = services
    await namespaces.create('pool', POOL, CALL)
    const kinds = ['namespace', 'device', 'handle', 'mapping', 'lease', 'claim'] as const
    const figures = () => kinds.map((kind) => [...world.durable.after(kind, -1)].length)
    const before = figures()
    place.refuses = 'writing'
    const ask = { ...request, ttl_ms: 60_000 }
    await expect(claim(services, 'web', ask)).rejects.toMatchObject({ code: 'cdi_failed' })
    expect([figures(), [...place.there]]).toEqual([before, []])
    place.refuses = 'nothing'
    const { state, cdi_device } = await claim(services, 'web', ask)
    expect([state, [...place.there.keys()]]).toEqual(['active', [cdi_device?.split('=')[1]]])
  },
)

test('what cannot be offered again is offered when the directory can be written', async () => {
  const services = await started()
  const { devices, place } = services
  const made = await claim(services, 'web')
  const offered = [...place.there]
  await devices.disable(made.chardev ?? '', REVOKE, CALL)
  place.refuses = 'writing'
  const { life } = await devices.enable(made.chardev ?? '', CALL)
  expect([life.state, [...place.there]]).toEqual(['enabled', []])
  place.refuses = 'nothing'
  await expect.poll(() => [...place.there], PATIENCE).toEqual(offered)
})

test('what others remove from the directory is offered again', async () => {
  const services = await started()
  const { place } = services
  await claim(services, 'web')
  const offered = [...place.there]
  place.there.clear()
  await expect.poll(() => [...place.there], PATIENCE).toEqual(offered)
})

test('an offer that cannot be removed keeps no memory, but no device bears its name until it is gone', async () => {
  const services = await started()
  const { claims, namespaces, place, world } = services
  const old = await claim(services, 'old')
  place.refuses = 'removing'
  await claims.remove('old', { ifBusy: 'refuse' }, CALL)
  // The memory is free at once, but its stale name would hand out whoever has it next.
  expect([...world.durable.after('claim', -1)]).toEqual([])
  expect([...place.there.keys()]).toEqual([deviceOf(old)])
  const next = () => namespaces.create('next', { ...POOL, pool: false }, CALL)
  await expect(next()).rejects.toMatchObject({ code: 'cdi_failed' })
  expect([...world.durable.after('namespace', -1)]).toEqual([])
  place.refuses = 'nothing'
  await expect.poll(() => [...place.there.keys()], PATIENCE).toEqual([])
  await next()
  expect(world.durable.get('namespace', 'next')?.chardev).toBe(old.chardev)
})

test('a claim whose offer could not be removed has its device back, for it is its own', async () => {
  const services = await started()
  const { devices, place } = services
  const { chardev } = await claim(services, 'web')
  const offered = [...place.there]
  place.refuses = 'removing'
  await devices.disable(chardev ?? '', REVOKE, CALL)
  const { life } = await devices.enable(chardev ?? '', CALL)
  expect([life.state, [...place.there]]).toEqual(['enabled', offered])
})

test('a start removes what nobody claims, and keeps what cannot be removed away from everybody', async () => {
  const { boot, place } = stand()
  const first = await boot('first')
  const { chardev } = await claim(first, 'mine')
  const orphan = await claim(first, 'orphan')
  const left = place.there.get(deviceOf(orphan))
  await first.claims.remove('orphan', { ifBusy: 'refuse' }, CALL)
  await stopServices(first)
  // As if a crash of another daxd, with other books, had left it.
  if (left !== undefined) place.there.set(left.device, left)
  place.refuses = 'removing'

  const second = await boot('first')
  const next = () => second.namespaces.create('next', { ...POOL, pool: false }, CALL)
  await expect(next()).rejects.toMatchObject({ code: 'cdi_failed' })
  place.refuses = 'nothing'
  await expect
    .poll(() => [...place.there.values()].map(({ claim }) => claim), PATIENCE)
    .toEqual(['mine'])
  await next()
  const { chardev: taken } = second.world.durable.get('namespace', 'next') ?? {}
  await stopServices(second)
  expect([taken, chardev]).toEqual([orphan.chardev, 'dax0.0'])
})

test('after a reboot nothing of before is found until its device is there again, in its new place', async () => {
  const { boot, place } = stand()
  const first = await boot('first')
  await first.namespaces.create('pool', POOL, CALL)
  const made = [await claim(first, 'web'), await claim(first, 'part', SLICE)]
  const before = [...place.there]
  await stopServices(first)
  place.steps.splice(0)
  const second = await boot('second')
  await stopServices(second)
  expect([...place.there].sort()).toEqual(before.sort())
  const order = place.steps.filter((step) => /^(?:remove|write|enable)/.test(step))
  expect(order.slice(0, 2).sort()).toEqual(['remove part', 'remove web'])
  expect(order.slice(2)).toContain('write web')
  expect(order.indexOf('write part')).toBeGreaterThan(order.indexOf('enable'))
  expect(made.map(({ cdi_device }) => cdi_device)).toEqual(
    ['web', 'part'].map((name) => second.world.durable.get('claim', name)?.cdi_device),
  )
})
