import { DaxError } from '../core/errors.ts'

/** Primary result codes (https://www.sqlite.org/rescode.html). */
export const SQLITE_BUSY = 5
export const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
export const SQLITE_CANTOPEN = 14
export const SQLITE_NOTADB = 26

/** SQLite packs a finer code above the primary one: extended = primary + 256 * n. */
const EXTENDED_STEP = 256

/** The primary result code of an error of node:sqlite, null for any other error. */
export function sqliteCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode % EXTENDED_STEP : null
}

/** True where the disk, not the ledger, is at fault and room would mend it. */
export function isNoRoom(error: unknown): boolean {
  if (sqliteCodeOf(error) === SQLITE_FULL) return true
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC'
}

/** The message with SQLite's extended code, which alone tells a failed fsync from a failed read. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'errcode' in error ? `${error.message} (SQLite ${String(error.errcode)})` : error.message
}

/**
 * A failure at start as one sentence that names the file. A DaxError stays as it is.
 * Codes: `busy` when another process has the ledger, `ledger_full`, else `ledger_failed`.
 */
export function openFailure(path: string, error: unknown): DaxError {
  if (error instanceof DaxError) return error
  const reason = describeError(error)
  if (sqliteCodeOf(error) === SQLITE_BUSY) {
    return new DaxError('busy', `Another process has the ledger ${path} open.`, {}, error)
  }
  if (isNoRoom(error)) {
    return new DaxError('ledger_full', `There is no room to open the ledger ${path}.`, {}, error)
  }
  const advice = 'check the disk and the permissions, then start again'
  const detail = `The ledger ${path} cannot be opened: ${reason}; ${advice}.`
  return new DaxError('ledger_failed', detail, {}, error)
}

/** A failed commit: `ledger_full` when room would mend it, else `ledger_failed`. */
export function commitFailure(error: unknown): DaxError {
  if (isNoRoom(error)) {
    const detail = 'The state directory is full; nothing of the change was kept.'
    return new DaxError('ledger_full', detail, {}, error)
  }
  if (error instanceof DaxError) return error
  const detail = 'The ledger cannot be written; no change is taken before a restart.'
  return new DaxError('ledger_failed', detail, {}, error)
}
