import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rangesOf } from '../../src/core/device-range.ts'
import {
  createDeviceSpace,
  type DeviceSpace,
  type MappedWindow,
} from '../../src/core/device-space.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { straddles } from '../../src/core/translate.ts'
import { type Align, alignDown, bytes, GIB, MIB } from '../../src/core/units.ts'
import { bestFit, isAll, mark, type UnitMap, usableIn, windowOf } from './unit-map.ts'

const PMD = bytes(2 * MIB) as Align
const PUD = bytes(GIB) as Align
const PAGE = 4096
const UNITS = 1200

interface Live {
  readonly id: number
  readonly window: MappedWindow
}

/** A device of whole units in one to four ranges, whose seams may lie inside a unit. */
const layouts = fc
  .uniqueArray(fc.integer({ min: 1, max: UNITS * 512 - 1 }), { maxLength: 3 })
  .chain((seams) => fc.tuple(fc.constant(seams), fc.boolean()))
  .map(([pages, isOnUnits]) => {
    const inside = pages.map((page) =>
      isOnUnits ? alignDown(bytes(page * PAGE), PMD) : page * PAGE,
    )
    const edges = [...new Set([0, ...inside, UNITS * PMD])].sort((left, right) => left - right)
    const extents = edges.slice(1).map((edge, n) => {
      const size = bytes(edge - (edges[n] ?? 0))
      return { start: bytes(2 ** 40 - edge), size }
    })
    return { size: bytes(UNITS * PMD), align: PMD, ranges: rangesOf(extents) }
  })

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('place', 'place', 'fixed', 'fixed', 'remove', 'wrong'),
    first: fc.nat(UNITS - 1),
    units: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 500 })),
    isLarge: fc.boolean(),
    exclusive: fc.boolean(),
    pick: fc.nat(),
    limit: fc.integer({ min: 1, max: 4 }),
  }),
  { maxLength: 60 },
)

function isOver(left: MappedWindow, right: MappedWindow): boolean {
  return left.offset < right.offset + right.length && right.offset < left.offset + left.length
}

/** Exclusive ones in address order, then shared ones as they came. */
function forbidding(live: readonly Live[], window: MappedWindow): number[] {
  const over = live.filter((other) => isOver(other.window, window))
  const exclusive = over
    .filter((other) => other.window.exclusive)
    .sort((left, right) => left.window.offset - right.window.offset)
  const shared = over.filter((other) => !other.window.exclusive && window.exclusive)
  return [...exclusive, ...shared].map(({ id }) => id)
}

function seen(space: DeviceSpace) {
  return {
    freeBytes: space.freeBytes(),
    largest: [space.largest(PMD), space.largest(PUD)],
    live: space.liveCount(),
  }
}

function expected(map: UnitMap, live: readonly Live[]) {
  return {
    freeBytes: map.free.filter(Boolean).length * PMD,
    largest: [PMD, PUD].map((align) => usableIn(map, align).at(-1)?.length ?? 0),
    live: live.length,
  }
}

/** A unit is free when no live window is over it and it is not across two ranges. */
function mapOf(blank: readonly boolean[], live: readonly Live[]): UnitMap {
  const map: UnitMap = { align: PMD, free: [...blank] }
  for (const { window } of live) mark(map, window, false)
  return map
}

