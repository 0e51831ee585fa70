import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { backUpLedger } from '../../src/ledger/backup.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { headColumns } from '../../src/ledger/head.ts'
import { openLedgerDatabase } from '../../src/ledger/ledger-database.ts'
import { createLedgerReader } from '../../src/ledger/ledger-reader.ts'
import { createLedgerWriter } from '../../src/ledger/ledger-writer.ts'
import { MIGRATIONS } from '../../src/ledger/migrations.ts'
import { restoreLedger } from '../../src/ledger/restore.ts'
import { sumOfRow } from '../../src/ledger/row-sum.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import { auditText, chainOf } from '../contract/audit-trail.ts'
import { change, loadAll, quietChange } from '../contract/ledger.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const REVISIONS_SKIPPED = 1_000_000_000
const GENERATIONS_SKIPPED = 1_000_000

async function filledDirectory(): Promise<string> {
  const directory = temporaryDirectory()
  const ledger = await openSqliteLedger({ directory, eventsKept: 100 })
  for (const revision of [1, 2, 3]) await ledger.commit([change(revision, `id-${revision}`)])
  await ledger.commit([
    { kind: 'generation', id: 'dax0.1', revision: 4, body: '7' },
    { kind: 'reply', id: 'r', revision: 4, body: '{}' },
    quietChange(4, 'boot_id', 'not JSON'),
  ])
  await ledger.close()
  return directory
}

function tamper(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'ledger.db'))
  database.exec(sql)
  database.close()
}

describe('what is not what was written', () => {
  it.each([
    ['a head', 'UPDATE head SET last_revision = 3', 'its head does not match its checksum'],
    [
      'a head older than its records',
      'UPDATE records SET revision = 9 WHERE seq = (SELECT max(seq) FROM records)',
      'its head is of revision 4, but it holds revision 9',
    ],
  ])('%s is refused at the opening', async (_what, sql, reason) => {
    const directory = await filledDirectory()
    tamper(directory, sql)
    expect(() => openLedgerDatabase(directory)).toThrow(reason)
    expect(verifyLedger(directory).problems).toContain(reason)
  })

  it.each([
    ['a head that is gone', 'DELETE FROM head', 'its head row is gone'],
    ['a negative count', 'UPDATE head SET event_count = -1', 'its head has -1 as a count'],
    ['an absurd head', 'UPDATE head SET last_revision = 1 << 60', '1152921504606846976'],
    ['an absurd record', 'UPDATE records SET revision = 1 << 60', '1152921504606846976'],
    ['an absurd event', 'UPDATE events SET revision = (1 << 60) + revision', '1152921504606846977'],
    ['an absurd place', 'UPDATE records SET seq = (1 << 60) + seq', '1152921504606846977'],
    ['an absurd entry', "INSERT INTO audit VALUES (1 << 60, '', '')", '1152921504606846976'],
  ])('%s is told as damage', async (_what, sql, told) => {
    const directory = await filledDirectory()
    tamper(directory, sql)
    expect(verifyLedger(directory).problems.join()).toContain(told)
    const started = openSqliteLedger({ directory, eventsKept: 100 }).then(loadAll)
    await expect(started).rejects.toThrow(/is damaged: .*daxd ledger verify/s)
  })

  it('an event or an answer is refused when it is read, and does not stop the rest', async () => {
    const directory = await filledDirectory()
    tamper(
      directory,
      `UPDATE events SET body = replace(body, 'id-2', 'id-9') WHERE revision = 2;
       UPDATE records SET body = '[]' WHERE kind = 'reply';`,
    )
    expect(verifyLedger(directory).problems).toEqual([
      "the reply 'r' does not match its checksum",
      'the event 2 does not match its checksum',
    ])
    const ledger = await openSqliteLedger({ directory, eventsKept: 100 })
    await expect(ledger.events(null, 10)).rejects.toMatchObject({ code: 'ledger_failed' })
    await expect(ledger.reply('r')).rejects.toMatchObject({ code: 'ledger_failed' })
    expect((await ledger.events(2, 10)).events.map(({ revision }) => revision)).toEqual([3])
    await ledger.commit([change(5, 'id-5')])
    await ledger.close()
  })

  it('is told with all the events that share its row', async () => {
    const directory = temporaryDirectory()
    const ledger = await openSqliteLedger({ directory, eventsKept: 100 })
    await ledger.commit([1, 2, 3].map((revision) => change(revision, `id-${revision}`)))
    await ledger.close()
    tamper(directory, "UPDATE events SET body = replace(body, 'id-2', 'id-9')")
    const told = 'the 3 events up to 3 do not match their checksum'
    expect(verifyLedger(directory).problems).toEqual([told])
  })

  it('is found in a ledger that was made before rows had checksums, from the migration on', () => {
    const directory = temporaryDirectory()
    const database = openLedgerDatabase(directory, MIGRATIONS.slice(0, 1))
    database.exec(`
      INSERT INTO records (kind, id, revision, body) VALUES ('handle', 'old', 1, '"old"');
      INSERT INTO events VALUES (1, 1000, 'created', 'handle', 'old', NULL);
      UPDATE head SET last_revision = 1, event_count = 1;
    `)
    database.close()
    expect(verifyLedger(directory)).toMatchObject({ version: 1, problems: [] })
    const migrated = openLedgerDatabase(directory)
    const reader = createLedgerReader(migrated)
    expect(reader.chunk(0).cells).toEqual(['handle', 'old', 1, '"old"'])
    const head = createLedgerWriter(migrated, { eventsKept: 10 }).head()
    expect(reader.events(null, 10, head).events).toHaveLength(1)
    migrated.close()
    tamper(directory, "UPDATE records SET id = 'new'")
    expect(verifyLedger(directory).problems).toEqual([
      "the handle 'new' does not match its checksum",
    ])
  })
})

