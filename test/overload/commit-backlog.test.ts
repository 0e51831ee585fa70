import { expect, test } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { createCommitBacklog } from '../../src/services/commit-backlog.ts'
import { serviceFixture } from '../services/fixture.ts'
import { leaseDraft } from '../services/world/drafts.ts'
import { outcome } from '../services/world/fixture.ts'

test('changes are refused while as many records wait for the disk as the bound says', async () => {
  const { world, ledger } = await serviceFixture()
  const backlog = createCommitBacklog(world, 4)
  const make = (id: string) =>
    world.commit((tx) => {
      tx.create('lease', leaseDraft(`${id}-1`))
      tx.create('lease', leaseDraft(`${id}-2`))
    })
  ledger.hold()
  const all = [make('a')]
  await ledger.held()
  expect(backlog.refuseChange()).toBeNull()
  all.push(make('b'), make('c'))
  expect(backlog.refuseChange()).toMatchObject({ code: 'overloaded', facts: { retry_after_s: 1 } })
  expect(backlog.figures()).toEqual({ name: 'commits', length: 4, limit: 4, refused: 1 })
  ledger.open()
  await Promise.all(all)
  expect([backlog.refuseChange(), backlog.figures().length]).toEqual([null, 0])
})

test('what waited for a disk that failed waits no more', async () => {
  const { world, ledger } = await serviceFixture()
  const backlog = createCommitBacklog(world, 1)
  ledger.hold()
  const first = outcome(world.commit((tx) => tx.create('lease', leaseDraft('l-1'))))
  await ledger.held()
  const second = outcome(world.commit((tx) => tx.create('lease', leaseDraft('l-2'))))
  expect(backlog.figures().length).toBe(1)
  ledger.fail(new DaxError('ledger_full', 'No room.'))
  expect([await first, await second]).toEqual([{ error: 'ledger_full' }, { error: 'ledger_full' }])
  expect(backlog.refuseChange()).toBeNull()
  ledger.open()
})
