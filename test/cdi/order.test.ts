/** In which order directory, host and ledger are told: the same for every way to end a claim. */
import { expect, test } from 'vitest'
import { CALL, POOL } from '../support/service-calls.ts'
import { CLAIM, claim, SLICE, started } from './support/offering-services.ts'

const REFUSE = { ifBusy: 'refuse' } as const
const REVOKE = { ifBusy: 'revoke' } as const

/** What the work makes happen, in order; what the books say twice counts once. */
async function stepsOf(steps: string[], work: () => Promise<unknown>): Promise<string[]> {
  steps.splice(0)
  await work()
  return steps.filter((step, at) => step !== steps[at - 1])
}

test('a claim is offered when its device is enabled, and before it is active', async () => {
  const services = await started()
  const steps = await stepsOf(services.place.steps, () => claim(services, 'web'))
  expect(steps).toEqual(['creating web', 'enable', 'write web', 'active web'])
})

test('a slice has its place before it is offered, and is active after that', async () => {
  const services = await started()
  await services.namespaces.create('pool', POOL, CALL)
  const steps = await stepsOf(services.place.steps, () => claim(services, 'part', SLICE))
  expect(steps).toEqual(['creating part', 'write part', 'active part'])
})

test.each([
  ['released', REFUSE],
  ['revoked', REVOKE],
] as const)(
  'a claim that is %s is not found any more before its device is shut',
  async (_, how) => {
    const services = await started()
    await claim(services, 'web', { ...CLAIM, wipe: 'on_release' })
    const remove = () => services.claims.remove('web', how, CALL)
    const steps = await stepsOf(services.place.steps, remove)
    const end = ['releasing web', 'disable', 'wipe', 'destroy', 'gone web']
    expect(steps).toEqual(['remove web', 'fence', ...end])
  },
)

test.each(['none', 'on_release'] as const)(
  'a slice (wipe: %s) keeps its place until it is not found any more',
  async (wipe) => {
    const services = await started()
    await services.namespaces.create('pool', POOL, CALL)
    await claim(services, 'part', { ...SLICE, wipe })
    const remove = () => services.claims.remove('part', REFUSE, CALL)
    const steps = await stepsOf(services.place.steps, remove)
    const wiped = wipe === 'none' ? [] : ['wipe']
    expect(steps).toEqual(['releasing part', 'remove part', ...wiped, 'gone part'])
  },
)

test.each([
  ['dedicated', CLAIM, ['disable', 'destroy']],
  ['slice', SLICE, []],
] as const)(
  'of a %s claim whose lease ends nothing is found before the host is touched',
  async (_, request, host) => {
    const services = await started()
    await services.namespaces.create('pool', POOL, CALL)
    const { steps } = services.place
    const lived = await stepsOf(steps, async () => {
      await claim(services, 'brief', { ...request, ttl_ms: 1000 })
      await expect.poll(() => steps.includes('gone brief'), { timeout: 30_000 }).toBe(true)
    })
    const end = lived.slice(lived.lastIndexOf('active brief') + 1)
    expect(end).toEqual(['releasing brief', 'remove brief', ...host, 'gone brief'])
  },
)

test('a device that is disabled is not found before it is shut, and found again when it is enabled', async () => {
  const services = await started()
  const { devices, place } = services
  const { chardev } = await claim(services, 'web')
  const off = await stepsOf(place.steps, () => devices.disable(chardev ?? '', REVOKE, CALL))
  expect(off).toEqual(['remove web', 'fence', 'disable'])
  const on = await stepsOf(place.steps, () => devices.enable(chardev ?? '', CALL))
  expect(on).toEqual(['enable', 'active web', 'write web'])
})

test('a device that was not disabled, as it is in use, is found again', async () => {
  const services = await started()
  const { devices, place } = services
  const { chardev } = await claim(services, 'web')
  const before = [...place.there.values()]
  const disable = () =>
    expect(devices.disable(chardev ?? '', REFUSE, CALL)).rejects.toMatchObject({ code: 'busy' })
  await disable()
  expect([...place.there.values()]).toEqual(before)
})

test('a pool that is revoked takes the offers of its slices along', async () => {
  const services = await started()
  await services.namespaces.create('pool', POOL, CALL)
  await claim(services, 'part', SLICE)
  await claim(services, 'other', SLICE)
  const remove = () => services.namespaces.remove('pool', REVOKE, CALL)
  const steps = await stepsOf(services.place.steps, remove)
  expect(steps.slice(0, 3)).toEqual(['remove part', 'remove other', 'fence'])
  expect([...services.place.there]).toEqual([])
})
