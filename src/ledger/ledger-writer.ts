import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'
import type { LedgerChange, LedgerEvent } from '../ports/ledger.ts'
import { AUDIT_KEPT } from './audit-chain.ts'
import { createAuditTable } from './audit-table.ts'
import { type Head, headColumns, readHead } from './head.ts'
import { sumOfEvent, sumOfRow } from './row-sum.ts'
import { oldestToTrim } from './trim.ts'

export interface LedgerWriter {
  head(): Head
  /**
   * One transaction, durable when it returns. Without changes and entries it writes nothing.
   * @throws the error of node:sqlite, after which nothing of it is kept.
   */
  commit(changes: readonly LedgerChange[], audits?: readonly string[]): void
  /** Notes an orderly end, when something was committed since the last one. */
  noteCleanEnd(): void
}

export interface LedgerWriterOptions {
  readonly eventsKept: number
  /** How many of the newest audit entries are kept. */
  readonly auditKept?: number
  /** Runs inside each transaction, before its end. */
  readonly beforeCommit?: () => void
}

type Statements = ReturnType<typeof prepareStatements>

/** Writes on an open ledger; the only writer of its connection. */
export function createLedgerWriter(
  database: DatabaseSync,
  options: LedgerWriterOptions,
): LedgerWriter {
  invariant(options.eventsKept >= 1, 'at least one event is kept', options.eventsKept)
  const { eventsKept, auditKept = AUDIT_KEPT } = options
  const statements = prepareStatements(database)
  let head: Head = readHead(database)

  function inTransaction(next: () => Head): void {
    database.exec('BEGIN IMMEDIATE')
    try {
      const changed = next()
      writeHead(statements, changed)
      options.beforeCommit?.()
      database.exec('COMMIT')
      head = changed
    } catch (error) {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    head: () => head,
    commit(changes, audits = []) {
      if (changes.length === 0 && audits.length === 0) return
      inTransaction(() => ({
        ...writeChanges(statements, head, changes, eventsKept),
        audit: statements.audit.add(head.audit, audits, auditKept),
      }))
    },
    noteCleanEnd() {
      if (!head.clean) inTransaction(() => ({ ...head, clean: true }))
    },
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    audit: createAuditTable(database),
    put: database.prepare(
      'INSERT OR REPLACE INTO records (kind, id, revision, body, sum) VALUES (?, ?, ?, ?, ?)',
    ),
    remove: database.prepare('DELETE FROM records WHERE kind = ? AND id = ?'),
    addEvent: database.prepare(
      'INSERT INTO events (revision, at_ms, type, kind, id, object, sum, tenant) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    nthEvent: database.prepare('SELECT revision FROM events ORDER BY revision LIMIT 1 OFFSET ?'),
    trimEvents: database.prepare('DELETE FROM events WHERE revision <= ?'),
    setHead: database.prepare(
      `UPDATE head SET last_revision = ?, trimmed_revision = ?, event_count = ?, clean = ?,
       audit_number = ?, audit_hash = ?, audit_trimmed = ?, audit_anchor = ?, sum = ?`,
    ),
  }
}

function writeChanges(
  statements: Statements,
  head: Head,
  changes: readonly LedgerChange[],
  eventsKept: number,
): Omit<Head, 'audit'> {
  let added = 0
  let lastRevision = head.lastRevision
  for (const { kind, id, revision, body, event } of changes) {
    if (body === null) statements.remove.run(kind, id)
    else statements.put.run(kind, id, revision, body, sumOfRow([kind, id, revision, body]))
    if (event !== undefined) {
      addEvent(statements, event)
      added += 1
    }
    lastRevision = Math.max(lastRevision, revision)
  }
  const count = head.eventCount + added
  const step = oldestToTrim(count, added, eventsKept)
  const trimmedRevision = trimEvents(statements, step) ?? head.trimmedRevision
  return { lastRevision, trimmedRevision, eventCount: count - step, clean: false }
}

function addEvent(statements: Statements, event: LedgerEvent): void {
  const { revision, at_ms, type, kind, id, object = null, tenant = null } = event
  const sum = sumOfEvent([revision, at_ms, type, kind, id, object], tenant)
  statements.addEvent.run(revision, at_ms, type, kind, id, object, sum, tenant)
}

/** Drops the `step` oldest events; the last revision dropped, null for none. */
function trimEvents(statements: Statements, step: number): number | null {
  if (step === 0) return null
  const { revision } = statements.nthEvent.get(step - 1) ?? {}
  invariant(typeof revision === 'number', 'there are as many events as counted', step)
  const dropped = statements.trimEvents.run(revision).changes
  invariant(dropped === step, 'a trim drops the oldest events', { dropped, step })
  return revision
}

function writeHead(statements: Statements, head: Head): void {
  const written = statements.setHead.run(...headColumns(head))
  invariant(written.changes === 1, 'the ledger has one head row', written.changes)
}
