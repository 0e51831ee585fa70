import { existsSync, linkSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { BUSY_TIMEOUT_MS } from './examine-ledger.ts'
import { damagedLedger } from './ledger-damage.ts'
import { fsyncPath, ledgerPath } from './ledger-files.ts'
import { openFailure } from './sqlite-error.ts'
import { type LedgerReport, verifyLedgerFile } from './verify.ts'

/**
 * Writes a whole, checked copy of a stopped daemon's ledger, its log included, into a new file;
 * the file is durable and complete, or it is not there.
 * @throws DaxError `busy` while a daemon runs on it; `ledger_failed` when it is damaged (a backup
 * of that would push a good one out) or the target is there already; `ledger_full`.
 */
export function backUpLedger(directory: string, target: string): LedgerReport {
  const path = ledgerPath(directory)
  requireSound(verifyLedgerFile(path))
  if (existsSync(target)) throw isThere(target)
  const partial = `${target}.partial`
  try {
    rmSync(partial, { force: true })
    copyLedger(path, partial)
    const report = verifyLedgerFile(partial)
    requireSound(report)
    // A link, unlike a rename, never takes the place of a file that has come meanwhile.
    linkSync(partial, target)
    fsyncPath(dirname(target))
    return { ...report, path: target }
  } catch (error) {
    throw openFailure(target, error)
  } finally {
    rmSync(partial, { force: true })
  }
}

/**
 * Copies what a ledger and its log hold into a new file without a log, and makes it durable.
 * @throws the error of node:sqlite or of the file system.
 */
export function copyLedger(path: string, target: string): void {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
  fsyncPath(target)
}

/** @throws DaxError `ledger_failed` that names the first thing wrong. */
export function requireSound({ path, problems }: LedgerReport): void {
  const [first] = problems
  if (first !== undefined) throw damagedLedger(path, first)
}

function isThere(target: string): DaxError {
  return new DaxError('ledger_failed', `There is a file ${target} already; name a new one.`)
}
