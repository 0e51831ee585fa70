import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRows, encodeChanges } from '../../src/ledger/change-batch.ts'
import { openLedgerDatabase } from '../../src/ledger/ledger-database.ts'
import { createLedgerReader } from '../../src/ledger/ledger-reader.ts'
import { createLedgerWriter } from '../../src/ledger/ledger-writer.ts'
import { APPLICATION_ID, MIGRATIONS } from '../../src/ledger/migrations.ts'
import { quietChange } from '../contract/ledger.ts'
import { batchOf, wholeBatches } from './batches.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** Every byte of the ledger and its log; the index beside them is a cache and may come and go. */
function bytesIn(directory: string): Record<string, string> {
  const kept = readdirSync(directory).filter((name) => !name.endsWith('-shm'))
  const full = kept.filter((name) => readFileSync(join(directory, name)).length > 0)
  return Object.fromEntries(
    full.map((name) => [name, readFileSync(join(directory, name)).toString('base64')]),
  )
}

function fillLedger(directory: string, batches: number): DatabaseSync {
  const database = openLedgerDatabase(directory)
  const writer = createLedgerWriter(database, { eventsKept: 10_000 })
  for (let at = 0; at < batches; at += 1) writer.commit(encodeChanges(batchOf(at * 5 + 1, 5)))
  return database
}

/** A state directory as a crash leaves it: the changes of the log are not in the file yet. */
function crashedDirectory(batches: number): string {
  const live = temporaryDirectory()
  const database = fillLedger(live, batches)
  const crashed = temporaryDirectory()
  for (const name of ['ledger.db', 'ledger.db-wal']) {
    copyFileSync(join(live, name), join(crashed, name))
  }
  database.close()
  return crashed
}

function rowsIn(directory: string) {
  const database = openLedgerDatabase(directory)
  try {
    return decodeRows(createLedgerReader(database).chunk(0).cells)
  } finally {
    database.close()
  }
}

/** Runs SQL on a closed ledger and leaves it to a crash, in the log. */
function tamper(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'ledger.db'))
  database.exec(sql)
  const names = ['ledger.db', 'ledger.db-wal']
  for (const name of names) copyFileSync(join(directory, name), join(directory, `${name}.copy`))
  database.close()
  for (const name of names) copyFileSync(join(directory, `${name}.copy`), join(directory, name))
}

describe('a refused ledger is left as it was:', () => {
  const cases: readonly (readonly [string, (directory: string) => void, string])[] = [
    ['a newer schema', (at) => tamper(at, 'PRAGMA user_version = 99'), 'schema version 99'],
    ['no schema', (at) => tamper(at, 'PRAGMA user_version = 0'), 'schema version 0'],
    ['another program', (at) => tamper(at, 'PRAGMA application_id = 7'), 'another program'],
    ['garbage', (at) => writeFileSync(join(at, 'ledger.db'), 'x'.repeat(9_000)), 'not an SQLite'],
    ['an empty file', (at) => truncateSync(join(at, 'ledger.db'), 0), 'not an SQLite file'],
    ['half a header', (at) => truncateSync(join(at, 'ledger.db'), 50), 'not an SQLite file'],
    ['a lost tail', (at) => truncateSync(join(at, 'ledger.db'), 12_288), 'damaged'],
    ['torn pages', (at) => overwrite(join(at, 'ledger.db'), 8_192, 20_000), 'damaged'],
  ]
  it.each(cases)('%s', (_cause, spoil, reason) => {
    const directory = temporaryDirectory()
    fillLedger(directory, 20).close()
    spoil(directory)
    const before = bytesIn(directory)
    const open = () => openLedgerDatabase(directory)
    expect(open).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
    expect(open).toThrow(reason)
    expect(open).toThrow(join(directory, 'ledger.db'))
    expect(bytesIn(directory)).toEqual(before)
  })

  it('a log that lost its ledger is not taken for the log of a new one', () => {
    const directory = temporaryDirectory()
    copyFileSync(join(crashedDirectory(3), 'ledger.db-wal'), join(directory, 'ledger.db-wal'))
    const before = bytesIn(directory)
    const open = () => openLedgerDatabase(directory)
    expect(open).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
    expect(bytesIn(directory)).toEqual(before)
  })

  it('a directory that is not there', () => {
    const open = () => openLedgerDatabase(join(temporaryDirectory(), 'missing'))
    expect(open).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
  })
})

describe('a new ledger', () => {
  it('is made over what a crash left of making it', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'ledger.db.new'), 'half a page')
    writeFileSync(join(directory, 'ledger.db.new-wal'), 'half a log')
    openLedgerDatabase(directory).close()
    expect(readdirSync(directory).filter((name) => name.includes('.new'))).toEqual([])
    expect(rowsIn(directory)).toEqual([])
  })

  it('is synced at every commit and keeps its log apart', () => {
    const database = openLedgerDatabase(temporaryDirectory())
    const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]
    const settings = ['synchronous', 'journal_mode', 'locking_mode', 'wal_autocheckpoint']
    expect(settings.map(pragma)).toEqual([2, 'wal', 'exclusive', 0])
    expect([pragma('application_id'), pragma('user_version')]).toEqual([
      APPLICATION_ID,
      MIGRATIONS.length,
    ])
    database.close()
  })
})

