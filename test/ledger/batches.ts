import type { LedgerChange, LedgerRow } from '../../src/ports/ledger.ts'
import { change } from '../contract/ledger.ts'

/** `size` new records of consecutive revisions, each of which tells which batch it belongs to. */
export function batchOf(first: number, size: number): LedgerChange[] {
  const pad = 'x'.repeat(400)
  return Array.from({ length: size }, (_, at) =>
    change(first + at, `id-${first + at}`, JSON.stringify({ first, size, pad })),
  )
}

/** What the rows of {@link batchOf} must be when `count` of them are whole batches in a row. */
export function wholeBatches(rows: readonly LedgerRow[]): LedgerRow[] {
  const whole: LedgerRow[] = []
  for (let first = 1; first <= rows.length; ) {
    const { size } = JSON.parse(rows[first - 1]!.body) as { size: number }
    for (const { kind, id, revision, body } of batchOf(first, size)) {
      whole.push({ kind, id, revision, body: body! })
    }
    first += size
  }
  return whole
}

/** Numbers in [0, 1) that a seed determines (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
