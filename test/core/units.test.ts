import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import {
  ALIGNS,
  add,
  alignDown,
  alignUp,
  bytes,
  GIB,
  isAlign,
  isMultiple,
  KIB,
  MIB,
  maxBytes,
  PAGE_SIZE,
  TIB,
} from '../../src/core/units.ts'

const MAX = Number.MAX_SAFE_INTEGER
const OVERFLOW = expect.objectContaining({ code: 'overflow', errno: 'EOVERFLOW' })

/** Any count of bytes, the two ends of the range more often than chance would have them. */
const anyBytes = fc
  .oneof(
    fc.maxSafeNat(),
    fc.nat(4096),
    fc.nat(4096).map((below) => MAX - below),
  )
  .map(bytes)

/** Unit sizes, powers of two and others: nothing in the core relies on a power of two. */
const anyUnit = fc
  .oneof(fc.constantFrom(...ALIGNS), fc.integer({ min: 1, max: 2 ** 40 }))
  .map(bytes)

/** The result, or the DaxError thrown; a defect goes through. */
function outcome<T>(attempt: () => T): T | DaxError {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof DaxError) return error
    throw error
  }
}

describe('bytes', () => {
  it.each([0, 1, MAX])('keeps %d', (value) => {
    expect(bytes(value)).toBe(value)
  })

  it.each([-1, 0.5, MAX + 1, Number.NaN, Number.POSITIVE_INFINITY])(
    'is a defect of the caller for %d',
    (value) => {
      expect(() => bytes(value)).toThrow(InvariantViolation)
    },
  )
})

describe('constants', () => {
  it('are binary multiples', () => {
    expect([PAGE_SIZE, KIB, MIB, GIB, TIB]).toEqual([4096, 2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40])
  })

  it('isAlign knows exactly PAGE, PMD and PUD size', () => {
    const candidates = Array.from({ length: 53 }, (_, exponent) => 2 ** exponent)
    expect([0, 3, 4095, 12288, ...candidates].filter(isAlign)).toEqual([2 ** 12, 2 ** 21, 2 ** 30])
  })
})

describe('add', () => {
  it('is exact up to 2^53-1 and EOVERFLOW beyond', () =>
    fc.assert(
      fc.property(anyBytes, anyBytes, (left, right) => {
        const exact = BigInt(left) + BigInt(right)
        const expected = exact > BigInt(MAX) ? OVERFLOW : Number(exact)
        expect(outcome(() => add(left, right))).toEqual(expected)
      }),
    ))

  it('overflows by one byte', () => {
    expect(add(bytes(MAX - 1), bytes(1))).toBe(MAX)
    expect(outcome(() => add(bytes(MAX), bytes(1)))).toEqual(OVERFLOW)
  })
})

describe('alignment', () => {
  it('isMultiple, alignDown and alignUp agree with arithmetic on bigints', () =>
    fc.assert(
      fc.property(anyBytes, anyUnit, (value, unitSize) => {
        const [exact, unit] = [BigInt(value), BigInt(unitSize)]
        const down = (exact / unit) * unit
        const up = ((exact + unit - 1n) / unit) * unit
        expect(isMultiple(value, unitSize)).toBe(down === exact)
        expect(alignDown(value, unitSize)).toBe(Number(down))
        expect(outcome(() => alignUp(value, unitSize))).toEqual(
          up > BigInt(MAX) ? OVERFLOW : Number(up),
        )
      }),
    ))

  it('works beyond 32 bits, where bit operators would not', () => {
    const value = bytes(2 ** 40 + 1)
    expect(alignDown(value, PAGE_SIZE)).toBe(2 ** 40)
    expect(alignUp(value, PAGE_SIZE)).toBe(2 ** 40 + 4096)
    expect(isMultiple(bytes(2 ** 40 + 2 ** 31), bytes(2 ** 32))).toBe(false)
  })
})

describe('maxBytes', () => {
  it('is the larger one on either side', () => {
    expect(maxBytes(bytes(1), bytes(2))).toBe(2)
    expect(maxBytes(bytes(2), bytes(1))).toBe(2)
  })
})
