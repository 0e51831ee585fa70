import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import { change, quietChange } from '../contract/ledger.ts'
import { temporaryDirectory } from './temporary-directory.ts'

async function filledDirectory(): Promise<string> {
  const directory = temporaryDirectory()
  const ledger = await openSqliteLedger({ directory, eventsKept: 1_000 })
  const changes = Array.from({ length: 200 }, (_, at) => change(at + 1, `id-${at}`))
  await ledger.commit([...changes, quietChange(200, 'boot'), change(201, 'id-0', null)])
  await ledger.close()
  return directory
}

it('tells the version, the revision and the counts of a sound ledger', async () => {
  const directory = await filledDirectory()
  expect(verifyLedger(directory)).toEqual({
    path: join(directory, 'ledger.db'),
    version: 5,
    lastRevision: 201,
    cleanEnd: true,
    records: { handle: 199, meta: 1 },
    events: 201,
    audit: 0,
    problems: [],
  })
})

it('reports events that are noted but gone, and pages that nothing uses', async () => {
  const directory = await filledDirectory()
  const database = new DatabaseSync(join(directory, 'ledger.db'), { defensive: false })
  database.exec(`
    PRAGMA writable_schema = ON;
    CREATE TABLE bare (kind, id);
    UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'bare')
      WHERE name = 'events';
  `)
  database.close()
  const { problems } = verifyLedger(directory)
  expect(problems).toContain('0 events are there, 201 are noted')
  expect(problems.some((problem) => problem.includes('never used'))).toBe(true)
})

it('refuses a ledger that is missing or in use, and tells what is no ledger', async () => {
  const directory = temporaryDirectory()
  const verify = () => verifyLedger(directory)
  expect(verify).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
  const ledger = await openSqliteLedger({ directory, eventsKept: 1_000 })
  expect(verify).toThrow(expect.objectContaining({ code: 'busy' }))
  await ledger.close()
  writeFileSync(join(directory, 'ledger.db'), 'x'.repeat(5_000))
  expect(verify().problems).toEqual(['it is not an SQLite file'])
  expect(readFileSync(join(directory, 'ledger.db'), 'utf8')).toBe('x'.repeat(5_000))
})
