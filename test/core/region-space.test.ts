import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvariantViolation } from '../../src/core/invariant.ts'
import {
  alignedGaps,
  availableSize,
  maxAvailableExtent,
  pieceUnit,
} from '../../src/core/region-space.ts'
import { bytes, GIB, KIB, MIB } from '../../src/core/units.ts'
import { ext, freeRuns, UNITS } from './region-model.ts'

describe('pieceUnit', () => {
  it('is the larger of granularity and align, because both must divide every piece', () => {
    const units = [
      pieceUnit(bytes(2 * MIB), bytes(4 * KIB)),
      pieceUnit(bytes(2 * MIB), bytes(GIB)),
      pieceUnit(bytes(16 * MIB), bytes(2 * MIB)),
    ]
    expect(units).toStrictEqual([2 * MIB, GIB, 16 * MIB])
  })

  it('takes no values of which one does not divide the other, as powers of two do', () => {
    expect(() => pieceUnit(bytes(6), bytes(4))).toThrow(InvariantViolation)
  })
})

describe('alignedGaps', () => {
  it('trims gaps inward and drops those without a whole unit', () => {
    const taken = [ext(21, 2), ext(5, 1), ext(12, 3)]
    expect(alignedGaps(ext(2, 30), taken, bytes(4))).toStrictEqual([
      ext(8, 4),
      ext(16, 4),
      ext(24, 8),
    ])
  })

  it('is nothing when the region itself holds no aligned unit', () => {
    expect(alignedGaps(ext(2, 5), [], bytes(4))).toStrictEqual([])
  })

  it('needs no unit that can be said above the last free byte, near 2^53', () => {
    const end = Number.MAX_SAFE_INTEGER
    expect(alignedGaps(ext(end - 5, 5), [], bytes(2 ** 52))).toStrictEqual([])
  })

  it('is what a walk unit by unit finds, and its totals are those of the walk', () => {
    const part = fc.record({ start: fc.nat(140), size: fc.integer({ min: 1, max: 30 }) })
    fc.assert(
      fc.property(part, fc.array(part, { maxLength: 12 }), UNITS, (whole, parts, unit) => {
        const region = ext(whole.start, whole.size * 4)
        const taken = parts.map(({ start, size }) => ext(start, size))
        const runs = freeRuns(region, taken, unit)
        const gaps = alignedGaps(region, taken, unit)
        expect(gaps).toStrictEqual(runs)
        expect(availableSize(gaps)).toBe(runs.reduce((sum, run) => sum + run.size, 0))
        expect(maxAvailableExtent(gaps)).toBe(Math.max(0, ...runs.map((run) => run.size)))
      }),
    )
  })
})
