import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'
import type { LedgerEvent } from '../ports/ledger.ts'
import { CHAIN_BEGIN } from './chain-ends.ts'
import { groupEvents } from './event-lines.ts'
import { readPragma } from './pragma.ts'
import { isSoundEvent, sumOfRow } from './row-sum.ts'

/** `daxd` in ASCII. SQLite keeps it in the file's header, so that file(1) and we know it. */
export const APPLICATION_ID = 0x64617864

/** One step of the schema, from the version of its place in the list to the next. */
export type Migration = (database: DatabaseSync) => void

/** Every step from an empty file on; only ever appended to. */
export const MIGRATIONS: readonly Migration[] = [
  createTables,
  addSums,
  addEventTenants,
  addAudit,
  groupByCommit,
]

/**
 * Brings the schema up to date in one transaction: after a failure or a crash the file has the
 * old version or the new one, whole. Nothing is written when it is up to date.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[]): void {
  const version = readPragma(database, 'user_version')
  invariant(version >= 0 && version <= migrations.length, 'the schema version is known', version)
  if (version === migrations.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const migration of migrations.slice(version)) migration(database)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/**
 * Version 1. A change of a record replaces its row by one with the next `seq`, so that reading by
 * `seq` gives the rows by revision without a sort. `head` is one row: what must outlive the
 * records and the events it tells of.
 */
function createTables(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE records (
      seq INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      body TEXT NOT NULL,
      UNIQUE (kind, id)
    ) STRICT;
    CREATE TABLE events (
      revision INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      type TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      object TEXT
    ) STRICT;
    CREATE TABLE head (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      last_revision INTEGER NOT NULL,
      trimmed_revision INTEGER NOT NULL,
      event_count INTEGER NOT NULL,
      clean INTEGER NOT NULL CHECK (clean IN (0, 1))
    ) STRICT;
    INSERT INTO head VALUES (1, 0, 0, 0, 1);
  `)
}

/** Version 2. Each row carries a checksum over its columns; `seq` only orders and is not in it. */
function addSums(database: DatabaseSync): void {
  const sumOf = (...columns: (string | number | null)[]): number => sumOfRow(columns)
  database.function('sum_of_row', { deterministic: true, varargs: true }, sumOf as never)
  database.exec(`
    ALTER TABLE records ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE records SET sum = sum_of_row(kind, id, revision, body);
    ALTER TABLE events ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE events SET sum = sum_of_row(revision, at_ms, type, kind, id, object);
    ALTER TABLE head ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE head SET sum = sum_of_row(last_revision, trimmed_revision, event_count, clean);
  `)
}

/** Version 3. Events know whose object they tell of; those of before are the host's own. */
function addEventTenants(database: DatabaseSync): void {
  database.exec('ALTER TABLE events ADD COLUMN tenant TEXT')
}

/**
 * Version 4. The audit: `entry` is the very text that `hash` is made of, so that a chain can be
 * followed with nothing but sha256sum. The head says where the chain begins and ends.
 */
function addAudit(database: DatabaseSync): void {
  const sumOf = (...columns: (string | number | null)[]): number => sumOfRow(columns)
  database.function('sum_of_row', { deterministic: true, varargs: true }, sumOf as never)
  database.exec(`
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY,
      entry TEXT NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
    ALTER TABLE head ADD COLUMN audit_number INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE head ADD COLUMN audit_hash TEXT NOT NULL DEFAULT '${CHAIN_BEGIN}';
    ALTER TABLE head ADD COLUMN audit_trimmed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE head ADD COLUMN audit_anchor TEXT NOT NULL DEFAULT '${CHAIN_BEGIN}';
    UPDATE head SET sum = sum_of_row(last_revision, trimmed_revision, event_count, clean,
      audit_number, audit_hash, audit_trimmed, audit_anchor);
  `)
}

/**
 * Version 5. The events of a commit share rows, and so do its entries of the audit: their texts and
 * hashes, one on each line, under the number of the last. What was written before is a group of
 * one, which in the audit looks the same as it did.
 */
function groupByCommit(database: DatabaseSync): void {
  const events = database.prepare('SELECT * FROM events ORDER BY revision')
  database.exec(`
    CREATE TABLE event_groups (
      revision INTEGER PRIMARY KEY,
      count INTEGER NOT NULL,
      body TEXT NOT NULL,
      sum INTEGER NOT NULL
    ) STRICT;
  `)
  const insert = database.prepare('INSERT INTO event_groups VALUES (?, ?, ?, ?)')
  for (const row of events.iterate()) {
    for (const { revision, count, body } of groupEvents([eventOf(row)])) {
      const sum = sumOfRow([revision, count, body])
      // What was damaged must not become sound by being copied.
      insert.run(revision, count, body, isSoundEvent(row) ? sum : sum ^ 1)
    }
  }
  database.exec('DROP TABLE events; ALTER TABLE event_groups RENAME TO events;')
}

/** The columns have the types that `STRICT` tables enforce and only we write them. */
function eventOf(row: Readonly<Record<string, unknown>>): LedgerEvent {
  const { revision, at_ms, type, kind, id, object, tenant } = row
  const event = { revision, at_ms, type, kind, id } as LedgerEvent
  return {
    ...event,
    ...(typeof object === 'string' ? { object } : {}),
    ...(typeof tenant === 'string' ? { tenant } : {}),
  }
}
