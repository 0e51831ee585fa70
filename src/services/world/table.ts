import { invariant } from '../../core/invariant.ts'

interface Row {
  readonly seq: number
}

/**
 * Records by key, listed in the order of their creation. A cursor is the `seq` of the last record
 * seen, so a listing neither repeats nor skips a record while others come and go.
 */
export interface Table<R extends Row> {
  get(key: string): R | undefined
  /** Adds a record, or replaces the one with the same key (which keeps its `seq`). */
  put(key: string, record: R): void
  remove(key: string): void
  /** Records created after `seq`, oldest first. The table must not change meanwhile. */
  after(seq: number): Generator<R>
  readonly size: number
}

/** Holes are kept until they are this many and half of the rows, so removal is amortised O(1). */
const COMPACT_MIN_HOLES = 1024

/** A table without rows. */
export function createTable<R extends Row>(): Table<R> {
  const byKey = new Map<string, R>()
  let rows: (R | undefined)[] = []
  let seqs: number[] = []
  let holes = 0

  /** The index of the first row with a `seq` not below the given one. */
  function position(seq: number): number {
    let low = 0
    let high = seqs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((seqs[middle] ?? Number.POSITIVE_INFINITY) < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  function compact(): void {
    rows = rows.filter((row) => row !== undefined)
    seqs = rows.map((row) => row?.seq ?? 0)
    holes = 0
  }

  return {
    get: (key) => byKey.get(key),
    put(key, record) {
      const before = byKey.get(key)
      byKey.set(key, record)
      if (before !== undefined) {
        invariant(before.seq === record.seq, 'an update keeps the seq', key)
        rows[position(record.seq)] = record
        return
      }
      const last = seqs.at(-1)
      invariant(last === undefined || last < record.seq, 'records are created in order', key)
      rows.push(record)
      seqs.push(record.seq)
    },
    remove(key) {
      const before = byKey.get(key)
      invariant(before !== undefined, 'a removed record was there', key)
      byKey.delete(key)
      rows[position(before.seq)] = undefined
      holes += 1
      if (holes >= COMPACT_MIN_HOLES && holes * 2 > rows.length) compact()
    },
    *after(seq) {
      for (let index = position(seq + 1); index < rows.length; index += 1) {
        const row = rows[index]
        if (row !== undefined) yield row
      }
    },
    get size() {
      return byKey.size
    },
  }
}
