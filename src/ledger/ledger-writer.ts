import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'
import { AUDIT_KEPT } from './audit-chain.ts'
import { createAuditTable } from './audit-table.ts'
import { type ChangeBatch, changesIn } from './change-batch.ts'
import type { EventGroup } from './event-lines.ts'
import { type Head, headColumns, readHead } from './head.ts'
import { sumOfRow } from './row-sum.ts'
import { oldestToTrim, type Trim } from './trim.ts'

export interface LedgerWriter {
  head(): Head
  /**
   * One transaction, durable when it returns. Without changes and entries it writes nothing.
   * @throws the error of node:sqlite, after which nothing of it is kept.
   */
  commit(batch: ChangeBatch, audits?: readonly string[]): void
  /** Notes an orderly end, when something was committed since the last one. */
  noteCleanEnd(): void
}

export interface LedgerWriterOptions {
  /** How many of the newest events are kept at least. */
  readonly eventsKept: number
  /** How many of the newest audit entries are kept at least. */
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
    statements.begin.run()
    try {
      const changed = next()
      writeHead(statements, changed)
      options.beforeCommit?.()
      statements.end.run()
      head = changed
    } catch (error) {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    head: () => head,
    commit(batch, audits = []) {
      if (batch.cells.length === 0 && audits.length === 0) return
      inTransaction(() => ({
        ...writeBatch(statements, head, batch, eventsKept),
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
    begin: database.prepare('BEGIN IMMEDIATE'),
    end: database.prepare('COMMIT'),
    audit: createAuditTable(database),
    put: database.prepare(
      'INSERT OR REPLACE INTO records (kind, id, revision, body, sum) VALUES (?, ?, ?, ?, ?)',
    ),
    remove: database.prepare('DELETE FROM records WHERE kind = ? AND id = ?'),
    addEvents: database.prepare('INSERT INTO events VALUES (?, ?, ?, ?)'),
    eventGroups: database.prepare('SELECT revision, count AS length FROM events ORDER BY revision'),
    trimEvents: database.prepare('DELETE FROM events WHERE revision <= ?'),
    setHead: database.prepare(
      `UPDATE head SET last_revision = ?, trimmed_revision = ?, event_count = ?, clean = ?,
       audit_number = ?, audit_hash = ?, audit_trimmed = ?, audit_anchor = ?, sum = ?`,
    ),
  }
}

function writeBatch(
  statements: Statements,
  head: Head,
  { cells, events }: ChangeBatch,
  eventsKept: number,
): Omit<Head, 'audit'> {
  let { lastRevision } = head
  for (const { kind, id, revision, body } of changesIn(cells)) {
    if (body === null) statements.remove.run(kind, id)
    else statements.put.run(kind, id, revision, body, sumOfRow([kind, id, revision, body]))
    lastRevision = Math.max(lastRevision, revision)
  }
  const { trimmedRevision, eventCount } = head
  const kept = events.length === 0 ? null : writeEvents(statements, head, events, eventsKept)
  return { lastRevision, trimmedRevision, eventCount, ...kept, clean: false }
}

function writeEvents(
  statements: Statements,
  { trimmedRevision, eventCount }: Head,
  groups: readonly EventGroup[],
  kept: number,
): Pick<Head, 'trimmedRevision' | 'eventCount'> {
  let added = 0
  for (const { revision, count, body } of groups) {
    statements.addEvents.run(revision, count, body, sumOfRow([revision, count, body]))
    added += count
  }
  const count = eventCount + added
  const trimmed = trimEvents(statements, { count, added, kept })
  if (trimmed === null) return { trimmedRevision, eventCount: count }
  return { trimmedRevision: trimmed.revision, eventCount: count - trimmed.entries }
}

/** Drops the oldest groups; null when all may stay, else the last revision that went. */
function trimEvents({ eventGroups, trimEvents }: Statements, trim: Trim) {
  const oldestFirst = eventGroups.iterate() as Iterable<{ revision: number; length: number }>
  const trimmed = oldestToTrim(oldestFirst, trim)
  if (trimmed === null) return null
  const { groups, entries, last } = trimmed
  const dropped = trimEvents.run(last.revision).changes
  invariant(dropped === groups, 'a trim drops the oldest groups', { dropped, groups })
  return { revision: last.revision, entries }
}

function writeHead(statements: Statements, head: Head): void {
  const written = statements.setHead.run(...headColumns(head))
  invariant(written.changes === 1, 'the ledger has one head row', written.changes)
}
