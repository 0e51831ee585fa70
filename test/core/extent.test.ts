import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  byStart,
  contains,
  type Extent,
  endOf,
  extent,
  gapsOf,
  overlaps,
  totalSize,
} from '../../src/core/extent.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { bytes } from '../../src/core/units.ts'

const MAX = Number.MAX_SAFE_INTEGER

function ext(start: number, size: number): Extent {
  return { start: bytes(start), size: bytes(size) }
}

/** The addresses of an extent, the slow and obvious way. */
function addressesOf({ start, size }: Extent): number[] {
  return Array.from({ length: size }, (_, index) => start + index)
}

/** Small enough that every address can be looked at. */
const smallExtent = fc
  .record({ start: fc.nat(24), size: fc.integer({ min: 1, max: 12 }) })
  .map(({ start, size }) => ext(start, size))

describe('extent', () => {
  it('keeps what it is given, up to an end of 2^53-1', () => {
    const last = extent(bytes(MAX - 4096), bytes(4096))
    expect(last).toEqual({ start: MAX - 4096, size: 4096 })
    expect(endOf(last)).toBe(MAX)
  })

  it('is EOVERFLOW when the end is beyond 2^53-1', () => {
    expect(() => extent(bytes(MAX), bytes(1))).toThrow(
      expect.objectContaining({ code: 'overflow', errno: 'EOVERFLOW' }),
    )
  })

  it('is a defect of the caller when empty', () => {
    expect(() => extent(bytes(4096), bytes(0))).toThrow(InvariantViolation)
  })
})

describe('overlaps and contains', () => {
  it('say what the addresses say', () =>
    fc.assert(
      fc.property(smallExtent, smallExtent, (left, right) => {
        const inLeft = new Set(addressesOf(left))
        const inRight = addressesOf(right)
        expect(overlaps(left, right)).toBe(inRight.some((address) => inLeft.has(address)))
        expect(contains(left, right)).toBe(inRight.every((address) => inLeft.has(address)))
      }),
      { numRuns: 1000 },
    ))

  it('do not take neighbours for overlapping, since ends are exclusive', () => {
    expect(overlaps(ext(0, 4096), ext(4096, 4096))).toBe(false)
    expect(overlaps(ext(4096, 4096), ext(0, 4096))).toBe(false)
    expect(overlaps(ext(0, 4097), ext(4096, 4096))).toBe(true)
  })
})

describe('totalSize', () => {
  it('adds the sizes, 0 for none', () => {
    expect(totalSize([])).toBe(0)
    expect(totalSize([ext(100, 1), ext(0, 41)])).toBe(42)
  })

  it('is EOVERFLOW beyond 2^53-1', () => {
    expect(() => totalSize([ext(0, MAX), ext(0, 1)])).toThrow(
      expect.objectContaining({ code: 'overflow' }),
    )
  })
})

describe('byStart', () => {
  it('is a sorted copy and leaves its input as it was', () => {
    const items = Object.freeze([ext(30, 1), ext(10, 1), ext(20, 1)])
    expect(byStart(items)).toEqual([ext(10, 1), ext(20, 1), ext(30, 1)])
    expect(items).toEqual([ext(30, 1), ext(10, 1), ext(20, 1)])
  })
})

describe('gapsOf', () => {
  it('is everything when nothing is taken, nothing when everything is', () => {
    expect(gapsOf(ext(10, 5), [])).toEqual([ext(10, 5)])
    expect(gapsOf(ext(10, 5), [ext(0, 100)])).toEqual([])
  })

  it('covers exactly the addresses that no one takes, in order and merged', () =>
    fc.assert(
      fc.property(smallExtent, fc.array(smallExtent, { maxLength: 6 }), (whole, taken) => {
        const takenAddresses = new Set(taken.flatMap(addressesOf))
        const free = addressesOf(whole).filter((address) => !takenAddresses.has(address))
        const gaps = gapsOf(whole, taken)
        expect(gaps.flatMap(addressesOf)).toEqual(free)
        const runs = free.filter((address, index) => address !== (free[index - 1] ?? -2) + 1)
        expect(gaps.map((gap) => gap.start)).toEqual(runs)
      }),
      { numRuns: 1000 },
    ))
})
