import { expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { createLedgerClient } from '../../src/ledger/ledger-client.ts'
import type { ThreadCaller } from '../../src/ledger/thread-caller.ts'
import type { Request } from '../../src/ledger/thread-messages.ts'
import { change } from '../contract/ledger.ts'

/** A thread that refuses the commits of `refusals` by their number, counted from 1. */
function scriptedCaller(refusals: Readonly<Record<number, DaxError>>) {
  const asked: string[] = []
  let commits = 0
  const caller: ThreadCaller = {
    async ask(request: Request): Promise<never> {
      asked.push(request.ask)
      if (request.ask === 'commit') {
        commits += 1
        const refusal = refusals[commits]
        if (refusal !== undefined) throw refusal
      }
      return null as never
    },
    ended: Promise.resolve(),
  }
  return { caller, asked }
}

async function outcomeOf(commit: Promise<void>): Promise<unknown> {
  return commit.then(
    () => 'kept',
    (error) => error,
  )
}

it('a commit asked for before a refusal for room was known is refused with it', async () => {
  const full = new DaxError('ledger_full', 'no room')
  const { caller, asked } = scriptedCaller({ 2: full })
  const ledger = createLedgerClient({ caller, lastRevision: 0 })
  const commits = [1, 2, 3, 4].map((revision) => ledger.commit([change(revision, 'a')]))
  expect(await Promise.all(commits.map(outcomeOf))).toEqual(['kept', full, full, full])
  expect(ledger.lastRevision()).toBe(1)
  expect(await outcomeOf(ledger.commit([change(2, 'b')]))).toBe('kept')
  expect(ledger.lastRevision()).toBe(2)
  expect(asked).toEqual(['commit', 'commit', 'commit'])
})

it('a failed write refuses every later commit with the same error, and asks no more', async () => {
  const failed = new DaxError('ledger_failed', 'fsync failed')
  const { caller, asked } = scriptedCaller({ 2: failed })
  const told: object[] = []
  const logger = { info: () => undefined, error: (fields: object) => told.push(fields) }
  const ledger = createLedgerClient({ caller, lastRevision: 0, logger })
  expect(await outcomeOf(ledger.commit([change(1, 'a')]))).toBe('kept')
  expect(await outcomeOf(ledger.commit([change(2, 'a')]))).toBe(failed)
  expect(await outcomeOf(ledger.commit([change(3, 'a')]))).toBe(failed)
  expect(await outcomeOf(ledger.commit([change(4, 'a')]))).toBe(failed)
  expect(ledger.lastRevision()).toBe(1)
  await ledger.close()
  expect(asked).toEqual(['commit', 'commit', 'close'])
  expect(told).toEqual([{ err: failed }])
})

it('a defect in one commit does not refuse the next', async () => {
  const { caller } = scriptedCaller({})
  const ledger = createLedgerClient({ caller, lastRevision: 9 })
  const outcomes = [change(3, 'a'), change(10, 'a')].map((each) => outcomeOf(ledger.commit([each])))
  const [defect, kept] = await Promise.all(outcomes)
  expect(defect).toMatchObject({ name: 'InvariantViolation' })
  expect(kept).toBe('kept')
})
