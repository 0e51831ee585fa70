/** What waits for its turn in a region, while the name that it is about becomes another's. */
import { expect, test } from 'vitest'
import { bytes, MIB } from '../../src/core/units.ts'
import { CALL, POOL } from '../support/service-calls.ts'
import { type GatedServices, gatedServices } from './gated-services.ts'

/** Longer than the caretaker rests between two rounds. */
const ROUND_MS = 6000
const REQUEST = { ...POOL, size: bytes(16 * MIB), pool: false }

type Third = (on: GatedServices) => Promise<unknown>

/**
 * In region 0, `n` is deleted, another creation waits behind that, and `third` comes behind both,
 * before the deletion has begun or during it. By its turn `n` is being made in region 1.
 */
async function reuse(when: 'before' | 'during', third: Third) {
  const on = await gatedServices()
  const { services, clock, asked, hold } = on
  const { namespaces } = services
  await namespaces.create('n', REQUEST, CALL)
  const endFirst = hold('create dax0.1')
  const first = namespaces.create('first', REQUEST, CALL)
  await expect.poll(() => asked).toContain('create dax0.1')
  const endDestroy = hold('destroy dax0.0')
  const removal = namespaces.remove('n', { ifBusy: 'refuse' }, CALL)
  const endOther = hold('create dax0.0')
  const other = namespaces.create('other', REQUEST, CALL)
  await clock.advance(0)
  const begun = when === 'before' ? third(on) : null
  endFirst()
  await expect.poll(() => asked).toContain('destroy dax0.0')
  const result = begun ?? third(on)
  result.catch(() => undefined)
  await clock.advance(0)
  endDestroy()
  await removal
  const endMake = hold('create dax1.0')
  const made = namespaces.create('n', { ...REQUEST, region: 1 }, CALL)
  await expect.poll(() => asked).toContain('create dax1.0')
  endOther()
  await Promise.all([first, other])
  return { ...on, result, made, endMake }
}

test('the caretaker leaves a namespace alone whose name has moved to another region', async () => {
  const { services, asked, result, made, endMake } = await reuse('during', ({ clock }) =>
    clock.advance(ROUND_MS),
  )
  await result
  await services.namespaces.create('later', REQUEST, CALL)
  endMake()
  await made
  expect(asked.filter((call) => call === 'create dax1.0')).toHaveLength(1)
  expect(services.world.durable.get('namespace', 'n')).toMatchObject({ region: 1, state: 'active' })
})

test.each<[string, Third]>([
  ['remove', ({ services }) => services.namespaces.remove('n', { ifBusy: 'revoke' }, CALL)],
  ['change', ({ services }) => services.namespaces.change('n', { labels: { a: 'b' } }, CALL)],
])('%s of a namespace that is gone does nothing to the next of its name', async (_, third) => {
  const { services, result, made, endMake } = await reuse('before', third)
  await expect(result).rejects.toMatchObject({
    code: 'no_such_namespace',
    message: expect.stringContaining("the name is another's"),
  })
  endMake()
  await made
  const { labels, state } = services.world.durable.get('namespace', 'n') ?? {}
  expect({ labels, state }).toEqual({ labels: {}, state: 'active' })
})