describe('a ledger that had a row for each event', () => {
  it('keeps its events, its chain, and what is damaged in it', async () => {
    const directory = temporaryDirectory()
    const entry = auditText('h-1')
    const [link] = chainOf([entry])
    const database = openLedgerDatabase(directory, MIGRATIONS.slice(0, 4))
    const rows = [
      [1, 1_000, 'created', 'handle', 'h-1', '{"view":1}', null],
      [2, 1_001, 'updated', 'handle', 'h-1', '{"view":\n2}', 'blue'],
      [4, 1_002, 'deleted', 'handle', 'h-1', null, null],
    ] as const
    const insert = database.prepare(
      `INSERT INTO events (revision, at_ms, type, kind, id, object, tenant, sum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const row of rows) {
      const [tenant] = row.slice(6)
      insert.run(...row, sumOfRow(tenant === null ? row.slice(0, 6) : row))
    }
    database.prepare('INSERT INTO audit VALUES (1, ?, ?)').run(entry, link!.hash)
    const audit = { number: 1, hash: link!.hash, trimmed: 0, anchor: '0'.repeat(64) }
    const head = { lastRevision: 4, trimmedRevision: 0, eventCount: 3, clean: true, audit }
    const marks = ['last_revision', 'trimmed_revision', 'event_count', 'clean', 'audit_number']
    const names = [...marks, 'audit_hash', 'audit_trimmed', 'audit_anchor', 'sum']
    const set = names.map((name) => `${name} = ?`).join()
    database.prepare(`UPDATE head SET ${set}`).run(...headColumns(head))
    database.close()
    expect(verifyLedger(directory)).toMatchObject({ version: 4, events: 3, audit: 1, problems: [] })
    tamper(directory, "UPDATE events SET id = 'h-2' WHERE revision = 4")
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    const told = { at_ms: 1_000, type: 'created', kind: 'handle', id: 'h-1' }
    expect((await ledger.events(0, 2)).events).toEqual([
      { ...told, revision: 1, object: '{"view":1}' },
      {
        ...told,
        revision: 2,
        at_ms: 1_001,
        type: 'updated',
        object: '{"view": 2}',
        tenant: 'blue',
      },
    ])
    await expect(ledger.events(2, 10)).rejects.toMatchObject({ code: 'ledger_failed' })
    await ledger.commit([change(5, 'h-5')], [entry])
    expect(await ledger.verifyAudit(link!.hash)).toMatchObject({ entries: 2, broken: null })
    await ledger.close()
    expect(verifyLedger(directory)).toMatchObject({
      version: MIGRATIONS.length,
      events: 4,
      problems: ['the event 4 does not match its checksum'],
    })
  })
})

describe('an export', () => {
  it('gives records as JSON in the order of writing, plain text as a string', async () => {
    const lines: string[] = []
    const problems: string[] = []
    exportLedger(await filledDirectory(), {
      line: (text) => lines.push(text),
      problem: (text) => problems.push(text),
    })
    expect(problems).toEqual([])
    expect(lines).toEqual([
      '{"kind":"handle","id":"id-1","revision":1,"body":"id-1"}',
      '{"kind":"handle","id":"id-2","revision":2,"body":"id-2"}',
      '{"kind":"handle","id":"id-3","revision":3,"body":"id-3"}',
      '{"kind":"generation","id":"dax0.1","revision":4,"body":7}',
      '{"kind":"reply","id":"r","revision":4,"body":{}}',
      '{"kind":"meta","id":"boot_id","revision":4,"body":"not JSON"}',
    ])
  })
})

describe('a restored ledger', () => {
  it('goes on above all that the lost one may have given out', async () => {
    const backup = join(temporaryDirectory(), 'backup.db')
    backUpLedger(await filledDirectory(), backup)
    const directory = temporaryDirectory()
    restoreLedger({ directory, source: backup, overwrite: false })
    const database = openLedgerDatabase(directory)
    const head = createLedgerWriter(database, { eventsKept: 10 }).head()
    const reader = createLedgerReader(database)
    expect(head).toMatchObject({ lastRevision: 4 + REVISIONS_SKIPPED, eventCount: 0 })
    expect(reader.chunk(0).cells).toContain(String(7 + GENERATIONS_SKIPPED))
    expect(reader.events(3, 10, head)).toEqual({ gone: true, events: [] })
    database.close()
  })

  it('never meets the log of the one before, which stays beside it', async () => {
    const directory = await filledDirectory()
    const backup = join(temporaryDirectory(), 'backup.db')
    backUpLedger(directory, backup)
    // A crash leaves changes in the log alone.
    const live = await openSqliteLedger({ directory, eventsKept: 100 })
    await live.commit([change(5, 'only-in-the-log')])
    const crashed = temporaryDirectory()
    for (const name of ['ledger.db', 'ledger.db-wal']) {
      copyFileSync(join(directory, name), join(crashed, name))
    }
    await live.close()
    const log = readFileSync(join(crashed, 'ledger.db-wal'))
    restoreLedger({ directory: crashed, source: backup, overwrite: true })
    expect(existsSync(join(crashed, 'ledger.db-wal'))).toBe(false)
    expect(readFileSync(join(crashed, 'ledger.db.replaced-wal')).equals(log)).toBe(true)
    const lines: string[] = []
    exportLedger(crashed, { line: (text) => lines.push(text), problem: expect.unreachable })
    expect(lines.join()).not.toContain('only-in-the-log')
  })

  it('may be broken off: what holds the place meanwhile is refused, and restoring again works', async () => {
    const directory = await filledDirectory()
    const backup = join(temporaryDirectory(), 'backup.db')
    backUpLedger(directory, backup)
    const first = readFileSync(join(directory, 'ledger.db'))
    copyFileSync(join(directory, 'ledger.db'), join(directory, 'ledger.db.replaced'))
    writeFileSync(join(directory, 'ledger.db'), '')
    writeFileSync(join(directory, 'ledger.db.new'), 'half a copy')
    expect(() => openLedgerDatabase(directory)).toThrow('it is not an SQLite file')
    restoreLedger({ directory, source: backup, overwrite: true })
    expect(verifyLedger(directory).problems).toEqual([])
    expect(readFileSync(join(directory, 'ledger.db.replaced')).equals(first)).toBe(true)
    expect(existsSync(join(directory, 'ledger.db.new'))).toBe(false)
  })

  it('is not made of a damaged backup, nor in the place of another unless told to', async () => {
    const directory = await filledDirectory()
    const backup = join(temporaryDirectory(), 'backup.db')
    backUpLedger(directory, backup)
    const before = readFileSync(join(directory, 'ledger.db'))
    const restore = (overwrite: boolean) => () =>
      restoreLedger({ directory, source: backup, overwrite })
    expect(restore(false)).toThrow('--overwrite')
    writeFileSync(backup, readFileSync(backup).fill(0xa5, 4_096, 5_000))
    expect(restore(true)).toThrow('damaged')
    expect(readFileSync(join(directory, 'ledger.db')).equals(before)).toBe(true)
  })
})