describe('device space', () => {
  test('grants what the naive map of units grants, and refuses nothing that fits', () => {
    fc.assert(
      fc.property(layouts, steps, (layout, run) => {
        const space = createDeviceSpace(layout)
        const blank = Array.from({ length: UNITS }, (_, unit) => {
          return !straddles(layout, windowOf(PMD, unit, 1))
        })
        let live: Live[] = []
        for (const [n, step] of run.entries()) {
          const map = mapOf(blank, live)
          const units = Math.min(step.units, UNITS - step.first)
          const fixed = { ...windowOf(PMD, step.first, units), exclusive: step.exclusive }
          const id = n
          if (step.kind === 'place') {
            const request = { length: fixed.length, align: step.isLarge ? PUD : PMD }
            const offset = space.find(request)
            expect(offset).toBe(bestFit(map, request))
            if (offset === null) continue
            const window = { ...fixed, offset }
            expect(space.conflicts(window, step.limit)).toEqual([])
            expect(isAll(map, window, true)).toBe(true)
            space.insert(id, window)
            live.push({ id, window })
          } else if (step.kind === 'fixed') {
            const forbidden = forbidding(live, fixed)
            expect(space.conflicts(fixed, step.limit)).toEqual(forbidden.slice(0, step.limit))
            expect(space.straddles(fixed)).toBe(straddles(layout, fixed))
            if (forbidden.length > 0 || straddles(layout, fixed)) {
              expect(() => space.insert(id, fixed)).toThrow(InvariantViolation)
            } else {
              space.insert(id, fixed)
              live.push({ id, window: fixed })
            }
          } else if (step.kind === 'remove') {
            const gone = live[step.pick % Math.max(live.length, 1)]
            if (gone === undefined) continue
            space.remove(gone.id, gone.window)
            live = live.filter((other) => other !== gone)
            expect(() => space.remove(gone.id, gone.window)).toThrow(InvariantViolation)
          } else {
            const known = live[step.pick % Math.max(live.length, 1)]
            expect(() => space.remove(-1, known?.window ?? fixed)).toThrow(InvariantViolation)
          }
          expect(seen(space)).toEqual(expected(mapOf(blank, live), live))
        }
        for (const { id, window } of live) space.remove(id, window)
        expect(seen(space)).toEqual(expected({ align: PMD, free: blank }, []))
      }),
      { numRuns: 200 },
    )
  })

  const single = (units: number) => {
    const size = bytes(units * PMD)
    return { size, align: PMD, ranges: rangesOf([{ start: bytes(GIB), size }]) }
  }

  test('a byte is free again only when the last shared mapping over it goes', () => {
    const space = createDeviceSpace(single(8))
    const window = { ...windowOf(PMD, 0, 4), exclusive: false }
    const nested = { ...windowOf(PMD, 2, 4), exclusive: false }
    space.insert(1, window)
    space.insert(2, window)
    space.insert(3, nested)
    expect(space.freeBytes()).toBe(2 * PMD)
    space.remove(1, window)
    expect(space.freeBytes()).toBe(2 * PMD)
    space.remove(2, window)
    expect(space.freeBytes()).toBe(4 * PMD)
    space.remove(3, nested)
    expect(space.largest(PMD)).toBe(8 * PMD)
  })

  test('a number inserted twice, or removed with another window or kind, is a defect that changes nothing', () => {
    const space = createDeviceSpace(single(16))
    const shared = { ...windowOf(PMD, 0, 4), exclusive: false }
    const exclusive = { ...windowOf(PMD, 8, 4), exclusive: true }
    space.insert(1, shared)
    space.insert(2, exclusive)
    const before = seen(space)
    const wrong = [
      () => space.insert(1, shared),
      () => space.insert(2, exclusive),
      () => space.remove(1, { ...shared, exclusive: true }),
      () => space.remove(2, { ...exclusive, exclusive: false }),
      () => space.remove(1, { ...windowOf(PMD, 0, 2), exclusive: false }),
      () => space.remove(2, { ...windowOf(PMD, 10, 2), exclusive: true }),
      () => space.remove(1, exclusive),
    ]
    for (const call of wrong) expect(call).toThrow(InvariantViolation)
    expect(seen(space)).toEqual(before)
  })

  test.each([
    ['empty', { offset: bytes(0), length: bytes(0) }],
    ['misaligned in offset', { offset: bytes(4096), length: bytes(PMD) }],
    ['misaligned in length', { offset: bytes(0), length: bytes(4096) }],
    ['beyond the device', { offset: bytes(15 * PMD), length: bytes(2 * PMD) }],
  ])(
    'a window that is %s is a defect, shared or exclusive, and changes nothing',
    (_name, window) => {
      const space = createDeviceSpace(single(16))
      const before = seen(space)
      for (const exclusive of [true, false]) {
        expect(() => space.insert(1, { ...window, exclusive })).toThrow(InvariantViolation)
      }
      expect(seen(space)).toEqual(before)
    },
  )

  test('neighbours in memory that meet inside a unit still block it, for a fault looks in one range', () => {
    const half = bytes(5 * MIB)
    const ranges = [
      { offset: bytes(0), start: bytes(GIB), size: half },
      { offset: half, start: bytes(GIB + half), size: half },
    ]
    const space = createDeviceSpace({ size: bytes(10 * MIB), align: PMD, ranges })
    const straddling = [0, 1, 2, 3, 4].map((unit) => space.straddles(windowOf(PMD, unit, 1)))
    expect(straddling).toEqual([false, false, true, false, false])
    expect(seen(space)).toEqual({ freeBytes: 8 * MIB, largest: [4 * MIB, 4 * MIB], live: 0 })
    const window = { ...windowOf(PMD, 1, 2), exclusive: false }
    expect(() => space.insert(1, window)).toThrow(InvariantViolation)
  })

  test('a device without memory has no place', () => {
    const space = createDeviceSpace({ size: bytes(0), align: PMD, ranges: [] })
    expect(seen(space)).toEqual({ freeBytes: 0, largest: [0, 0], live: 0 })
    expect(space.find({ length: bytes(PMD), align: PMD })).toBeNull()
  })

  test('100000 live mappings after as many changes overlap nowhere, and leave one whole hole', () => {
    const count = 100_000
    const layout = single(count * 6)
    const space = createDeviceSpace(layout)
    let state = 20_261_123
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    const live: Live[] = []
    const map = (n: number): Live => {
      const length = bytes((1 + random(8)) * PMD)
      const offset = space.find({ length, align: n % 512 === 0 ? PUD : PMD })
      if (offset === null) throw new Error(`mapping ${n} was refused`)
      const made = { id: n, window: { offset, length, exclusive: random(4) > 0 } }
      space.insert(made.id, made.window)
      return made
    }
    for (let n = 0; n < count; n += 1) live.push(map(n))
    for (let n = count; n < 2 * count; n += 1) {
      const at = random(count)
      const old = live[at] as Live
      space.remove(old.id, old.window)
      live[at] = map(n)
    }
    expect(space.liveCount()).toBe(count)
    const windows = live.map(({ window }) => window).sort((a, b) => a.offset - b.offset)
    const overlaps = windows.filter((window, n) => {
      const before = windows[n - 1]
      return before !== undefined && before.offset + before.length > window.offset
    })
    expect(overlaps).toEqual([])
    const mapped = windows.reduce((sum, { length }) => sum + length, 0)
    expect(space.freeBytes()).toBe(layout.size - mapped)
    for (const { id, window } of live) space.remove(id, window)
    const { size } = layout
    expect(seen(space)).toEqual({ freeBytes: size, largest: [size, size], live: 0 })
  })
})
