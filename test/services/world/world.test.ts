import { expect, test } from 'vitest'
import { DaxError } from '../../../src/core/errors.ts'
import { createWorld } from '../../../src/services/world/world.ts'
import { deviceDraft, handleDraft, leaseDraft, mappingDraft, namespaceDraft } from './drafts.ts'
import { outcome, worldFixture } from './fixture.ts'
import { scriptedLedger } from './scripted-ledger.ts'

const full = (): DaxError => new DaxError('ledger_full', 'No room.')
const stamp = { created_ms: 1000, updated_ms: 1000 }

test('a read shows a change only when it is durable, because a crash could take it back', async () => {
  const { world, ledger } = await worldFixture()
  ledger.hold()
  const lease = world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  await ledger.held()
  expect(world.durable.get('lease', 'l-1')).toBeUndefined()
  expect([...world.durable.after('lease', -1)]).toEqual([])
  const record = { ...leaseDraft('l-1'), seq: 1, revision: 1, ...stamp }
  expect(world.working.get('lease', 'l-1')).toEqual(record)
  ledger.release()
  expect(await lease).toEqual(record)
  expect(world.durable.get('lease', 'l-1')).toEqual(record)
})

test('a read shows a deletion and the indexes of it only when it is durable', async () => {
  const { world, ledger } = await worldFixture()
  const device = await world.commit((tx) => tx.create('device', deviceDraft('d', 'dax0.1')))
  const handle = await world.commit((tx) => tx.create('handle', handleDraft('h', device)))
  ledger.hold()
  const gone = world.commit((tx) => tx.remove('handle', handle))
  await ledger.held()
  const shown = (view: typeof world.durable) => [
    view.get('handle', 'h')?.id,
    view.count('handle'),
    view.index.references('d').handles,
  ]
  expect({ durable: shown(world.durable), working: shown(world.working) }).toEqual({
    durable: ['h', 1, 1],
    working: [undefined, 0, 0],
  })
  ledger.open()
  await gone
  expect(shown(world.durable)).toEqual([undefined, 0, 0])
})

test('events are told only when their changes are durable', async () => {
  const { world, ledger } = await worldFixture()
  const told: unknown[] = []
  world.onEvents((events) => told.push(...events))
  ledger.hold()
  const commit = world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  await ledger.held()
  expect(told).toEqual([])
  ledger.open()
  await commit
  const object = '{"kind":"lease","revision":1}'
  expect(told).toEqual([
    { revision: 1, at_ms: 1000, type: 'created', kind: 'lease', id: 'l-1', object },
  ])
})

test('a call that changes nothing waits for what it has seen, because that may be lost', async () => {
  const { world, ledger } = await worldFixture()
  ledger.hold()
  const made = outcome(world.commit((tx) => tx.create('lease', leaseDraft('l-1'))))
  await ledger.held()
  const seen = outcome(world.commit((tx) => tx.view.get('lease', 'l-1')?.id))
  ledger.fail(full())
  expect([await made, await seen]).toEqual([{ error: 'ledger_full' }, { error: 'ledger_full' }])
})

test('a refusal waits for what it was decided on, because its holders may never have been', async () => {
  const { world, ledger } = await worldFixture()
  ledger.hold()
  const made = outcome(world.commit((tx) => tx.create('lease', leaseDraft('l-1'))))
  await ledger.held()
  const refused = outcome(
    world.commit((tx) => {
      throw new DaxError('busy', `held by ${tx.view.get('lease', 'l-1')?.id}`)
    }),
  )
  ledger.fail(full())
  expect([await made, await refused]).toEqual([{ error: 'ledger_full' }, { error: 'ledger_full' }])
  expect(
    await outcome(
      world.commit(() => {
        throw new DaxError('busy', 'no reason')
      }),
    ),
  ).toEqual({ error: 'busy' })
})

