/** What waits for its turn, or for the host, while what it is about changes. */
import { expect, test } from 'vitest'
import { DEFAULT_ALIGN } from '../../src/backends/emulated/topology.ts'
import { bytes, MIB } from '../../src/core/units.ts'
import { startMmapChild } from '../support/mmap-child.ts'
import { CALL, POOL } from '../support/service-calls.ts'
import { type GatedServices, gatedServices } from './gated-services.ts'

const REQUEST = { ...POOL, size: bytes(16 * MIB), pool: false }

test('a PATCH of the size takes nothing back of a minimum that was raised meanwhile', async () => {
  const { services, hold, asked } = await gatedServices()
  const { tenants, namespaces } = services
  const tenant = { wipe: 'none', quota: {}, labels: {} } as const
  await tenants.put('red', tenant, CALL)
  await namespaces.create('red.n', { ...REQUEST, tenant: 'red', enabled: false }, CALL)
  const endReshape = hold('reshape dax0.0')
  const changed = namespaces.change('red.n', { size: bytes(32 * MIB) }, CALL)
  await expect.poll(() => asked).toContain('reshape dax0.0')
  await tenants.put('red', { ...tenant, wipe: 'on_release' }, CALL)
  endReshape()
  expect(await changed).toMatchObject({ size: 32 * MIB, wipe: 'on_release' })
})

test('a device that was adopted while its removal waited is not removed', async () => {
  const { services, hold, asked, host } = await gatedServices()
  const { namespaces, devices, reconciliation, world } = services
  await namespaces.create('n', REQUEST, CALL)
  const region = world.working.get('region', '0')
  const start = bytes((region?.start ?? 0) + 64 * MIB)
  const size = bytes(16 * MIB)
  const place = { extents: [{ start, size }], ranges: [{ start, size, offset: bytes(0) }] }
  const shape = { ...place, align: DEFAULT_ALIGN, memmap: 'mem', mode: 'devdax' } as const
  await host.create({ ...shape, region: 0, chardev: 'dax0.1', name: '', uuid: '' })
  await reconciliation.differences()
  const endDestroy = hold('destroy dax0.0')
  const first = namespaces.remove('n', { ifBusy: 'refuse' }, CALL)
  await expect.poll(() => asked).toContain('destroy dax0.0')
  const begun = Promise.withResolvers<void>()
  const adopted = reconciliation.act('device/dax0.1', 'adopt', {}, begun.resolve)
  await begun.promise
  const removed = devices.remove('dax0.1', { ifBusy: 'revoke' }, CALL)
  removed.catch(() => undefined)
  endDestroy()
  await Promise.all([first, adopted])
  await expect(removed).rejects.toMatchObject({ code: 'owned_by_namespace' })
  expect(world.durable.get('namespace', 'adopted-dax0.1')).toMatchObject({ state: 'active' })
})

test('a device is not enabled by a call that was about an earlier one of its name', async () => {
  const { services, clock, hold, asked } = await gatedServices()
  const { namespaces, devices, world } = services
  await namespaces.create('first', REQUEST, CALL)
  await namespaces.create('n', { ...REQUEST, enabled: false }, CALL)
  const endDestroy = hold('destroy dax0.0')
  const removals = [namespaces.remove('first', { ifBusy: 'refuse' }, CALL)]
  await expect.poll(() => asked).toContain('destroy dax0.0')
  removals.push(namespaces.remove('n', { ifBusy: 'refuse' }, CALL))
  const next = [
    namespaces.create('other', REQUEST, CALL),
    namespaces.create('next', { ...REQUEST, enabled: false }, CALL),
  ]
  await clock.advance(0)
  const enabled = devices.enable('dax0.1', CALL)
  enabled.catch(() => undefined)
  endDestroy()
  await Promise.all([...removals, ...next])
  await expect(enabled).rejects.toMatchObject({ code: 'no_such_device' })
  const { device } = world.durable.get('namespace', 'next') ?? {}
  expect(world.durable.get('device', device ?? '')).toMatchObject({
    chardev: 'dax0.1',
    life: { state: 'disabled' },
  })
})

test('a region is not dropped by a call that was about an earlier one of its id', async () => {
  const { services } = await gatedServices()
  const { regions, world } = services
  const definition = { size: bytes(64 * MIB), align: bytes(2 * MIB) }
  const { id } = await regions.define(definition, CALL)
  const again = [regions.drop(id, CALL), regions.define(definition, CALL)]
  const late = regions.drop(id, CALL)
  late.catch(() => undefined)
  await Promise.all(again)
  await expect(late).rejects.toMatchObject({ code: 'no_such_region' })
  expect(world.durable.get('region', String(id))).toBeDefined()
})

/** A process that has the first bytes of the device mapped that bears the name now. */
function mapBearer({ durable }: GatedServices['services']['world']) {
  const uid = durable.index.bearer('dax0.0') ?? ''
  const path = durable.get('device', uid)?.path ?? ''
  return startMmapChild({ path, offset: 0, length: MIB })
}

test('a look at who has a device tells nobody of the next one of its name', async () => {
  const { services, hold, asked } = await gatedServices()
  const { namespaces, devices, world } = services
  await namespaces.create('n', REQUEST, CALL)
  const endLook = hold('observe dax0.0')
  const looked = devices.observe(['dax0.0'])
  await expect.poll(() => asked).toContain('observe dax0.0')
  // Later looks need not wait.
  hold('observe dax0.0')()
  await namespaces.remove('n', { ifBusy: 'refuse' }, CALL)
  await namespaces.create('next', REQUEST, CALL)
  const child = await mapBearer(world)
  const now = (await devices.observe(['dax0.0'])).users.get('dax0.0')
  endLook()
  const told = (await looked).users.get('dax0.0')
  expect([now?.map(({ pid }) => pid), told]).toEqual([[child.pid], []])
})

test('a slice goes though the next device of the name of its pool is mapped when the look ends', async () => {
  const { services, hold, asked } = await gatedServices()
  const { namespaces, claims, world } = services
  await namespaces.create('pool', POOL, CALL)
  const slice = { size: bytes(4 * MIB), holder: 'me', wipe: 'none', labels: {} } as const
  await claims.put('part', { ...slice, sharing: 'slice', selector: {} }, CALL)
  const endLook = hold('observe dax0.0')
  const removed = claims.remove('part', { ifBusy: 'refuse' }, CALL)
  removed.catch(() => undefined)
  await expect.poll(() => asked).toContain('observe dax0.0')
  hold('observe dax0.0')()
  await namespaces.remove('pool', { ifBusy: 'revoke' }, CALL)
  await namespaces.create('next', REQUEST, CALL)
  await mapBearer(world)
  endLook()
  expect(await removed).toMatchObject({ kind: 'done' })
})
