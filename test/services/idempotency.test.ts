import { expect, test } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { createIdempotency } from '../../src/services/idempotency.ts'
import { type ServiceFixture, serviceFixture } from './fixture.ts'
import { leaseDraft } from './world/drafts.ts'
import { outcome } from './world/fixture.ts'

const KEY = { scope: 'me POST /v1/leases k', tenant: null, fingerprint: 'f' }
const DAY_MS = 24 * 3_600_000
const ANSWER = { status: 201, headers: {}, body: { id: 'l-1' } }

function idempotencyOf(fixture: ServiceFixture) {
  return createIdempotency({ ...fixture, digest: (text) => text })
}

async function calls() {
  const fixture = await serviceFixture()
  const idempotency = idempotencyOf(fixture)
  let made = 0
  const make = () => {
    made += 1
    const id = `l-${made}`
    return fixture.world.commit((tx) => {
      idempotency.store(tx, KEY, ANSWER)
      return tx.create('lease', leaseDraft(id)).id
    })
  }
  return { ...fixture, idempotency, make, count: () => made }
}

test('a repeated call gets the first answer, also one that comes while the first is under way', async () => {
  const { idempotency, make, count } = await calls()
  const [first, ...rest] = await Promise.all(
    Array.from({ length: 5 }, () => idempotency.once(KEY, make)),
  )
  expect(first).toEqual({ result: 'l-1' })
  const replayed = { replayed: { ...ANSWER, fingerprint: 'f', at_ms: 0 } }
  expect(rest).toEqual(rest.map(() => replayed))
  expect(count()).toBe(1)
})

test('of many that wait for a call that is refused only one performs', async () => {
  const { idempotency, make, count } = await calls()
  const refused = outcome(
    idempotency.once(KEY, () => Promise.reject(new DaxError('no_space', 'No room.'))),
  )
  const rest = Array.from({ length: 5 }, () => idempotency.once(KEY, make))
  expect(await refused).toEqual({ error: 'no_space' })
  await Promise.all(rest)
  expect(count()).toBe(1)
})

test('the same key with another body is a conflict and performs nothing', async () => {
  const { idempotency, make, count } = await calls()
  await idempotency.once(KEY, make)
  const other = outcome(idempotency.once({ ...KEY, fingerprint: 'g' }, make))
  expect(await other).toEqual({ error: 'idempotency_conflict' })
  expect(count()).toBe(1)
})

test('an answer is lost with the change it tells of, so that the retry performs it', async () => {
  const { idempotency, make, count, ledger, world } = await calls()
  ledger.hold()
  const lost = outcome(idempotency.once(KEY, make))
  await ledger.held()
  ledger.fail(new DaxError('ledger_full', 'No room.'))
  expect(await lost).toEqual({ error: 'ledger_full' })
  ledger.open()
  expect(await idempotency.once(KEY, make)).toEqual({ result: 'l-2' })
  expect([count(), world.durable.count('lease')]).toEqual([2, 1])
})

test('an answer outlives a restart for a day and is then forgotten', async () => {
  const first = await calls()
  await first.idempotency.once(KEY, first.make)
  const second = await serviceFixture(first.ledger)
  const idempotency = idempotencyOf(second)
  idempotency.start()
  await second.clock.advance(DAY_MS)
  expect(await idempotency.once(KEY, first.make)).toHaveProperty('replayed.body', { id: 'l-1' })
  await second.clock.advance(3_600_000)
  expect([...second.world.auxKeys('answer')]).toEqual([])
  idempotency.stop()
})

test('only a few numbers of an answer are in memory, its body is read from the ledger', async () => {
  const { idempotency, make, world } = await calls()
  await idempotency.once(KEY, make)
  expect(world.aux('reply', KEY.scope)).toBeUndefined()
  const size = JSON.stringify({ ...ANSWER, fingerprint: 'f', at_ms: 0 }).length
  expect(JSON.parse(world.aux('answer', KEY.scope) ?? '')).toEqual({ at_ms: 0, size })
})

test.each([
  ['count', { count: 1, bytes: 1e6 }],
  ['size', { count: 10, bytes: 10 }],
])(
  'beyond the bound of their %s a new key is overloaded before anything is done',
  async (_, limits) => {
    const fixture = await serviceFixture()
    const idempotency = createIdempotency({ ...fixture, digest: (text) => text, limits })
    let made = 0
    const call = (scope: string) => {
      const key = { ...KEY, scope }
      return outcome(
        idempotency.once(key, () =>
          fixture.world.commit((tx) => {
            made += 1
            idempotency.store(tx, key, ANSWER)
          }),
        ),
      )
    }
    idempotency.start()
    expect(await call('first')).toEqual({ value: { result: undefined } })
    expect(await call('second')).toEqual({ error: 'overloaded' })
    expect(await call('first')).toHaveProperty('value.replayed.body', ANSWER.body)
    expect([made, idempotency.figures()]).toEqual([
      1,
      { name: 'answers', length: 1, limit: limits.count, refused: 1 },
    ])
    await fixture.clock.advance(DAY_MS + 3_600_000)
    expect(await call('second')).toEqual({ value: { result: undefined } })
    idempotency.stop()
  },
)

test('an old answer that is forgotten while its key is used again is counted out once', async () => {
  const fixture = await serviceFixture()
  const limits = { count: 8, bytes: 1e6 }
  const idempotency = createIdempotency({ ...fixture, digest: (text) => text, limits })
  const call = (scope: string, before: Promise<void> = Promise.resolve()) => {
    const key = { ...KEY, scope, tenant: 'red' }
    return outcome(
      idempotency.once(key, async () => {
        await before
        await fixture.world.commit((tx) => idempotency.store(tx, key, ANSWER))
      }),
    )
  }
  expect(await call('first')).toEqual({ value: { result: undefined } })
  await fixture.clock.advance(DAY_MS)
  idempotency.start()
  await fixture.clock.advance(1)
  const gate = Promise.withResolvers<void>()
  const again = call('first', gate.promise)
  await fixture.clock.advance(3_600_000)
  expect(fixture.world.auxCount('answer')).toBe(0)
  gate.resolve()
  expect(await again).toEqual({ value: { result: undefined } })
  // A tenant has a fourth of eight.
  expect(await call('second')).toEqual({ value: { result: undefined } })
  expect(await call('third')).toEqual({ error: 'overloaded' })
  idempotency.stop()
})

test('the order of keys does not make another request of it', async () => {
  const { idempotency } = await calls()
  const { fingerprint } = idempotency
  expect(fingerprint({ a: 1, b: { c: 2, d: 3 } })).toBe(fingerprint({ b: { d: 3, c: 2 }, a: 1 }))
  expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: '1' }))
})
