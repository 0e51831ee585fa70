import { expect, test } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { ANYONE, ROLES, type Role } from '../../src/core/principal.ts'
import { createOperations } from '../../src/services/operations.ts'
import { serviceFixture } from './fixture.ts'
import { outcome } from './world/fixture.ts'

const ABOUT = {
  verb: 'create-namespace',
  target: { kind: 'namespace', id: 'n' },
  total: 100,
} as const
const CALL = { caller: ANYONE, windowMs: 1000, view: (result: unknown) => ({ shown: result }) }

async function operationsFixture() {
  const fixture = await serviceFixture()
  const operations = createOperations(fixture)
  const shown = (id: string) => fixture.world.durable.get('operation', id)
  return { ...fixture, operations, shown }
}

test('work that ends within the window is answered at once and leaves no operation', async () => {
  const { operations, world } = await operationsFixture()
  expect(await operations.follow(ABOUT, CALL, async () => 'made')).toEqual({
    kind: 'done',
    result: 'made',
  })
  const refused = operations.follow(ABOUT, CALL, () =>
    Promise.reject(new DaxError('no_space', 'No room.')),
  )
  expect(await outcome(refused)).toEqual({ error: 'no_space' })
  expect(world.durable.count('operation')).toBe(0)
})

test.each([
  ['succeeded', () => 'made', { result: { shown: 'made' }, progress: { done: 100, total: 100 } }],
  [
    'failed',
    () => Promise.reject(new DaxError('no_space', 'No room.')),
    { problem: { code: 'no_space', detail: 'No room.', facts: {} } },
  ],
])('work that outlasts the window is an operation that ends as %s', async (state, end, told) => {
  const { operations, clock, world, shown } = await operationsFixture()
  const gate = Promise.withResolvers<void>()
  const followed = operations.follow<unknown>(ABOUT, CALL, async () => {
    await gate.promise
    return end()
  })
  await clock.advance(1000)
  const answer = await followed
  const id = answer.kind === 'operation' ? answer.operation.id : ''
  expect(shown(id)).toMatchObject({ state: 'running', progress: { done: 0, total: 100 } })
  gate.resolve()
  await operations.idle()
  await clock.advance(0)
  await world.idle()
  expect(shown(id)).toMatchObject({ state, finished_ms: 1000, ...told })
})

test('progress is told at most every half second, and never beyond the total', async () => {
  const { operations, clock, world, shown } = await operationsFixture()
  const gate = Promise.withResolvers<void>()
  let progress: (done: number) => void = () => undefined
  const followed = operations.follow(ABOUT, { ...CALL, windowMs: null }, (control) => {
    progress = control.progress
    return gate.promise
  })
  await clock.advance(0)
  const answer = await followed
  const id = answer.kind === 'operation' ? answer.operation.id : ''
  const told: unknown[] = []
  for (const done of [10, 20, 30, 500]) {
    await clock.advance(300)
    progress(done)
    await world.idle()
    told.push(shown(id)?.progress.done)
  }
  expect(told).toEqual([0, 20, 20, 100])
  gate.resolve()
  await operations.idle()
})

test('what cannot stop is not cancellable; what can ends as cancelled', async () => {
  const { operations, clock, shown } = await operationsFixture()
  const call = { ...CALL, windowMs: null }
  const gate = Promise.withResolvers<void>()
  const stuck = operations.follow(ABOUT, call, () => gate.promise)
  const ready = operations.follow(ABOUT, call, async (control) => {
    await new Promise<void>((resolve) => control.cancellable(resolve))
    control.checkCancelled()
  })
  await clock.advance(0)
  const [first, second] = (await Promise.all([stuck, ready])).map((answer) =>
    answer.kind === 'operation' ? answer.operation.id : '',
  ) as [string, string]
  expect(await outcome(operations.cancel(first, CALL))).toEqual({ error: 'not_cancellable' })
  await operations.cancel(second, CALL)
  await clock.advance(0)
  expect([shown(first)?.state, shown(second)?.state]).toEqual(['running', 'cancelled'])
  gate.resolve()
  await operations.idle()
})

test('a wipe is cancelled by an admin and by nobody else', async () => {
  const { operations, world, shown } = await operationsFixture()
  const spec = { verb: 'wipe', target: ABOUT.target, tenant: null, total: 100 } as const
  const { id } = await world.commit((tx) => operations.begin(tx, spec))
  const work = operations.drive(id, async (control) => {
    await new Promise<void>((resolve) => control.cancellable(resolve))
    control.checkCancelled()
  })
  const as = (role: Role) => ({
    caller: { name: 'me', role, tenant: null, via: 'token' } as const,
  })
  const others = ROLES.filter((role) => role !== 'admin')
  const refused = others.map((role) => outcome(operations.cancel(id, as(role))))
  expect(await Promise.all(refused)).toEqual(others.map(() => ({ error: 'forbidden' })))
  expect(shown(id)).toMatchObject({ state: 'running' })
  const cancelled = operations.cancel(id, as('admin'))
  expect(await outcome(work)).toEqual({ error: 'cancelled' })
  await cancelled
})
