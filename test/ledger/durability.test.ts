import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import { loadAll } from '../contract/ledger.ts'
import { randomFrom, wholeBatches } from './batches.ts'
import { startChild } from './child.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const KILLS = 20
const KILL_AFTER_MS_MAX = 150

it('a process killed at any moment has kept every answered commit, and each whole', async () => {
  const { DAXD_TEST_SEED } = process.env
  const seed = Number(DAXD_TEST_SEED ?? Date.now() % 2 ** 31)
  const random = randomFrom(seed)
  const directory = temporaryDirectory()
  const cleanEnds: boolean[] = []
  let answered = 0
  for (let round = 1; round <= KILLS; round += 1) {
    const where = `seed ${seed} (DAXD_TEST_SEED), kill ${round}`
    const child = startChild('commit-loop.ts', [directory, String(seed + round)])
    await child.nextLine()
    await delay(random() * KILL_AFTER_MS_MAX)
    await child.kill()
    answered = Math.max(answered, Number(child.lines.at(-1)))

    const note = ({ cleanEnd }: { cleanEnd?: boolean }) => cleanEnds.push(cleanEnd === true)
    const logger = { info: note, error: () => undefined }
    const ledger = await openSqliteLedger({ directory, eventsKept: 1_000_000, logger })
    const rows = await loadAll(ledger)
    expect(rows, where).toEqual(wholeBatches(rows))
    expect(ledger.lastRevision(), where).toBe(rows.length)
    expect(ledger.lastRevision(), where).toBeGreaterThanOrEqual(answered)
    const { events } = await ledger.events(Math.max(0, rows.length - 9_000), 10_000)
    const expected = rows.slice(-9_000).map(({ revision }) => revision)
    expect(
      events.map(({ revision }) => revision),
      where,
    ).toEqual(expected)
    await ledger.close()
  }
  expect(cleanEnds).toEqual(Array.from({ length: KILLS }, () => false))
}, 120_000)
