import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'
import { sumOfRow } from './row-sum.ts'

/** The ledger's one row about itself. */
export interface Head {
  readonly lastRevision: number
  /** The highest revision among the events no longer kept, 0 for none. */
  readonly trimmedRevision: number
  readonly eventCount: number
  /** Nothing was committed since the last orderly close. */
  readonly clean: boolean
}

/** A head as it was found, and whether it is the one that was written. */
export interface FoundHead extends Head {
  /** The row matches its checksum; a head of a schema that had none always does. */
  readonly isSound: boolean
}

/** Reads the one row that says how far the ledger has come. */
export function readHead(database: DatabaseSync): FoundHead {
  const row = database.prepare('SELECT * FROM head WHERE one = 1').get()
  invariant(row !== undefined, 'the ledger has its head row')
  const { last_revision, trimmed_revision, event_count, clean, sum } = row
  const head: Head = {
    lastRevision: count(last_revision),
    trimmedRevision: count(trimmed_revision),
    eventCount: count(event_count),
    clean: clean === 1,
  }
  return { ...head, isSound: sum === undefined || sum === sumOfHead(head) }
}

/** The checksum of a head; see {@link sumOfRow}. */
export function sumOfHead({ lastRevision, trimmedRevision, eventCount, clean }: Head): number {
  return sumOfRow([lastRevision, trimmedRevision, eventCount, clean ? 1 : 0])
}

function count(value: unknown): number {
  invariant(Number.isSafeInteger(value), 'the head row holds integers', String(value))
  invariant(Number(value) >= 0, 'the head row holds no negative number', value)
  return Number(value)
}
