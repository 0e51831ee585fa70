import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import type { Extent } from '../../src/core/extent.ts'
import { planExact } from '../../src/core/plan-exact.ts'
import { bytes } from '../../src/core/units.ts'
import { ext } from './region-model.ts'

const REGION = ext(16, 80)

function outcome(ranges: Extent[], taken: Extent[] = [], unit = 4): Extent[] | string {
  try {
    return planExact({ region: REGION, taken, ranges, unit: bytes(unit) })
  } catch (error) {
    if (error instanceof DaxError) return error.code
    throw error
  }
}

describe('planExact', () => {
  it('gives free ranges back in the order given, touching ones unmerged', () => {
    const ranges = [ext(40, 8), ext(16, 4), ext(20, 4), ext(92, 4)]
    expect(outcome(ranges, [ext(24, 16), ext(48, 4)])).toStrictEqual(ranges)
  })

  it('refuses a misaligned start or size as misaligned_range', () => {
    expect(outcome([ext(18, 4)])).toBe('misaligned_range')
    expect(outcome([ext(16, 6)])).toBe('misaligned_range')
  })

  it('refuses what begins before or ends behind the region as range_outside', () => {
    expect(outcome([ext(12, 8)])).toBe('range_outside')
    expect(outcome([ext(92, 8)])).toBe('range_outside')
    expect(outcome([ext(200, 8)])).toBe('range_outside')
  })

  it('refuses what overlaps an allocation as range_taken, whichever starts first', () => {
    expect(outcome([ext(16, 8)], [ext(20, 8)])).toBe('range_taken')
    expect(outcome([ext(24, 8)], [ext(20, 8)])).toBe('range_taken')
    expect(outcome([ext(24, 4)], [ext(16, 40)])).toBe('range_taken')
    expect(outcome([ext(16, 40)], [ext(24, 4)])).toBe('range_taken')
  })

  it('refuses ranges that overlap each other as range_taken', () => {
    expect(outcome([ext(32, 8), ext(16, 20)])).toBe('range_taken')
    expect(outcome([ext(32, 8), ext(32, 8)])).toBe('range_taken')
  })

  it('says which ranges collide, in hex with the end inclusive as /proc/iomem', () => {
    expect(() =>
      planExact({ region: REGION, taken: [ext(20, 8)], ranges: [ext(16, 8)], unit: bytes(4) }),
    ).toThrow('The range 0x10-0x17 overlaps an allocation.')
    expect(() =>
      planExact({ region: REGION, taken: [], ranges: [ext(20, 8), ext(16, 8)], unit: bytes(4) }),
    ).toThrow('The range 0x10-0x17 overlaps another range of the request, 0x14-0x1b.')
  })

  it('does not mind that allocations of a foreign host overlap each other', () => {
    expect(outcome([ext(16, 4)], [ext(20, 20), ext(24, 20)])).toStrictEqual([ext(16, 4)])
  })

  it('decides as a comparison of every pair does', () => {
    const units = fc.record({ start: fc.nat(19), size: fc.integer({ min: 1, max: 6 }) })
    const foreign = fc.record({ start: fc.nat(99), size: fc.integer({ min: 1, max: 30 }) })
    const lists = fc.tuple(
      fc.array(units, { minLength: 1, maxLength: 4 }),
      fc.array(foreign, { maxLength: 4 }),
    )
    fc.assert(
      fc.property(lists, ([asked, others]) => {
        const ranges = asked.map(({ start, size }) => ext(16 + start * 4, size * 4))
        const taken = others.map(({ start, size }) => ext(start, size))
        const outside = ranges.some(({ start, size }) => start + size > 96)
        const collides = (left: Extent, right: Extent) =>
          left.start < right.start + right.size && right.start < left.start + left.size
        const busy = ranges.some(
          (range, index) =>
            taken.some((item) => collides(range, item)) ||
            ranges.some((item, other) => other !== index && collides(range, item)),
        )
        const expected = outside ? 'range_outside' : busy ? 'range_taken' : ranges
        expect(outcome(ranges, taken)).toStrictEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })
})
