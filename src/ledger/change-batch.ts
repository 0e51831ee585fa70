/**
 * Changes and rows as flat lists of strings and numbers: what a structured clone between threads
 * copies fastest.
 */
import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import { KINDS } from '../core/vocabulary.ts'
import type { LedgerChange, LedgerEvent, LedgerKind, LedgerRow } from '../ports/ledger.ts'

export type Cell = string | number | null

const CHANGE_CELLS = 10
const ROW_CELLS = 4
const NO_EVENT: readonly Cell[] = [null, null, null, null, null, null]
const LEDGER_KINDS: ReadonlySet<string> = new Set<LedgerKind>([
  ...KINDS,
  'generation',
  'answer',
  'reply',
  'meta',
])

/**
 * Changes as one flat array, which crosses to the writer's thread cheaply; {@link decodeChanges}
 * undoes it.
 */
export function encodeChanges(changes: readonly LedgerChange[]): Cell[] {
  const cells: Cell[] = []
  for (const { kind, id, revision, body, event } of changes) {
    cells.push(kind, id, revision, body)
    if (event === undefined) cells.push(...NO_EVENT)
    else {
      const { at_ms, type, kind: of, id: told, object = null, tenant = null } = event
      cells.push(at_ms, type, of, told, object, tenant)
    }
  }
  return cells
}

/** The changes of {@link encodeChanges}; it alone makes such lists, so the cells have its types. */
export function decodeChanges(cells: readonly Cell[]): LedgerChange[] {
  invariant(cells.length % CHANGE_CELLS === 0, 'a batch has whole changes', cells.length)
  const changes: LedgerChange[] = []
  for (let at = 0; at < cells.length; at += CHANGE_CELLS) {
    const [kind, id, revision, body, ...told] = cells.slice(at, at + CHANGE_CELLS)
    const [at_ms, type, eventKind, eventId, object, tenant] = told
    const change = { kind, id, revision, body } as LedgerChange
    if (at_ms === null) changes.push(change)
    else {
      const event = { revision, at_ms, type, kind: eventKind, id: eventId } as LedgerEvent
      changes.push({ ...change, event: withOptional(event, object, tenant) })
    }
  }
  return changes
}

/** An event as its row has it: few deletions have an object, the host's own no tenant. */
export function withOptional(event: LedgerEvent, object: unknown, tenant: unknown): LedgerEvent {
  return {
    ...event,
    ...(typeof object === 'string' ? { object } : {}),
    ...(typeof tenant === 'string' ? { tenant } : {}),
  }
}

/**
 * Rows from cells in the order kind, id, revision, body.
 * @throws DaxError `ledger_failed` for a kind that this daxd does not know.
 */
export function decodeRows(cells: readonly Cell[]): LedgerRow[] {
  invariant(cells.length % ROW_CELLS === 0, 'a chunk has whole rows', cells.length)
  const rows: LedgerRow[] = []
  for (let at = 0; at < cells.length; at += ROW_CELLS) {
    const kind = cells[at] as LedgerKind
    if (!LEDGER_KINDS.has(kind)) throw unknownKind(kind)
    rows.push({
      kind,
      id: cells[at + 1] as string,
      revision: cells[at + 2] as number,
      body: cells[at + 3] as string,
    })
  }
  return rows
}

function unknownKind(kind: string): DaxError {
  const advice = 'start the daxd that wrote it, or a newer one'
  return new DaxError('ledger_failed', `The ledger holds records of kind '${kind}'; ${advice}.`)
}
