import type { DatabaseSync } from 'node:sqlite'
import { type ChainEnds, NO_CHAIN } from './chain-ends.ts'
import { DamagedRow } from './ledger-damage.ts'
import { sumOfRow } from './row-sum.ts'

/** How many columns a head had before the audit was in the ledger. */
const FIRST_COLUMNS = 4

/** The ledger's one row about itself. */
export interface Head {
  readonly lastRevision: number
  /** The highest revision among the events no longer kept, 0 for none. */
  readonly trimmedRevision: number
  readonly eventCount: number
  /** Nothing was committed since the last orderly close. */
  readonly clean: boolean
  readonly audit: ChainEnds
}

/** A head as it was found, and whether it is the one that was written. */
export interface FoundHead extends Head {
  /** The row matches its checksum; a head of a schema that had none always does. */
  readonly isSound: boolean
}

/**
 * Reads the one row that says how far the ledger has come.
 * @throws DamagedRow when it is gone, or holds what no head can.
 */
export function readHead(database: DatabaseSync): FoundHead {
  const row = database.prepare('SELECT * FROM head WHERE one = 1').get()
  if (row === undefined) throw new DamagedRow('its head row is gone')
  const { last_revision, trimmed_revision, event_count, clean, sum } = row
  const isChained = row['audit_number'] !== undefined
  const head: Head = {
    lastRevision: count(last_revision),
    trimmedRevision: count(trimmed_revision),
    eventCount: count(event_count),
    clean: clean === 1,
    audit: isChained ? chainOf(row) : NO_CHAIN,
  }
  const isSound =
    sum === undefined ||
    sum === sumOfRow(cellsOf(head).slice(0, isChained ? undefined : FIRST_COLUMNS))
  return { ...head, isSound }
}

/** The columns of a head in the order of the table, its checksum last. */
export function headColumns(head: Head): (string | number)[] {
  const cells = cellsOf(head)
  return [...cells, sumOfRow(cells)]
}

/** The columns of the first schema come first: its checksum was over them alone. */
function cellsOf({ lastRevision, trimmedRevision, eventCount, clean, audit }: Head) {
  const { number, hash, trimmed, anchor } = audit
  const first = [lastRevision, trimmedRevision, eventCount, clean ? 1 : 0]
  return [...first, number, hash, trimmed, anchor]
}

function chainOf(row: Readonly<Record<string, unknown>>): ChainEnds {
  return {
    number: count(row['audit_number']),
    hash: String(row['audit_hash']),
    trimmed: count(row['audit_trimmed']),
    anchor: String(row['audit_anchor']),
  }
}

function count(value: unknown): number {
  const isCount = Number.isSafeInteger(value) && Number(value) >= 0
  if (!isCount) throw new DamagedRow(`its head has ${String(value)} as a count`)
  return Number(value)
}
