import { statSync } from 'node:fs'
import { DaxError } from '../core/errors.ts'

/**
 * Holds an open ledger to its files. A file that was removed or replaced while it is open takes
 * writes and syncs as before, and all of it is gone with the process: nothing that went there may
 * be called durable. The result is called after each commit, before it is answered.
 * @throws DaxError `ledger_failed`, from the result, when a file is not the one it was.
 */
export function watchLedgerFiles(path: string): () => void {
  const file = identityOf(path)
  let log: string | null = null
  return () => {
    if (identityOf(path) !== file) throw displaced(path)
    const found = identityOf(`${path}-wal`)
    // SQLite makes the log with the first commit and keeps it while the ledger is open.
    log ??= found
    if (found === null || found !== log) throw displaced(`${path}-wal`)
  }
}

function identityOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : `${found.dev} ${found.ino}`
}

function displaced(path: string): DaxError {
  const detail =
    `The file ${path} was removed or replaced while daxd runs; no change is taken before a ` +
    'restart, which goes by what is there then.'
  return new DaxError('ledger_failed', detail)
}
