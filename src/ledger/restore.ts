import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { DAXD } from '../core/principal.ts'
import type { AuditEntry } from '../ports/audit.ts'
import { AUDIT_KEPT } from './audit-chain.ts'
import { createAuditTable } from './audit-table.ts'
import { copyLedger, requireSound } from './backup.ts'
import { type Head, headColumns, readHead } from './head.ts'
import { fsyncPath, LEDGER_FILE_MODE, ledgerPath } from './ledger-files.ts'
import { MIGRATIONS, migrate } from './migrations.ts'
import { sumOfRow } from './row-sum.ts'
import { openFailure } from './sqlite-error.ts'
import { lockStateDirectory } from './state-lock.ts'
import { type LedgerReport, verifyLedgerFile } from './verify.ts'

/**
 * What was given out after the backup was made is not known to it. Revisions, ids and fencing
 * tokens (one counter) and generations go on this far above the backup's, so that none of what the
 * lost ledger gave out is ever given out again.
 */
const REVISIONS_SKIPPED = 1_000_000_000
const GENERATIONS_SKIPPED = 1_000_000

export interface RestoreOptions {
  readonly directory: string
  /** A file that `backUpLedger` made. */
  readonly source: string
  /** Take the place of a ledger that is there; it is kept beside it as `ledger.db.replaced`. */
  readonly overwrite: boolean
}

/**
 * Makes a backup the ledger of a state directory that no daemon runs on. It may be broken off
 * anywhere: then the old ledger is there, or the new one, or a file that the daemon refuses and
 * that restoring again takes the place of.
 * @throws DaxError `busy` while a daemon runs there; `ledger_failed` when the backup is not sound,
 * or a ledger is there and it may not be overwritten; `ledger_full`.
 */
export function restoreLedger(options: RestoreOptions): LedgerReport {
  const { directory, source, overwrite } = options
  requireSound(verifyLedgerFile(source))
  const lock = lockStateDirectory(directory)
  const path = ledgerPath(directory)
  const fresh = `${path}.new`
  try {
    if (!overwrite) refuseTaken(path)
    removeAll(fresh)
    copyLedger(source, fresh)
    goBeyond(fresh, source)
    const report = verifyLedgerFile(fresh)
    requireSound(report)
    removeSidecars(fresh)
    replaceLedger(directory, path, fresh)
    return { ...report, path }
  } catch (error) {
    throw openFailure(path, error)
  } finally {
    removeAll(fresh)
    lock.release()
  }
}

function refuseTaken(path: string): void {
  if (!existsSync(path) && !isFilled(`${path}-wal`)) return
  throw new DaxError(
    'ledger_failed',
    `There is a ledger ${path}; nothing was changed; --overwrite puts the backup in its place.`,
  )
}

/**
 * Never leaves a log beside a ledger that is not its own, as its changes would be taken for that
 * ledger's; nor a ledger without its log, as it would be believed: an empty file, which the daemon
 * refuses, holds the place in between.
 */
function replaceLedger(directory: string, path: string, fresh: string): void {
  keepReplaced(path, '')
  keepReplaced(path, '-wal')
  const placeholder = `${path}.restoring`
  const descriptor = openSync(placeholder, 'w', LEDGER_FILE_MODE)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(placeholder, path)
  fsyncPath(directory)
  removeSidecars(path)
  fsyncPath(directory)
  renameSync(fresh, path)
  fsyncPath(directory)
}

/** An empty ledger is the placeholder of an earlier try, which kept the one before. */
function keepReplaced(path: string, suffix: '' | '-wal'): void {
  if (!isFilled(path)) return
  const kept = `${path}.replaced${suffix}`
  rmSync(kept, { force: true })
  if (!existsSync(path + suffix)) return
  copyFileSync(path + suffix, kept)
  fsyncPath(kept)
}

/** Events end with the backup: watchers of later ones are told that theirs are gone. */
function goBeyond(path: string, source: string): void {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;')
    migrate(database, MIGRATIONS)
    database.exec('BEGIN IMMEDIATE; DELETE FROM events')
    raiseGenerations(database)
    const { lastRevision: from, audit } = readHead(database)
    const lastRevision = from + REVISIONS_SKIPPED
    const text = JSON.stringify(restoreEntry(source, from, lastRevision))
    const head: Head = {
      lastRevision,
      trimmedRevision: lastRevision,
      eventCount: 0,
      clean: false,
      audit: createAuditTable(database).add(audit, [text], AUDIT_KEPT),
    }
    database
      .prepare(`
        UPDATE head SET last_revision = ?, trimmed_revision = ?, event_count = ?, clean = ?,
        audit_number = ?, audit_hash = ?, audit_trimmed = ?, audit_anchor = ?, sum = ?`)
      .run(...headColumns(head))
    database.exec('COMMIT')
  } finally {
    database.close()
  }
  fsyncPath(path)
}

function raiseGenerations(database: DatabaseSync): void {
  const generations = database
    .prepare("SELECT seq, kind, id, revision, body FROM records WHERE kind = 'generation'")
    .all()
  const raise = database.prepare('UPDATE records SET body = ?, sum = ? WHERE seq = ?')
  for (const { seq, kind, id, revision, body } of generations) {
    const raised = String(Number(body) + GENERATIONS_SKIPPED)
    const sum = sumOfRow([String(kind), String(id), Number(revision), raised])
    raise.run(raised, sum, Number(seq))
  }
}

/** The audit goes on from the backup's end; this says what is between it and what follows. */
function restoreEntry(source: string, from: number, to: number): AuditEntry {
  return {
    at_ms: Date.now(),
    actor: DAXD,
    source: 'daxd',
    request_id: null,
    call: null,
    action: 'ledger:restore',
    outcome: 'done',
    object: null,
    tenant: null,
    revisions: null,
    changes: [],
    unlisted: 0,
    why: { backup: source, revision_before: from, revision_after: to, uid: process.getuid?.() },
  }
}

function isFilled(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
}

function removeSidecars(path: string): void {
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}

function removeAll(path: string): void {
  rmSync(path, { force: true })
  removeSidecars(path)
}
