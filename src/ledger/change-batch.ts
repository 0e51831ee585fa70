/**
 * Changes and rows as flat lists of strings and numbers: what a structured clone between threads
 * copies fastest.
 */
import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import { KINDS } from '../core/vocabulary.ts'
import type { LedgerChange, LedgerEvent, LedgerKind, LedgerRow } from '../ports/ledger.ts'
import { type EventGroup, groupEvents } from './event-lines.ts'

export type Cell = string | number | null

const ROW_CELLS = 4
const LEDGER_KINDS: ReadonlySet<string> = new Set<LedgerKind>([
  ...KINDS,
  'generation',
  'answer',
  'reply',
  'meta',
])

/** The changes of one commit, as they cross to the writer's thread. */
export interface ChangeBatch {
  /** kind, id, revision, body of each change; null as the body of what is removed. */
  readonly cells: readonly Cell[]
  readonly events: readonly EventGroup[]
}

/** One change of a record. */
export type RecordChange = Pick<LedgerChange, 'kind' | 'id' | 'revision' | 'body'>

/** What the writer's thread needs of changes, in their order. */
export function encodeChanges(changes: readonly LedgerChange[]): ChangeBatch {
  const cells: Cell[] = []
  const events: LedgerEvent[] = []
  for (const { kind, id, revision, body, event } of changes) {
    cells.push(kind, id, revision, body)
    if (event !== undefined) events.push(event)
  }
  return { cells, events: groupEvents(events) }
}

/** The records' changes of {@link encodeChanges}; it alone makes such cells. */
export function* changesIn(cells: readonly Cell[]): Generator<RecordChange> {
  invariant(cells.length % ROW_CELLS === 0, 'a batch has whole changes', cells.length)
  for (let at = 0; at < cells.length; at += ROW_CELLS) {
    yield {
      kind: cells[at] as LedgerKind,
      id: cells[at + 1] as string,
      revision: cells[at + 2] as number,
      body: cells[at + 3] as string | null,
    }
  }
}

/**
 * Rows from cells in the order kind, id, revision, body.
 * @throws DaxError `ledger_failed` for a kind that this daxd does not know.
 */
export function decodeRows(cells: readonly Cell[]): LedgerRow[] {
  const rows: LedgerRow[] = []
  for (const row of changesIn(cells)) {
    if (!LEDGER_KINDS.has(row.kind)) throw unknownKind(row.kind)
    rows.push(row as LedgerRow)
  }
  return rows
}

function unknownKind(kind: string): DaxError {
  const advice = 'start the daxd that wrote it, or a newer one'
  return new DaxError('ledger_failed', `The ledger holds records of kind '${kind}'; ${advice}.`)
}
