import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFreeSpace, type FreeSpace } from '../../src/core/free-space.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { type Align, type Bytes, bytes, GIB, KIB, MIB } from '../../src/core/units.ts'
import { bestFit, holesOf, isAll, mark, type UnitMap, usableIn, windowOf } from './unit-map.ts'

const PAGE = bytes(4 * KIB) as Align
const PMD = bytes(2 * MIB) as Align
const PUD = bytes(GIB) as Align

/** Spaces of a few aligned places of the larger align each, with an odd tail. */
const LAYOUTS = [
  { align: PAGE, larger: [PMD, PUD], units: 3 * 512 + 17 },
  { align: PMD, larger: [PUD], units: 3 * 512 + 5 },
  { align: PUD, larger: [], units: 40 },
] as const

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('place', 'place', 'take', 'give'),
    /** Of the space's units, so that one step fits every layout. */
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    share: fc.double({ min: 0, max: 0.3, noNaN: true }),
    small: fc.boolean(),
    align: fc.nat(2),
  }),
  { maxLength: 50 },
)

function seen(space: FreeSpace, aligns: readonly Align[]) {
  return {
    extents: space.extents(),
    freeBytes: space.freeBytes(),
    largest: aligns.map((align) => space.largest(align)),
  }
}

function expected(map: UnitMap, aligns: readonly Align[]) {
  return {
    extents: holesOf(map),
    freeBytes: map.free.filter(Boolean).length * map.align,
    largest: aligns.map((align) => usableIn(map, align).at(-1)?.length ?? 0),
  }
}

describe.each(LAYOUTS)('free space of units of $align bytes', ({ align, larger, units }) => {
  const aligns = [align, ...larger]

  test('does what the naive map of units does, and refuses nothing that fits', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const space = createFreeSpace({ size: bytes(units * align), align })
        const map: UnitMap = { align, free: new Array(units).fill(true) }
        for (const step of run) {
          const first = Math.floor(step.at * units)
          const many = Math.max(1, Math.floor(step.small ? step.share * 20 : step.share * units))
          const window = windowOf(align, first, Math.min(many, units - first))
          if (step.kind === 'place') {
            const request = { length: window.length, align: aligns[step.align] ?? align }
            const offset = space.find(request)
            expect(offset).toBe(bestFit(map, request))
            if (offset === null) continue
            space.take({ offset, length: request.length })
            mark(map, { offset, length: request.length }, false)
          } else {
            const isTake = step.kind === 'take'
            expect(space.isFree(window)).toBe(isAll(map, window, true))
            const change = () => (isTake ? space.take(window) : space.give(window))
            if (isAll(map, window, isTake)) {
              change()
              mark(map, window, !isTake)
            } else {
              expect(change).toThrow(InvariantViolation)
            }
          }
          expect(seen(space, aligns)).toEqual(expected(map, aligns))
        }
      }),
      { numRuns: 150 },
    )
  })

  test('giving back everything, in any order, leaves one whole extent', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 30 }, (_, n) => n),
          { minLength: 30 },
        ),
        (order) => {
          const size = bytes(30 * align)
          const space = createFreeSpace({ size, align })
          for (let unit = 0; unit < 30; unit += 1) space.take(windowOf(align, unit, 1))
          expect(space.extents()).toEqual([])
          for (const unit of order) space.give(windowOf(align, unit, 1))
          expect(space.extents()).toEqual([{ start: 0, size }])
        },
      ),
    )
  })
})

describe('free space', () => {
  const whole = { size: bytes(64 * PMD), align: PMD }

  test('takes the hole with the fewest usable bytes, the lowest of equals', () => {
    const space = createFreeSpace(whole)
    // Holes of 4, 2, 3 and 2 units at 0, 6, 10 and 15; everything else taken.
    for (const [first, units] of [
      [4, 2],
      [8, 2],
      [13, 2],
      [17, 47],
    ] as const) {
      space.take(windowOf(PMD, first, units))
    }
    const place = (units: number) => space.find({ length: bytes(units * PMD), align: PMD })
    expect([1, 2, 3, 4, 5].map(place)).toEqual([6 * PMD, 6 * PMD, 10 * PMD, 0, null])
  })

  test('judges a hole by what is usable at the align asked for, not by its size', () => {
    const space = createFreeSpace({ size: bytes(6 * 512 * PMD), align: PMD })
    // A hole of 1023 units holds one aligned unit of 1 GiB at its end; one of 520 begins aligned.
    space.take(windowOf(PMD, 0, 513))
    space.take(windowOf(PMD, 1536, 512))
    space.take(windowOf(PMD, 2568, 504))
    const request = { length: bytes(GIB), align: PUD }
    expect(space.extents()).toEqual([
      { start: 513 * PMD, size: 1023 * PMD },
      { start: 2048 * PMD, size: 520 * PMD },
    ])
    expect(space.find(request)).toBe(1024 * PMD)
    expect(space.find({ ...request, length: bytes(515 * PMD) })).toBe(2048 * PMD)
  })

  test('a tail shorter than the align is never free', () => {
    const space = createFreeSpace({ size: bytes(2 * PMD + 4096), align: PMD })
    expect(space.extents()).toEqual([{ start: 0, size: 2 * PMD }])
  })

  test.each([0, 4096])('a space of %i bytes, without a whole unit, has nothing free', (size) => {
    const space = createFreeSpace({ size: bytes(size), align: PMD })
    expect(seen(space, [PMD, PUD])).toEqual({ extents: [], freeBytes: 0, largest: [0, 0] })
    expect(space.find({ length: bytes(PMD), align: PMD })).toBeNull()
  })

  test('a space of almost 2^53 bytes is placed in exactly', () => {
    const size = bytes(2 ** 53 - PUD)
    const space = createFreeSpace({ size, align: PUD })
    space.take({ offset: bytes(0), length: bytes(size - PUD) })
    expect(space.find({ length: bytes(GIB), align: PUD })).toBe(size - PUD)
    expect(space.freeBytes()).toBe(GIB)
  })

  test('a window that is empty, misaligned or outside is a defect, and changes nothing', () => {
    const space = createFreeSpace(whole)
    space.take(windowOf(PMD, 8, 8))
    const before = seen(space, [PMD, PUD])
    const wrong = [
      { offset: bytes(0), length: bytes(0) },
      { offset: bytes(4096), length: bytes(PMD) },
      { offset: bytes(0), length: bytes(4096) },
      windowOf(PMD, 63, 2),
      windowOf(PMD, 64, 1),
    ]
    for (const window of wrong) {
      expect(() => space.take(window)).toThrow(InvariantViolation)
      expect(() => space.give(window)).toThrow(InvariantViolation)
      expect(() => space.isFree(window)).toThrow(InvariantViolation)
    }
    expect(seen(space, [PMD, PUD])).toEqual(before)
  })

  test('a request below the align of the space, or not in its units, is a defect', () => {
    const space = createFreeSpace(whole)
    const wrong: { length: Bytes; align: Align }[] = [
      { length: bytes(PMD), align: PAGE },
      { length: bytes(4096), align: PMD },
      { length: bytes(0), align: PMD },
    ]
    for (const request of wrong) expect(() => space.find(request)).toThrow(InvariantViolation)
    expect(() => space.largest(PAGE)).toThrow(InvariantViolation)
  })
})
