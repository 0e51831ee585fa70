import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSize } from '../../src/core/check-size.ts'
import { DaxError } from '../../src/core/errors.ts'
import { type Bytes, bytes, MIB } from '../../src/core/units.ts'

function refusal(size: number, unit: number, minimum?: number): object | null {
  try {
    const least = minimum === undefined ? {} : { minimum: bytes(minimum) }
    checkSize({ size: bytes(size), unit: bytes(unit), ...least })
    return null
  } catch (error) {
    if (error instanceof DaxError) return { code: error.code, facts: error.facts }
    throw error
  }
}

describe('checkSize', () => {
  it('lets multiples of the unit pass', () => {
    expect([refusal(2 * MIB, 2 * MIB), refusal(64 * MIB, 16 * MIB, 32 * MIB)]).toStrictEqual([
      null,
      null,
    ])
  })

  it('refuses 0 as zero_size, without a suggestion', () => {
    expect(refusal(0, 2 * MIB)).toStrictEqual({ code: 'zero_size', facts: {} })
  })

  it('suggests the next multiple up for a misaligned size', () => {
    const facts = { suggested_size: 4 * MIB }
    expect(refusal(3 * MIB, 2 * MIB)).toStrictEqual({ code: 'misaligned_size', facts })
    expect(refusal(2 * MIB + 1, 2 * MIB)).toStrictEqual({ code: 'misaligned_size', facts })
  })

  it('suggests the minimum for what is below it, rounded up to the unit', () => {
    const facts = { suggested_size: 48 * MIB }
    const refusals = [refusal(MIB, 16 * MIB, 40 * MIB), refusal(16 * MIB, 16 * MIB, 40 * MIB)]
    expect(refusals).toStrictEqual([
      { code: 'misaligned_size', facts },
      { code: 'too_small', facts },
    ])
  })

  it('suggests the last multiple below 2^53 where the next one up cannot be said', () => {
    expect(refusal(Number.MAX_SAFE_INTEGER, 2 * MIB)).toStrictEqual({
      code: 'misaligned_size',
      facts: { suggested_size: 2 ** 53 - 2 * MIB },
    })
  })

  it('suggests only sizes that pass, and none smaller would above the size asked for', () => {
    const unit = fc.constantFrom(1, 4, 16)
    fc.assert(
      fc.property(fc.nat(200), unit, fc.nat(100), (size, unitSize, minimum) => {
        const passes = (candidate: number) => refusal(candidate, unitSize, minimum) === null
        const facts = (refusal(size, unitSize, minimum) as DaxError | null)?.facts
        if (passes(size) || size === 0) expect(facts?.suggested_size).toBeUndefined()
        else {
          let next = size
          while (!passes(next)) next += 1
          expect(facts?.suggested_size).toBe(next as Bytes)
        }
      }),
    )
  })
})
