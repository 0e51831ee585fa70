import fc from 'fast-check'
import { expect, test } from 'vitest'
import { regionMap } from '../../src/core/region-map.ts'
import { summarizeRegion } from '../../src/core/region-summary.ts'
import { type Align, bytes, GIB, MIB } from '../../src/core/units.ts'
import { ext } from './region-model.ts'

const PAGE = 4096 as number as Align
const PMD = (2 * MIB) as number as Align
const units = { granularity: bytes(PAGE), aligns: [PAGE, PMD] }

test('a free region is one hole, of which nothing is scattered', () => {
  const map = regionMap(ext(GIB, 64 * MIB), [])
  expect(summarizeRegion(map, units)).toStrictEqual({
    size: 64 * MIB,
    allocated_size: 0,
    free_size: 64 * MIB,
    allocations: 0,
    holes: 1,
    largest_hole: 64 * MIB,
    fragmentation: 0,
    aligns: [
      { align: PAGE, holes: 1, usable_size: 64 * MIB, max_extent: 64 * MIB },
      { align: PMD, holes: 1, usable_size: 64 * MIB, max_extent: 64 * MIB },
    ],
    hole_sizes: [{ min_size: 64 * MIB, holes: 1, size: 64 * MIB }],
  })
})

test('a full region has no hole and is not fragmented', () => {
  const map = regionMap(ext(0, 8 * MIB), [{ extent: ext(0, 8 * MIB) }])
  expect(summarizeRegion(map, units)).toMatchObject({
    allocated_size: 8 * MIB,
    free_size: 0,
    holes: 0,
    largest_hole: 0,
    fragmentation: 0,
    hole_sizes: [],
  })
})

test('holes are classed by size, and count at an align by their whole units in it', () => {
  const map = regionMap(ext(0, 16 * MIB), [
    { extent: ext(0, MIB) },
    { extent: ext(4 * MIB, 2 * MIB) },
    { extent: ext(7 * MIB, 6 * MIB) },
  ])
  // Free: 1..4, 6..7, 13..16 MiB.
  expect(summarizeRegion(map, units)).toMatchObject({
    free_size: 7 * MIB,
    allocations: 3,
    holes: 3,
    largest_hole: 3 * MIB,
    fragmentation: 0.5714,
    aligns: [
      { align: PAGE, holes: 3, usable_size: 7 * MIB, max_extent: 3 * MIB },
      { align: PMD, holes: 2, usable_size: 4 * MIB, max_extent: 2 * MIB },
    ],
    hole_sizes: [
      { min_size: MIB, holes: 1, size: MIB },
      { min_size: 2 * MIB, holes: 2, size: 6 * MIB },
    ],
  })
})

test('whatever is allocated, the figures add up and no align has more than the free bytes', () => {
  const taken = fc.array(
    fc.record({ start: fc.nat(4000), length: fc.integer({ min: 1, max: 300 }) }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(taken, (all) => {
      const allocated = all.map(({ start, length }) => ({
        extent: ext(start * PAGE, length * PAGE),
      }))
      const summary = summarizeRegion(regionMap(ext(0, 4096 * PAGE), allocated), units)
      expect(summary.allocated_size + summary.free_size).toBe(summary.size)
      const sum = (field: 'holes' | 'size') =>
        summary.hole_sizes.reduce((total, one) => total + one[field], 0)
      expect([sum('holes'), sum('size')]).toEqual([summary.holes, summary.free_size])
      const [page, pmd] = summary.aligns
      expect(page).toMatchObject({ usable_size: summary.free_size, holes: summary.holes })
      expect(pmd!.usable_size).toBeLessThanOrEqual(summary.free_size)
      expect(pmd!.max_extent).toBeLessThanOrEqual(summary.largest_hole)
    }),
  )
})
