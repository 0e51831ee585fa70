/** The parts of reading a recording that have rules of their own. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRecordedNumber } from '../../../src/backends/emulated/recorded-number.ts'
import { layOut } from '../../../src/backends/emulated/static-slices.ts'
import { type Extent, endOf, gapsOf } from '../../../src/core/extent.ts'
import { alignedGaps, availableSize, maxAvailableExtent } from '../../../src/core/region-space.ts'
import { bytes, GIB, MIB } from '../../../src/core/units.ts'

test.each([
  [4096, 4096],
  ['0', 0],
  ['0x2000', 8192],
  ['0x100200000', 4297064448],
  ['254.00 MiB (266.34 MB)', 254 * MIB],
  ['62.91 MiB (65.96 MB)', 65961984],
  ['15.63 GiB (16.78 GB)', 16000 * MIB],
  ['1.98 TiB (2.18 TB)', 2032 * GIB],
  [-1, null],
  [1.5, null],
  [2 ** 53, null],
  ['0x20000000000000', null],
  ['1.5G', null],
  ['254.00 MiB (1.00 MB)', null],
  ['', null],
])('%j as a tool printed it is %j', (printed, expected) => {
  expect(parseRecordedNumber(printed)).toBe(expected)
})

const UNIT = 16 * MIB
const units = (count: number) => bytes(count * UNIT)

test('slices are laid out so that the recorded free space comes out', () => {
  // A region of slices with holes between them; the places of some are known, of the others not.
  const slice = fc.record({ hole: fc.nat(4), size: fc.integer({ min: 1, max: 5 }) })
  const host = fc.record({
    slices: fc.array(slice, { maxLength: 6 }),
    tail: fc.nat(4),
    rest: fc.nat(7),
  })
  fc.assert(
    fc.property(host, ({ slices, tail, rest }) => {
      const holes = [...slices.map(({ hole }) => hole), tail]
      const total = [...holes, ...slices.map(({ size }) => size)].reduce((sum, one) => sum + one, 0)
      fc.pre(total > 0)
      const region = { start: bytes(4 * GIB), size: bytes(total * UNIT + rest * 2 * MIB) }
      const free = {
        available_size: units(holes.reduce((sum, hole) => sum + hole, 0)),
        max_available_extent: units(Math.max(...holes)),
      }
      const wanted = slices.map(({ size }, owner) => ({ size: units(size), step: units(1), owner }))
      const placed = layOut(region, wanted, { pinned: [], free })
      expect(placed.map(({ owner, size }) => ({ owner, size }))).toEqual(
        wanted.map(({ owner, size }) => ({ owner, size })),
      )
      expectDisjoint(region, placed)
      const gaps = alignedGaps(region, placed, units(1))
      expect([availableSize(gaps), maxAvailableExtent(gaps)]).toEqual(Object.values(free))
    }),
  )
})

test('around known places the free space comes out, too, and nothing overlaps', () => {
  const piece = fc.integer({ min: 1, max: 5 })
  const host = fc.record({ front: piece, known: piece, open: piece, tail: piece, lost: fc.nat(1) })
  fc.assert(
    fc.property(host, ({ front, known, open, tail, lost }) => {
      fc.pre(open + lost <= tail)
      const region = { start: bytes(4 * GIB), size: units(front + known + tail) }
      const pinned = [{ start: bytes(4 * GIB + front * UNIT), size: units(known) }]
      const available_size = units(front + tail - open - lost)
      const slices = [{ size: units(open), step: units(1), owner: 'open' }]
      const free = { available_size, max_available_extent: available_size }
      const placed = layOut(region, slices, { pinned, free })
      expectDisjoint(region, [...pinned, ...placed])
      expect(availableSize(alignedGaps(region, [...pinned, ...placed], units(1)))).toBe(
        available_size,
      )
      // What no namespace accounts for is nobody's.
      const unowned = placed.filter(({ owner }) => owner === null)
      expect(unowned.map(({ size }) => size)).toEqual(lost === 0 ? [] : [units(lost)])
    }),
  )
})

function expectDisjoint(region: Extent, extents: readonly Extent[]) {
  const free = gapsOf(region, extents).reduce((sum, gap) => sum + gap.size, 0)
  const taken = extents.reduce((sum, one) => sum + one.size, 0)
  expect(free + taken).toBe(region.size)
  expect(extents.every((one) => one.start >= region.start && endOf(one) <= endOf(region))).toBe(
    true,
  )
}
