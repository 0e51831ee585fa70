import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import {
  STATIC_GRANULARITY,
  type StaticSlice,
  SUBSECTION,
  staticRawSize,
  staticUsable,
} from '../../src/core/static-geometry.ts'
import { ALIGNS, type Align, bytes, GIB, KIB, MIB } from '../../src/core/units.ts'
import { MEMMAPS, type Memmap } from '../../src/core/vocabulary.ts'

const ALIGN_4K = (4 * KIB) as Align
const ALIGN_2M = (2 * MIB) as Align
const ALIGN_1G = GIB as Align

function slice(start: number, size: number, align: number, memmap: Memmap): StaticSlice {
  return { start: bytes(start), size: bytes(size), align: align as Align, memmap }
}

function outcome(of: StaticSlice): { start: number; size: number } | string {
  try {
    return staticUsable(of)
  } catch (error) {
    if (error instanceof DaxError) return error.code
    throw error
  }
}

/** The formulas of device-dax.md section 8 as they stand there, in big integers. */
function bySection8(of: StaticSlice): { start: number; size: number } | string {
  const [start, size] = [BigInt(of.start), BigInt(of.size)]
  const c = BigInt(Math.max(of.align, 2 * MIB))
  const m = of.memmap === 'dev' ? 64n * ((size - 8192n) / 4096n) : 0n
  const offset = ((start + 8192n + m + c - 1n) / c) * c - start
  const endTrunc = (start + size) % c
  if (offset >= size - endTrunc) return 'too_small'
  return { start: Number(start + offset), size: Number(size - offset - endTrunc) }
}

const SLICES = fc
  .record({
    start: fc.nat(3000).map((count) => count * 2 * MIB),
    size: fc.oneof(
      fc.nat(600).map((count) => (count + 1) * 16 * MIB),
      fc.integer({ min: 8 * KIB, max: 8 * GIB }),
    ),
    align: fc.constantFrom(...ALIGNS),
    memmap: fc.constantFrom(...MEMMAPS),
  })
  .map(({ start, size, align, memmap }) => slice(start, size, align, memmap))

