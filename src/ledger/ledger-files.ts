import { closeSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** Mode of the ledger's files: holders' names are nobody else's business. */
export const LEDGER_FILE_MODE = 0o600

/** The ledger of a state directory. SQLite keeps its log beside it as `ledger.db-wal`. */
export function ledgerPath(directory: string): string {
  return join(directory, 'ledger.db')
}

/** Makes file or directory entries durable; a new name is not until its directory is synced. */
export function fsyncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
