import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeviceRange, piecesUnder, rangesOf } from '../../src/core/device-range.ts'
import type { Extent } from '../../src/core/extent.ts'
import { bytes } from '../../src/core/units.ts'

function range(offset: number, start: number, size: number): DeviceRange {
  return { offset: bytes(offset), start: bytes(start), size: bytes(size) }
}

/** Extents of a device in device order, at scattered places; sizes small enough to enumerate. */
const extents: fc.Arbitrary<Extent[]> = fc
  .array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 9 })), { maxLength: 5 })
  .map((items) =>
    items.map(([place, size], index) => ({
      start: bytes((place * 5 + index) * 100),
      size: bytes(size),
    })),
  )

/** The physical address of every byte of the device, in device order. */
function bytesOf(items: readonly Extent[]): number[] {
  return items.flatMap(({ start, size }) =>
    Array.from({ length: size }, (_, index) => start + index),
  )
}

describe('rangesOf', () => {
  it('lays the extents end to end in the order given, whatever their addresses', () => {
    const laid = rangesOf([
      { start: bytes(900), size: bytes(10) },
      { start: bytes(100), size: bytes(20) },
    ])
    expect(laid).toEqual([range(0, 900, 10), range(10, 100, 20)])
  })

  it('gives no ranges for no extents', () => {
    expect(rangesOf([])).toEqual([])
  })

  it('is EOVERFLOW when the extents sum to more than 2^53-1', () => {
    const huge = { start: bytes(0), size: bytes(Number.MAX_SAFE_INTEGER) }
    expect(() => rangesOf([huge, huge])).toThrow(expect.objectContaining({ code: 'overflow' }))
  })
})

describe('piecesUnder', () => {
  it('cuts the first and the last range of the window', () => {
    const ranges = [range(0, 900, 10), range(10, 100, 20), range(30, 500, 10)]
    expect(piecesUnder(ranges, { offset: bytes(5), length: bytes(30) })).toEqual([
      range(5, 905, 5),
      range(10, 100, 20),
      range(30, 500, 5),
    ])
  })

  it('holds exactly the bytes of the window that the device has, each in its range', () =>
    fc.assert(
      fc.property(extents, fc.nat(50), fc.nat(50), (items, offset, length) => {
        const ranges = rangesOf(items)
        const pieces = piecesUnder(ranges, { offset: bytes(offset), length: bytes(length) })
        expect(bytesOf(pieces)).toEqual(bytesOf(items).slice(offset, offset + length))
        const touched = ranges.filter(
          (item) => item.offset < offset + length && offset < item.offset + item.size,
        )
        expect(pieces.map((piece) => piece.offset)).toEqual(
          length === 0 ? [] : touched.map((item) => Math.max(item.offset, offset)),
        )
      }),
      { numRuns: 1000 },
    ))
})
