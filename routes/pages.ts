import { DaxError } from '../src/core/errors.ts'
import type { RecordOf } from '../src/core/model.ts'
import type { Kind } from '../src/core/vocabulary.ts'
import type { StateView } from '../src/services/world/state.ts'

/** Records looked at for one page at most; a sparse filter answers a short page and goes on. */
const SCAN_MAX = 50_000

export interface Page<V> {
  readonly items: V[]
  readonly next: string | null
}

/**
 * One page of a listing, in the order of creation. The cursor names the last record looked at, so
 * a listing neither repeats nor skips a record while others come and go.
 * @throws DaxError `bad_cursor` (400).
 */
export function pageOf<K extends Kind, V>(
  state: StateView,
  kind: K,
  query: { readonly limit: number; readonly cursor?: string },
  pick: (record: RecordOf[K]) => boolean,
  view: (record: RecordOf[K]) => V,
): Page<V> {
  const items: V[] = []
  let scanned = 0
  let last = -1
  for (const record of state.after(kind, seqOf(query.cursor, kind))) {
    if (items.length >= query.limit || scanned >= SCAN_MAX)
      return { items, next: cursorOf(last, kind) }
    scanned += 1
    last = record.seq
    if (pick(record)) items.push(view(record))
  }
  return { items, next: null }
}

/** The cursor after a sequence number, opaque to clients. */
export function cursorOf(seq: number, kind: string): string {
  return `${kind}.${seq.toString(36)}`
}

/** @throws DaxError `bad_cursor` for a text that no listing of this kind gave out. */
export function seqOf(cursor: string | undefined, kind: string): number {
  if (cursor === undefined) return -1
  const [prefix, text = '', ...rest] = cursor.split('.')
  const seq = Number.parseInt(text, 36)
  const isOurs = prefix === kind && rest.length === 0 && Number.isSafeInteger(seq)
  if (isOurs && seq.toString(36) === text && seq >= 0) return seq
  throw new DaxError('bad_cursor', `The cursor was not given out by the listing of ${kind}s.`)
}
