import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'
import { isNoRoom } from './sqlite-error.ts'

/** Tells how many pages a database's log holds. */
export function createLogGauge(database: DatabaseSync): () => number {
  const look = database.prepare('PRAGMA wal_checkpoint(NOOP)')
  return () => {
    const { log } = look.get() ?? {}
    invariant(typeof log === 'number', 'the log has a length', log)
    return log
  }
}

/**
 * Folds the log into the file, so that the next commit writes over the log from its start;
 * `TRUNCATE` also gives the log's room back to the file system. What is in the log is durable
 * already: a lack of room loses nothing here, and is left for the next time.
 * @throws the error of node:sqlite for any other failure.
 */
export function checkpoint(database: DatabaseSync, mode: 'PASSIVE' | 'TRUNCATE'): void {
  try {
    database.prepare(`PRAGMA wal_checkpoint(${mode})`).get()
  } catch (error) {
    if (!isNoRoom(error)) throw error
  }
}
