import { expect, test } from 'vitest'
import { createOperations } from '../../src/services/operations.ts'
import { serviceFixture } from '../services/fixture.ts'
import { outcome } from '../services/world/fixture.ts'

const WAITING_MAX = 256

test('drains beyond their bound are overloaded and record nothing, until one has ended', async () => {
  const fixture = await serviceFixture()
  const operations = createOperations(fixture)
  const spec = {
    verb: 'disable-device',
    target: { kind: 'device', id: 'dax0.0' },
    tenant: null,
    total: 1,
  } as const
  const begin = () => fixture.world.commit((tx) => operations.begin(tx, spec))
  const begun = await Promise.all(Array.from({ length: WAITING_MAX }, begin))
  const before = fixture.world.lastRevision()
  expect(await outcome(begin())).toEqual({ error: 'overloaded' })
  expect([fixture.world.lastRevision(), fixture.world.durable.count('operation')]).toEqual([
    before,
    WAITING_MAX,
  ])
  const id = begun[0]?.id ?? ''
  await operations.run(id, { view: () => null }, async () => null)
  expect(await outcome(begin())).toHaveProperty('value.state', 'running')
})
