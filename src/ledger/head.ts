import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'

/** The ledger's one row about itself. */
export interface Head {
  readonly lastRevision: number
  /** The highest revision among the events no longer kept, 0 for none. */
  readonly trimmedRevision: number
  readonly eventCount: number
  /** Nothing was committed since the last orderly close. */
  readonly clean: boolean
}

/** Reads the one row that says how far the ledger has come. */
export function readHead(database: DatabaseSync): Head {
  const row = database
    .prepare('SELECT last_revision, trimmed_revision, event_count, clean FROM head WHERE one = 1')
    .get()
  invariant(row !== undefined, 'the ledger has its head row')
  const { last_revision, trimmed_revision, event_count, clean } = row
  return {
    lastRevision: count(last_revision),
    trimmedRevision: count(trimmed_revision),
    eventCount: count(event_count),
    clean: clean === 1,
  }
}

function count(value: unknown): number {
  invariant(Number.isSafeInteger(value), 'the head row holds integers', String(value))
  invariant(Number(value) >= 0, 'the head row holds no negative number', value)
  return Number(value)
}
