import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCoverage } from '../../src/core/coverage.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import type { Window } from '../../src/core/mapping-rules.ts'
import { bytes } from '../../src/core/units.ts'

const BYTES = 60

const windows = fc
  .record({ offset: fc.nat(BYTES - 1), length: fc.integer({ min: 1, max: 25 }) })
  .map(({ offset, length }) => ({
    offset: bytes(offset),
    length: bytes(Math.min(length, BYTES - offset)),
  }))

/** The maximal runs of bytes inside the window with this count. */
function runsOf(counts: readonly number[], window: Window, count: number): Window[] {
  const runs: Window[] = []
  let first: number = window.offset
  const end = window.offset + window.length
  for (let byte = first; byte <= end; byte += 1) {
    if (byte < end && counts[byte] === count) continue
    if (byte > first) runs.push({ offset: bytes(first), length: bytes(byte - first) })
    first = byte + 1
  }
  return runs
}

function countIn(counts: number[], { offset, length }: Window, change: number): void {
  for (let byte = offset; byte < offset + length; byte = bytes(byte + 1)) {
    counts[byte] = (counts[byte] ?? 0) + change
  }
}

describe('coverage', () => {
  test('tells the bytes first covered and last uncovered, as a count for every byte does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ window: windows, isAdd: fc.boolean(), pick: fc.nat() }), {
          maxLength: 40,
        }),
        windows,
        (steps, probe) => {
          const coverage = createCoverage()
          const counts: number[] = new Array(BYTES).fill(0)
          const live: Window[] = []
          for (const { window, isAdd, pick } of steps) {
            if (isAdd) {
              expect(coverage.add(window)).toEqual(runsOf(counts, window, 0))
              countIn(counts, window, 1)
              live.push(window)
            } else {
              const [gone] = live.splice(pick % Math.max(live.length, 1), 1)
              if (gone === undefined) continue
              expect(coverage.remove(gone)).toEqual(runsOf(counts, gone, 1))
              countIn(counts, gone, -1)
            }
            const inProbe = counts.slice(probe.offset, probe.offset + probe.length)
            expect(coverage.touches(probe)).toBe(inProbe.some((count) => count > 0))
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('taking back a window of which a part is not covered is a defect, and changes nothing', () => {
    const coverage = createCoverage()
    const covered = { offset: bytes(10), length: bytes(10) }
    coverage.add(covered)
    const wider = { offset: bytes(10), length: bytes(11) }
    expect(() => coverage.remove(wider)).toThrow(InvariantViolation)
    expect(coverage.remove(covered)).toEqual([covered])
    expect(() => coverage.remove(covered)).toThrow(InvariantViolation)
  })
})