test('a failed commit takes back records, indexes, spaces and counters of all that was built on it', async () => {
  const { world, ledger, rollbacks } = await worldFixture()
  const device = await world.commit((tx) => tx.create('device', deviceDraft('d', 'dax0.1', 4)))
  await world.commit((tx) => {
    tx.create('handle', handleDraft('h-0', device))
    tx.create('mapping', mappingDraft('m-0', device, 0))
    tx.nextGeneration('dax0.1')
    tx.setAux('answer', 'k', 'first')
  })
  const before = pictureOf(world)
  ledger.hold()
  const waiters = [
    world.commit((tx) => {
      tx.create('mapping', mappingDraft('m-1', device, 1))
      tx.create('lease', leaseDraft('l-1', 'c'))
      tx.nextGeneration('dax0.1')
    }),
    ledger.held().then(() => undefined),
  ].map(outcome)
  await waiters[1]
  const later = [
    world.commit((tx) => tx.remove('mapping', tx.view.get('mapping', 'm-0')!)),
    world.commit((tx) => tx.create('namespace', namespaceDraft('n', 'u'))),
    world.commit((tx) => tx.setAux('answer', 'k', 'second')),
  ].map(outcome)
  expect(pictureOf(world)).not.toEqual(before)
  ledger.fail(full())
  expect(await Promise.all([waiters[0], ...later])).toEqual(
    Array.from({ length: 4 }, () => ({ error: 'ledger_full' })),
  )
  expect(pictureOf(world)).toEqual(before)
  expect(rollbacks).toEqual(['ledger_full'])
})

/** What decisions are made on, as far as the test above changes it. */
function pictureOf({ working, aux }: Awaited<ReturnType<typeof worldFixture>>['world']): unknown {
  const device = working.get('device', 'd')!
  return {
    mappings: [...working.after('mapping', -1)],
    leases: [...working.after('lease', -1)],
    namespaces: [...working.after('namespace', -1)],
    counts: [working.count('mapping'), working.count('lease'), working.count('namespace')],
    references: working.index.references('d'),
    mapped: [...working.index.mappingsOf('d')],
    uuid: working.index.namespaceByUuid('u'),
    claim: working.index.claimOf('l-1'),
    generation: working.generation('dax0.1'),
    answer: aux('answer', 'k'),
    device: device.revision,
  }
}

test('service goes on by itself after ledger_full, and revisions still only grow', async () => {
  const { world, ledger } = await worldFixture()
  await world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  ledger.hold()
  const lost = outcome(world.commit((tx) => tx.create('lease', leaseDraft('l-2'))))
  await ledger.held()
  ledger.fail(full())
  expect(await lost).toEqual({ error: 'ledger_full' })
  ledger.open()
  expect(world.failure()).toBeNull()
  const next = await world.commit((tx) => tx.create('lease', leaseDraft('l-2')))
  expect(next.revision).toBeGreaterThan(1)
  expect([...world.durable.after('lease', -1)].map(({ id }) => id)).toEqual(['l-1', 'l-2'])
})

test.each([
  ['ledger_failed', new DaxError('ledger_failed', 'EIO')],
  ['what is no refusal', new Error('disk gone')],
])('%s stops every later change, because what is on the disk is unknown', async (_name, error) => {
  const { world, ledger } = await worldFixture()
  await world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  ledger.hold()
  const lost = outcome(world.commit((tx) => tx.create('lease', leaseDraft('l-2'))))
  await ledger.held()
  ledger.fail(error)
  expect(await lost).toEqual({ error: 'ledger_failed' })
  ledger.open()
  expect(await outcome(world.commit((tx) => tx.create('lease', leaseDraft('l-3'))))).toEqual({
    error: 'ledger_failed',
  })
  expect(world.failure()?.code).toBe('ledger_failed')
  expect(world.working.get('lease', 'l-3')).toBeUndefined()
  expect([...world.durable.after('lease', -1)].map(({ id }) => id)).toEqual(['l-1'])
})

test('a rehearsal leaves no trace: no record, index, generation, revision or commit', async () => {
  const { world, ledger } = await worldFixture()
  const device = await world.commit((tx) => tx.create('device', deviceDraft('d', 'dax0.1')))
  const before = [pictureOf(world), world.lastRevision(), [...ledger.sizes]]
  const drawn = world.rehearse((tx) => {
    tx.create('mapping', mappingDraft('m-1', device, 1))
    tx.create('namespace', namespaceDraft('n', 'u'))
    tx.setAux('answer', 'k', 'x')
    return [tx.view.count('mapping'), tx.nextGeneration('dax0.1'), tx.newId('m')]
  })
  expect(drawn).toEqual([1, 1, 'm-4'])
  expect([pictureOf(world), world.lastRevision(), [...ledger.sizes]]).toEqual(before)
})

