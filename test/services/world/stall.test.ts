import { expect, test } from 'vitest'
import { createWorld } from '../../../src/services/world/world.ts'
import { manualClock } from '../manual-clock.ts'
import { leaseDraft } from './drafts.ts'
import { outcome } from './fixture.ts'
import { scriptedLedger } from './scripted-ledger.ts'

/** The bound that docs/faults.md names, milliseconds. */
const COMMIT_WAIT_MAX_MS = 10_000

async function stallFixture() {
  const ledger = scriptedLedger()
  const clock = manualClock()
  const told: (string | null)[] = []
  const world = await createWorld({
    ledger,
    clock,
    describe: (kind, { revision }) => ({ kind, revision }),
    onStall: (error) => void told.push(error?.code ?? null),
  })
  const create = (id: string) =>
    world.patiently(() => world.commit((tx) => tx.create('lease', leaseDraft(id))))
  return { world, ledger, clock, told, create }
}

test('a caller of a commit that hangs is sent away after the bound, and the change kept in the end', async () => {
  const { world, ledger, clock, told, create } = await stallFixture()
  ledger.hold()
  const early = outcome(create('l-1'))
  await ledger.held()
  await clock.advance(COMMIT_WAIT_MAX_MS - 1)
  expect({ told, stall: world.stall() }).toEqual({ told: [], stall: null })
  await clock.advance(1)
  expect(await early).toEqual({ error: 'ledger_stalled' })
  expect(told).toEqual(['ledger_stalled'])

  let begun = false
  const late = world.patiently(async () => {
    begun = true
  })
  expect({ late: await outcome(late), begun }).toEqual({
    late: { error: 'ledger_stalled' },
    begun: false,
  })
  expect(world.durable.get('lease', 'l-1')).toBeUndefined()

  ledger.open()
  await world.idle()
  expect(world.durable.get('lease', 'l-1')?.id).toBe('l-1')
  expect({ told, stall: world.stall() }).toEqual({ told: ['ledger_stalled', null], stall: null })
  expect(await outcome(create('l-2'))).toMatchObject({ value: { id: 'l-2' } })
})

test('a hung commit that fails in the end takes its change back', async () => {
  const { world, ledger, clock, create } = await stallFixture()
  ledger.hold()
  const lost = outcome(create('l-1'))
  await ledger.held()
  await clock.advance(COMMIT_WAIT_MAX_MS)
  expect(await lost).toEqual({ error: 'ledger_stalled' })
  ledger.fail(new Error('EIO'))
  await world.idle()
  expect({ stall: world.stall(), failure: world.failure()?.code }).toEqual({
    stall: null,
    failure: 'ledger_failed',
  })
  expect(world.working.get('lease', 'l-1')).toBeUndefined()
})

test('a listener that throws after a commit is a defect, and no failure of the ledger', async () => {
  const ledger = scriptedLedger()
  const defects: unknown[] = []
  const world = await createWorld({
    ledger,
    clock: manualClock(),
    describe: (kind, { revision }) => ({ kind, revision }),
    onListenerDefect: (error) => void defects.push(error),
  })
  const heard: number[] = []
  const planted = new Error('planted')
  world.onEvents(() => {
    throw planted
  })
  world.onEvents((events) => heard.push(...events.map(({ revision }) => revision)))
  await world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  await world.commit((tx) => tx.create('lease', leaseDraft('l-2')))
  expect({ defects, heard, failure: world.failure() }).toEqual({
    defects: [planted, planted],
    heard: [1, 2],
    failure: null,
  })
})
