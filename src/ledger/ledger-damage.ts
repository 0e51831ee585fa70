import { DaxError } from '../core/errors.ts'
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteCodeOf } from './sqlite-error.ts'

/** A refusal of a ledger, as one sentence: what is wrong, and the way out. */
export function refusedLedger(what: string, advice: string, cause?: unknown): DaxError {
  return new DaxError('ledger_failed', `${what}; no record was changed; ${advice}.`, {}, cause)
}

/** What is there is not what was written. Only an operator may say what shall become of it. */
export function damagedLedger(path: string, reason: string, cause?: unknown): DaxError {
  return refusedLedger(
    `The ledger ${path} is damaged: ${reason}`,
    "look with 'daxd ledger verify', put a backup back with 'daxd ledger restore', " +
      'or move it away to start without records',
    cause,
  )
}

/** True where SQLite itself found the file to be no sound database. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB
}