describe('after a crash', () => {
  it('the changes that are only in the log are there', () => {
    const rows = rowsIn(crashedDirectory(20))
    expect(rows).toHaveLength(100)
    expect(rows).toEqual(wholeBatches(rows))
  })

  it('a log torn at any byte gives the whole batches before the tear', () => {
    const crashed = crashedDirectory(20)
    const length = readFileSync(join(crashed, 'ledger.db-wal')).length
    const property = fc.property(fc.integer({ min: 0, max: length }), fc.boolean(), (at, cut) => {
      const directory = temporaryDirectory()
      for (const name of ['ledger.db', 'ledger.db-wal']) {
        copyFileSync(join(crashed, name), join(directory, name))
      }
      const log = join(directory, 'ledger.db-wal')
      if (cut) truncateSync(log, at)
      else overwrite(log, at, length - at)
      const rows = rowsIn(directory)
      expect(rows).toEqual(wholeBatches(rows))
      if (at === length) expect(rows).toHaveLength(100)
      else expect(rows.length).toBeLessThan(100)
      expect(rowsIn(directory)).toEqual(rows)
    })
    fc.assert(property, {
      numRuns: 60,
      examples: [
        [length, true],
        [0, true],
        [length - 1, true],
      ],
    })
  }, 60_000)
})

describe('migrations', () => {
  const withNote = [
    ...MIGRATIONS,
    (database: DatabaseSync) => database.exec("ALTER TABLE records ADD note TEXT DEFAULT 'old'"),
  ]

  it('bring an older ledger, its log included, up to date once', () => {
    const directory = crashedDirectory(3)
    const opened = openLedgerDatabase(directory, withNote)
    const notes = opened.prepare('SELECT DISTINCT note FROM records').all()
    expect(notes.map((row) => ({ ...row }))).toEqual([{ note: 'old' }])
    opened.close()
    openLedgerDatabase(directory, withNote).close()
    const open = () => openLedgerDatabase(directory)
    expect(open).toThrow('schema version 6, this daxd knows 1 to 5')
  })

  it('that fail half-way leave the old version whole', () => {
    const directory = crashedDirectory(3)
    const broken = [...withNote, (database: DatabaseSync) => database.exec('DROP TABLE missing')]
    const open = () => openLedgerDatabase(directory, broken)
    expect(open).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
    const rows = rowsIn(directory)
    expect(rows).toHaveLength(15)
    expect(rows).toEqual(wholeBatches(rows))
  })
})

describe('a commit that fails inside the database', () => {
  it('leaves nothing behind, and the next one is taken', () => {
    const directory = temporaryDirectory()
    const database = fillLedger(directory, 2)
    const writer = createLedgerWriter(database, { eventsKept: 10_000 })
    const { page_count } = database.prepare('PRAGMA page_count').get()!
    database.exec(`PRAGMA max_page_count = ${Number(page_count) + 4}`)
    expect(() => writer.commit(encodeChanges(batchOf(11, 500)))).toThrow(
      expect.objectContaining({ errcode: 13 }),
    )
    expect(writer.head()).toMatchObject({ lastRevision: 10, eventCount: 10 })
    writer.commit(encodeChanges(batchOf(11, 5)))
    database.close()
    const rows = rowsIn(directory)
    expect(rows).toHaveLength(15)
    expect(rows).toEqual(wholeBatches(rows))
    expect(existsSync(join(directory, 'ledger.db-wal'))).toBe(false)
  })
})

describe('a writer', () => {
  it('takes back a commit that a defect of ours broke off', () => {
    const directory = temporaryDirectory()
    const database = openLedgerDatabase(directory)
    let broken = true
    const beforeCommit = () => {
      if (broken) throw new Error('planted')
    }
    const writer = createLedgerWriter(database, { eventsKept: 10, beforeCommit })
    expect(() => writer.commit(encodeChanges(batchOf(1, 5)))).toThrow('planted')
    broken = false
    writer.commit(encodeChanges(batchOf(1, 3)))
    database.close()
    const rows = rowsIn(directory)
    expect(rows).toHaveLength(3)
    expect(rows).toEqual(wholeBatches(rows))
  })
})

describe('a chunk of rows', () => {
  it('ends after 2 MiB of text or 2,048 rows, whichever comes first', () => {
    const database = openLedgerDatabase(temporaryDirectory())
    const writer = createLedgerWriter(database, { eventsKept: 10 })
    const long = JSON.stringify('x'.repeat(2 ** 20))
    writer.commit(encodeChanges([1, 2, 3, 4, 5].map((at) => quietChange(at, `long-${at}`, long))))
    const short = Array.from({ length: 3_000 }, (_, at) => quietChange(6 + at, `short-${at}`))
    writer.commit(encodeChanges(short))
    const reader = createLedgerReader(database)
    const lengths: number[] = []
    for (let from: number | null = 0; from !== null; ) {
      const { cells, next } = reader.chunk(from)
      lengths.push(decodeRows(cells).length)
      from = next
    }
    database.close()
    expect(lengths).toEqual([2, 2, 2_048, 953, 0])
  })
})

function overwrite(path: string, start: number, length: number): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, start, start + length)
  writeFileSync(path, bytes)
}
