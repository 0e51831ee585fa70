import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { planShrink } from '../../src/core/plan-shrink.ts'
import { bytes } from '../../src/core/units.ts'
import { ext } from './region-model.ts'

const OWN = [ext(50, 10), ext(0, 20), ext(80, 5)]

describe('planShrink', () => {
  it('drops whole last extents and trims the new last one, in device order', () => {
    expect(planShrink(OWN, bytes(24))).toStrictEqual([ext(50, 10), ext(0, 14)])
    expect(planShrink(OWN, bytes(30))).toStrictEqual([ext(50, 10), ext(0, 20)])
    expect(planShrink(OWN, bytes(10))).toStrictEqual([ext(50, 10)])
    expect(planShrink(OWN, bytes(1))).toStrictEqual([ext(50, 1)])
  })

  it('to 0 leaves no extents, to the own size leaves all', () => {
    expect(planShrink(OWN, bytes(0))).toStrictEqual([])
    expect(planShrink(OWN, bytes(35))).toStrictEqual(OWN)
    expect(planShrink([], bytes(0))).toStrictEqual([])
  })

  it('cannot grow a device, which is a defect of the caller', () => {
    expect(() => planShrink(OWN, bytes(36))).toThrow(InvariantViolation)
  })

  it('frees from the tail what the kernel frees, walking back from the last range', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(sizes, fc.nat(99), (lengths, percent) => {
        const own = lengths.map((length, index) => ext(1000 - index * 100, length))
        const total = lengths.reduce((sum, length) => sum + length, 0)
        const size = Math.floor((total * percent) / 100)
        const kept = own.map((item) => ({ ...item }))
        let toFree = total - size
        while (toFree > 0) {
          const last = kept.pop()
          if (last === undefined) throw new Error('more to free than there is')
          if (toFree < last.size) kept.push(ext(last.start, last.size - toFree))
          toFree -= Math.min(toFree, last.size)
        }
        expect(planShrink(own, bytes(size))).toStrictEqual(kept)
      }),
    )
  })
})