test('a rehearsal of a name that was made and deleted in flight does not bring it back', async () => {
  const { world, ledger } = await worldFixture()
  ledger.hold()
  const made = world.commit((tx) => tx.create('namespace', namespaceDraft('n', 'u')))
  await ledger.held()
  const gone = world.commit((tx) => tx.remove('namespace', tx.view.get('namespace', 'n')!))
  world.rehearse((tx) => tx.create('namespace', namespaceDraft('n', 'v')))
  ledger.release()
  await made
  expect(world.durable.get('namespace', 'n')?.uuid).toBe('u')
  expect(world.working.get('namespace', 'n')).toBeUndefined()
  expect(world.working.count('namespace')).toBe(0)
  ledger.open()
  await gone
})

test('a refused transaction takes its changes back and gives its revisions to the next', async () => {
  const { world, ledger } = await worldFixture()
  const refused = world.commit((tx) => {
    tx.create('lease', leaseDraft('l-1'))
    throw new DaxError('busy', 'after a change')
  })
  expect(await outcome(refused)).toEqual({ error: 'busy' })
  expect([world.lastRevision(), ledger.sizes]).toEqual([0, []])
  const next = await world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  expect(next.revision).toBe(1)
})

test('a change that cannot be described is taken back, because nothing would ever settle it', async () => {
  const ledger = scriptedLedger()
  const world = await createWorld({
    ledger,
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    describe() {
      throw new Error('no view')
    },
  })
  const made = world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  expect(await outcome(made)).toEqual({ error: 'no view' })
  expect([world.working.count('lease'), world.lastRevision()]).toEqual([0, 0])
})

test('changes that come while a commit is in flight share the next one', async () => {
  const { world, ledger } = await worldFixture()
  ledger.hold()
  const first = world.commit((tx) => tx.create('lease', leaseDraft('l-0')))
  await ledger.held()
  const rest = Array.from({ length: 20 }, (_, at) =>
    world.commit((tx) => tx.create('lease', leaseDraft(`l-${at + 1}`))),
  )
  ledger.open()
  await Promise.all([first, ...rest])
  expect(ledger.sizes).toEqual([1, 20])
  expect(world.figures()).toEqual({
    commits: 2,
    records: 21,
    waiting: 0,
    waitingRecords: 0,
    lastGroup: { entries: 20, records: 20 },
  })
})

test('a barrier waits only for what came before it, and reads are then true', async () => {
  const { world, ledger } = await worldFixture()
  ledger.hold()
  const first = world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  await ledger.held()
  const barrier = world.barrier().then(() => world.durable.count('lease'))
  ledger.release()
  expect(await barrier).toBe(1)
  ledger.open()
  await Promise.all([first, world.barrier(), world.idle()])
})

test('a world that is loaded again has the same records, in the order they were made', async () => {
  const { world, ledger } = await worldFixture()
  const device = await world.commit((tx) => tx.create('device', deviceDraft('d', 'dax0.1')))
  await world.commit((tx) => {
    for (const unit of [3, 1, 2]) {
      tx.create('mapping', mappingDraft(tx.newId('m'), device, unit))
    }
    tx.nextGeneration('dax0.1')
  })
  const [first] = world.durable.after('mapping', -1)
  await world.commit((tx) => tx.update('mapping', first!, { state: 'revoked' }))
  const { world: again } = await worldFixture(ledger)
  expect([...again.durable.after('mapping', -1)]).toEqual([...world.durable.after('mapping', -1)])
  expect([again.lastRevision(), again.working.generation('dax0.1')]).toEqual([
    world.lastRevision(),
    1,
  ])
  const space = (of: typeof world) =>
    of.rehearse((tx) => tx.spaces.of(tx.view.get('device', 'd')!).freeBytes())
  expect(space(again)).toBe(space(world))
})
