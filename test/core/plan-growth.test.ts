import { describe, expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import type { Extent } from '../../src/core/extent.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { type GrowthRequest, planGrowth } from '../../src/core/plan-growth.ts'
import { bytes } from '../../src/core/units.ts'
import { ext } from './region-model.ts'

interface Ask {
  region?: Extent
  taken?: Extent[]
  own?: Extent[]
  bytes: number
  unit?: number
  placement?: GrowthRequest['placement']
  contiguous?: boolean
}

function grow(ask: Ask): Extent[] {
  const { region = ext(0, 100), taken = [], own = [], unit = 1 } = ask
  const { placement = 'first-fit', contiguous = false } = ask
  const size = { bytes: bytes(ask.bytes), unit: bytes(unit) }
  return planGrowth({ region, taken, own, ...size, placement, contiguous })
}

function refusal(ask: Ask): { code: string; facts: object } {
  try {
    return { code: 'none', facts: grow(ask) }
  } catch (error) {
    if (error instanceof DaxError) return { code: error.code, facts: error.facts }
    throw error
  }
}

/** Free: 10 at 0, 30 at 20, 20 at 60, 10 at 90. */
const HOLED = [ext(10, 10), ext(50, 10), ext(80, 10)]

describe('first fit, as the kernel does it', () => {
  it('begins an empty region at its start', () => {
    expect(grow({ region: ext(64, 64), bytes: 16 })).toStrictEqual([ext(64, 16)])
  })

  it('takes gaps in address order until it is satisfied', () => {
    expect(grow({ taken: HOLED, bytes: 45 })).toStrictEqual([ext(0, 10), ext(20, 30), ext(60, 5)])
  })

  it('extends the own last extent in place when the first gap follows it', () => {
    const own = [ext(0, 10)]
    expect(grow({ own, taken: [...own, ext(40, 60)], bytes: 20 })).toStrictEqual([ext(0, 30)])
  })

  it('prefers a lower gap over the one behind the own last extent, which then gets an extent', () => {
    const own = [ext(10, 10)]
    expect(grow({ own, taken: own, bytes: 25 })).toStrictEqual([
      ext(10, 10),
      ext(0, 10),
      ext(20, 15),
    ])
  })

  it('does not extend an own extent that is not the last one, since offsets would move', () => {
    const own = [ext(0, 10), ext(30, 20)]
    const taken = [...own, ext(20, 10)]
    expect(grow({ own, taken, bytes: 15 })).toStrictEqual([
      ext(0, 10),
      ext(30, 20),
      ext(10, 10),
      ext(50, 5),
    ])
  })

  it('goes on in place behind a last extent at a lower address than the others', () => {
    const own = [ext(50, 10), ext(0, 10)]
    expect(grow({ own, taken: own, bytes: 10 })).toStrictEqual([ext(50, 10), ext(0, 20)])
  })

  it('hands out pieces aligned in base too, which the kernel does not check', () => {
    const taken = [ext(3, 2), ext(21, 1)]
    expect(grow({ taken, bytes: 16, unit: 4 })).toStrictEqual([ext(8, 12), ext(24, 4)])
  })

  it('starts a new extent when the end of the own last one is misaligned', () => {
    const own = [ext(0, 6)]
    expect(grow({ own, taken: own, bytes: 4, unit: 4 })).toStrictEqual([ext(0, 6), ext(8, 4)])
  })

  it('treats the own extents as taken even when the caller did not name them so', () => {
    expect(grow({ own: [ext(0, 10)], bytes: 5 })).toStrictEqual([ext(0, 15)])
  })
})

describe('best fit', () => {
  const placement = 'best-fit'

  it('takes the smallest gap that holds all, the lower of two equal ones', () => {
    expect(grow({ placement, taken: HOLED, bytes: 15 })).toStrictEqual([ext(60, 15)])
    expect(grow({ placement, taken: HOLED, bytes: 8 })).toStrictEqual([ext(0, 8)])
  })

  it('takes the largest gaps while none holds the rest, then the smallest that does', () => {
    expect(grow({ placement, taken: HOLED, bytes: 39 })).toStrictEqual([ext(20, 30), ext(0, 9)])
    expect(grow({ placement, taken: HOLED, bytes: 45 })).toStrictEqual([ext(20, 30), ext(60, 15)])
    expect(grow({ placement, taken: HOLED, bytes: 70 })).toStrictEqual([
      ext(20, 30),
      ext(60, 20),
      ext(0, 10),
      ext(90, 10),
    ])
  })

  it('first extends in place, though a smaller gap would hold it', () => {
    const own = [ext(10, 10)]
    expect(grow({ placement, own, taken: HOLED, bytes: 5 })).toStrictEqual([ext(10, 15)])
  })

  it('puts only what does not fit in place elsewhere', () => {
    const own = [ext(50, 10)]
    expect(grow({ placement, own, taken: HOLED, bytes: 27 })).toStrictEqual([
      ext(50, 30),
      ext(0, 7),
    ])
  })
})

describe('a contiguous device', () => {
  const contiguous = true

  it('gets the first gap that holds all of it, or the smallest under best fit', () => {
    expect(grow({ contiguous, taken: HOLED, bytes: 12 })).toStrictEqual([ext(20, 12)])
    expect(grow({ contiguous, placement: 'best-fit', taken: HOLED, bytes: 12 })).toStrictEqual([
      ext(60, 12),
    ])
  })

  it('grows in place even when a lower gap is free', () => {
    const own = [ext(10, 10)]
    expect(grow({ contiguous, own, taken: HOLED, bytes: 30 })).toStrictEqual([ext(10, 40)])
  })

  it('is refused with no_space when no single gap holds it, though the sum would', () => {
    expect(refusal({ contiguous, taken: HOLED, bytes: 31 })).toStrictEqual({
      code: 'no_space',
      facts: { available_size: 70, max_available_extent: 30 },
    })
  })

  it('is refused with no_space when it cannot grow in place, though another gap is large', () => {
    expect(refusal({ contiguous, own: [ext(80, 10)], taken: HOLED, bytes: 11 })).toStrictEqual({
      code: 'no_space',
      facts: { available_size: 70, max_available_extent: 30 },
    })
    expect(() => grow({ contiguous, own: [ext(80, 10)], taken: HOLED, bytes: 11 })).toThrow(
      /grows only in place, where it has 10 bytes\.$/,
    )
  })
})

describe('a region without room', () => {
  it('is no_space with the sum and the largest hole in units, the numbers also in the detail', () => {
    const ask = { region: ext(0, 50), taken: [ext(9, 7), ext(33, 3)], bytes: 48, unit: 4 }
    expect(refusal(ask)).toStrictEqual({
      code: 'no_space',
      facts: { available_size: 36, max_available_extent: 16 },
    })
    expect(() => grow(ask)).toThrow(
      '48 bytes were asked for, 36 bytes are available in units of 4 bytes, the largest extent 16 bytes.',
    )
  })

  it('has nothing available when it is full, and says 0', () => {
    expect(refusal({ taken: [ext(0, 100)], bytes: 1 })).toStrictEqual({
      code: 'no_space',
      facts: { available_size: 0, max_available_extent: 0 },
    })
  })
})

describe('a growth by a wrong amount', () => {
  it('is misaligned_size when it is no multiple of the unit', () => {
    expect(refusal({ bytes: 6, unit: 4 })).toStrictEqual({ code: 'misaligned_size', facts: {} })
  })

  it('of nothing is a defect of the caller', () => {
    expect(() => grow({ bytes: 0 })).toThrow(InvariantViolation)
  })
})

it('leaves the extents it was given as they were', () => {
  const own = [Object.freeze(ext(0, 10))]
  Object.freeze(own)
  expect(grow({ own, taken: own, bytes: 5 })).toStrictEqual([ext(0, 15)])
  expect(own).toStrictEqual([ext(0, 10)])
})
