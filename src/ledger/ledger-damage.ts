import { DaxError } from '../core/errors.ts'
import { describeError, SQLITE_CORRUPT, SQLITE_NOTADB, sqliteCodeOf } from './sqlite-error.ts'

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

/** A failed read of an open ledger. A DaxError stays as it is. */
export function readFailure(path: string, error: unknown): DaxError {
  if (error instanceof DaxError) return error
  if (isDamage(error)) return damagedLedger(path, describeError(error), error)
  return new DaxError('ledger_failed', 'The ledger cannot be read.', {}, error)
}

/** A row holds what daxd never writes. */
export class DamagedRow extends Error {
  override readonly name = 'DamagedRow'
}

/** True where SQLite found the file to be no sound database, or a row cannot be one of ours. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return true
  return error instanceof DamagedRow || isBeyondNumbers(error)
}

/** node:sqlite refuses to read an integer above 2^53, and daxd counts to none of them. */
function isBeyondNumbers(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'
}