describe('staticUsable', () => {
  it.each([
    [256, ALIGN_2M, 'mem', 254],
    [256, ALIGN_2M, 'dev', 250],
    [128, ALIGN_4K, 'dev', 124],
    [128, ALIGN_2M, 'mem', 126],
    [64, ALIGN_2M, 'dev', 62],
    [16, ALIGN_2M, 'mem', 14],
  ] as const)('of %i MiB, align %i, memmap %s is %i MiB at the end, as ndctl shows', (...fact) => {
    const [raw, align, memmap, usable] = fact
    const start = 4 * GIB
    expect(staticUsable(slice(start, raw * MIB, align, memmap))).toStrictEqual({
      start: start + (raw - usable) * MIB,
      size: usable * MIB,
    })
  })

  it('loses both ends to the align when the start is not a multiple of it', () => {
    expect(staticUsable(slice(16 * MIB, 2 * GIB, ALIGN_1G, 'mem'))).toStrictEqual({
      start: GIB,
      size: GIB,
    })
  })

  it('gives memmap none what it gives mem, since neither has struct pages on the media', () => {
    expect(staticUsable(slice(0, 256 * MIB, ALIGN_2M, 'none'))).toStrictEqual({
      start: 2 * MIB,
      size: 254 * MIB,
    })
  })

  it('counts struct pages for what lies behind the info block only', () => {
    // 64 bytes below the boundary; struct pages for the info block too would cross it.
    const size = 128 * MIB - 508 * KIB
    expect(staticUsable(slice(0, size, ALIGN_4K, 'dev'))).toStrictEqual({
      start: 2 * MIB,
      size: 124 * MIB,
    })
  })

  it('refuses a size of which the metadata leave nothing as too_small, suggesting one', () => {
    expect(() => staticUsable(slice(0, 64 * MIB, ALIGN_1G, 'mem'))).toThrow(
      expect.objectContaining({ code: 'too_small', facts: { suggested_size: 2 * GIB } }),
    )
    expect(() => staticUsable(slice(0, 4 * KIB, ALIGN_4K, 'dev'))).toThrow(
      expect.objectContaining({ code: 'too_small', facts: { suggested_size: 16 * MIB } }),
    )
  })

  it('refuses a start that is no multiple of the sub-section as misaligned_start', () => {
    expect(outcome(slice(MIB, 256 * MIB, ALIGN_2M, 'mem'))).toBe('misaligned_start')
  })

  it('is what the formulas of section 8 give', () => {
    fc.assert(
      fc.property(SLICES, (of) => {
        expect(outcome(of)).toStrictEqual(bySection8(of))
      }),
      { numRuns: 1000 },
    )
  })

  it('suggests a size that really succeeds, from the same start', () => {
    const small = SLICES.map((of) => ({ ...of, size: bytes(of.size % (2 * GIB)) }))
    fc.assert(
      fc.property(small, (of) => {
        try {
          staticUsable(of)
        } catch (error) {
          const suggested = bytes((error as DaxError).facts.suggested_size ?? 0)
          expect(suggested % STATIC_GRANULARITY).toBe(0)
          expect(staticUsable({ ...of, size: suggested }).size).toBeGreaterThanOrEqual(of.align)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('staticRawSize', () => {
  const granularity = STATIC_GRANULARITY

  function raw(usable: number, align: Align, memmap: Memmap): number {
    return staticRawSize({ usable: bytes(usable), align, memmap, granularity })
  }

  it('adds the metadata and rounds up to granularity and align', () => {
    expect(raw(254 * MIB, ALIGN_2M, 'mem')).toBe(256 * MIB)
    expect(raw(254 * MIB + 1, ALIGN_2M, 'mem')).toBe(272 * MIB)
    expect(raw(250 * MIB, ALIGN_2M, 'dev')).toBe(256 * MIB)
    expect(raw(252 * MIB, ALIGN_2M, 'dev')).toBe(272 * MIB)
    expect(raw(1, ALIGN_4K, 'mem')).toBe(16 * MIB)
    expect(raw(GIB, ALIGN_1G, 'dev')).toBe(2 * GIB)
  })

  it('is overflow when the size with its metadata is beyond 2^53-1', () => {
    expect(() => raw(Number.MAX_SAFE_INTEGER, ALIGN_2M, 'mem')).toThrow(
      expect.objectContaining({ code: 'overflow' }),
    )
  })

  it('is the smallest multiple that has enough, from any aligned start', () => {
    const wanted = fc.record({
      usable: fc.oneof(
        fc.integer({ min: 1, max: 64 * GIB }),
        fc.integer({ min: 1, max: 4096 }).map((count) => count * 2 * MIB),
        fc.integer({ min: 1, max: 2 ** 52 }),
      ),
      align: fc.constantFrom(...ALIGNS) as fc.Arbitrary<Align>,
      memmap: fc.constantFrom(...MEMMAPS),
      granularity: fc.constantFrom(SUBSECTION, STATIC_GRANULARITY),
      place: fc.nat(5),
    })
    fc.assert(
      fc.property(wanted, ({ usable, align, memmap, granularity, place }) => {
        const step = Math.max(align, granularity)
        const size = staticRawSize({ usable: bytes(usable), align, memmap, granularity })
        const has = (candidate: number): number => {
          const got = outcome(slice(place * step, candidate, align, memmap))
          return typeof got === 'string' ? 0 : got.size
        }
        expect(size % step).toBe(0)
        expect(has(size)).toBeGreaterThanOrEqual(usable)
        if (size > step) expect(has(size - step)).toBeLessThan(usable)
      }),
      { numRuns: 1000 },
    )
  })
})
