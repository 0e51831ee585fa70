import type { DatabaseSync } from 'node:sqlite'
import type { LedgerEvent, LedgerEvents } from '../ports/ledger.ts'
import type { Cell } from './change-batch.ts'
import { eventsIn } from './event-lines.ts'
import type { Head } from './head.ts'
import { damagedLedger } from './ledger-damage.ts'
import { isSoundGroup, isSoundRecord } from './row-sum.ts'

/** A chunk ends at whichever comes first; small enough to be cloned in a few milliseconds. */
const CHUNK_ROWS_MAX = 2_048
const CHUNK_LENGTH_MAX = 2_097_152

/** A part of all rows. `next` is where to go on, null after the last. */
export interface RowChunk {
  /** kind, id, revision, body of each row. */
  readonly cells: readonly Cell[]
  readonly next: number | null
}

/** @throws DaxError `ledger_failed`, from each, for a row that is not what was written. */
export interface LedgerReader {
  /** Rows from place `from` on (0 for the first), as last written; replies are left out. */
  chunk(from: number): RowChunk
  reply(id: string): string | null
  events(after: number | null, limit: number, head: Head): LedgerEvents
}

/** Reads on an open ledger; no statement stays open between two calls. */
export function createLedgerReader(database: DatabaseSync): LedgerReader {
  const rows = database.prepare(
    `SELECT seq, kind, id, revision, body, sum FROM records
     WHERE seq > ? AND kind <> 'reply' ORDER BY seq LIMIT ?`,
  )
  rows.setReturnArrays(true)
  const reply = database.prepare("SELECT * FROM records WHERE kind = 'reply' AND id = ?")
  const groups = database.prepare('SELECT * FROM events WHERE revision > ? ORDER BY revision')
  return {
    chunk(from) {
      const cells: Cell[] = []
      let length = 0
      let last = from
      for (const row of rows.iterate(from, CHUNK_ROWS_MAX)) {
        const [seq, kind, id, revision, body, sum] = row as unknown as RowTuple
        const isSound = isSoundRecord({ kind, id, revision, body, sum })
        if (!isSound) throw damagedRow(database, kind, id)
        cells.push(kind, id, revision, body)
        last = seq
        length += id.length + body.length
        if (length >= CHUNK_LENGTH_MAX) break
      }
      return { cells, next: cells.length === 0 ? null : last }
    },
    reply(id) {
      const row = reply.get(id)
      if (row === undefined) return null
      if (!isSoundRecord(row)) throw damagedRow(database, 'reply', id)
      return row['body'] as string
    },
    events(after, limit, head) {
      if (after !== null && after < head.trimmedRevision) return { gone: true, events: [] }
      const events: LedgerEvent[] = []
      for (const group of groups.iterate(after ?? 0)) {
        if (!isSoundGroup(group)) throw damagedRow(database, 'event', String(group['revision']))
        for (const event of eventsIn(group['body'] as string)) {
          if (event.revision > (after ?? 0) && events.length < limit) events.push(event)
        }
        if (events.length === limit) break
      }
      return { gone: false, events }
    },
  }
}

type RowTuple = readonly [
  seq: number,
  kind: string,
  id: string,
  revision: number,
  body: string,
  sum: number,
]

function damagedRow(database: DatabaseSync, kind: string, id: string): Error {
  const path = database.location() ?? 'in memory'
  return damagedLedger(path, `the ${kind} '${id}' in it does not match its checksum`)
}
