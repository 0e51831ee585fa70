import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeviceRange, rangesOf } from '../../src/core/device-range.ts'
import { DaxError } from '../../src/core/errors.ts'
import {
  type DeviceLayout,
  type FaultLevel,
  type FaultOutcome,
  faultOutcome,
  straddles,
  translate,
} from '../../src/core/translate.ts'
import { ALIGNS, type Align, bytes, GIB, MIB } from '../../src/core/units.ts'

const ALIGN_4K = bytes(4096) as Align
const ALIGN_2M = bytes(2 * MIB) as Align
const ALIGN_1G = bytes(GIB) as Align

function layoutOf(align: Align, extents: readonly [start: number, size: number][]): DeviceLayout {
  const ranges = rangesOf(
    extents.map(([start, size]) => ({ start: bytes(start), size: bytes(size) })),
  )
  return { ranges, align }
}

function translateIn(layout: DeviceLayout, offset: number) {
  try {
    return translate({ ...layout, offset: bytes(offset) })
  } catch (error) {
    if (error instanceof DaxError) return `${error.errno} ${error.code}`
    throw error
  }
}

function straddlesIn(layout: DeviceLayout, offset: number, length: number): boolean {
  return straddles(layout, { offset: bytes(offset), length: bytes(length) })
}

describe('faultOutcome', () => {
  it.each<[string, Align, Align, FaultOutcome]>([
    ['PUD on 4K', ALIGN_1G, ALIGN_4K, 'fallback'],
    ['PUD on 2M', ALIGN_1G, ALIGN_2M, 'fallback'],
    ['PUD on 1G', ALIGN_1G, ALIGN_1G, 'map'],
    ['PMD on 4K', ALIGN_2M, ALIGN_4K, 'fallback'],
    ['PMD on 2M', ALIGN_2M, ALIGN_2M, 'map'],
    ['PMD on 1G', ALIGN_2M, ALIGN_1G, 'sigbus'],
    ['PTE on 4K', ALIGN_4K, ALIGN_4K, 'map'],
    ['PTE on 2M', ALIGN_4K, ALIGN_2M, 'sigbus'],
    ['PTE on 1G', ALIGN_4K, ALIGN_1G, 'sigbus'],
  ])('of a fault %s is the cell of the kernel table', (_, faultSize, align, expected) => {
    expect(faultOutcome(faultSize, align)).toBe(expected)
  })
})

describe('translate', () => {
  it.each<[Align, FaultLevel]>([
    [ALIGN_4K, 'pte'],
    [ALIGN_2M, 'pmd'],
    [ALIGN_1G, 'pud'],
  ])('on align %i maps at the one level of that size, %s', (align, level) => {
    const layout = layoutOf(align, [[8 * GIB, 2 * GIB]])
    expect(translateIn(layout, GIB + 5)).toEqual({
      physical: 9 * GIB + 5,
      device_offset: GIB + 5,
      level,
      page_size: align,
      range: { offset: 0, start: 8 * GIB, size: 2 * GIB },
    })
  })

  it('follows device order, not address order', () => {
    const layout = layoutOf(ALIGN_2M, [
      [64 * MIB, 4 * MIB],
      [16 * MIB, 2 * MIB],
    ])
    expect(translateIn(layout, 4 * MIB + 1)).toEqual({
      physical: 16 * MIB + 1,
      device_offset: 4 * MIB + 1,
      level: 'pmd',
      page_size: 2 * MIB,
      range: { offset: 4 * MIB, start: 16 * MIB, size: 2 * MIB },
    })
  })

  it('does not check the physical start of a unit, as the kernel does not', () => {
    const layout = layoutOf(ALIGN_1G, [[8 * GIB + 2 * MIB, GIB]])
    expect(translateIn(layout, 0)).toMatchObject({ physical: 8 * GIB + 2 * MIB, level: 'pud' })
  })

  it('refuses the first byte beyond the device and translates the last one', () => {
    const layout = layoutOf(ALIGN_2M, [[8 * GIB, 4 * MIB]])
    expect(translateIn(layout, 4 * MIB)).toBe('EINVAL out_of_range')
    expect(translateIn(layout, 4 * MIB - 1)).toMatchObject({ physical: 8 * GIB + 4 * MIB - 1 })
  })

  it('refuses any offset of an empty device', () => {
    expect(translateIn({ ranges: [], align: ALIGN_4K }, 0)).toBe('EINVAL out_of_range')
  })

  it('is SIGBUS on both sides of a boundary inside a unit, even between neighbours', () => {
    const layout = layoutOf(ALIGN_2M, [
      [8 * GIB, 3 * MIB],
      [8 * GIB + 3 * MIB, 3 * MIB],
    ])
    expect(translateIn(layout, 3 * MIB - 1)).toBe('SIGBUS fault')
    expect(translateIn(layout, 3 * MIB)).toBe('SIGBUS fault')
    expect(translateIn(layout, 2 * MIB - 1)).toMatchObject({ physical: 8 * GIB + 2 * MIB - 1 })
    expect(translateIn(layout, 4 * MIB)).toMatchObject({ physical: 8 * GIB + 4 * MIB })
  })

  it('is SIGBUS in a last unit that the device does not fill', () => {
    const layout = layoutOf(ALIGN_2M, [[8 * GIB, 3 * MIB]])
    expect(translateIn(layout, 2 * MIB)).toBe('SIGBUS fault')
  })
})

describe('straddles', () => {
  const uneven = layoutOf(ALIGN_2M, [
    [8 * GIB, 3 * MIB],
    [64 * GIB, 5 * MIB],
  ])

  it.each([
    ['before the unit that is split', 0, 2 * MIB, false],
    ['after the unit that is split', 4 * MIB, 4 * MIB, false],
    ['the unit that is split', 2 * MIB, 2 * MIB, true],
    ['one byte of the unit that is split', 4 * MIB - 1, 1, true],
    ['all of the device', 0, 8 * MIB, true],
    ['beyond the device', 8 * MIB, 2 * MIB, true],
    ['nothing, inside the unit that is split', 3 * MIB, 0, false],
  ])('of a window that touches %s', (_, offset, length, expected) => {
    expect(straddlesIn(uneven, offset, length)).toBe(expected)
  })

  it('is false for a window over several ranges that all end on the align', () => {
    const even = layoutOf(ALIGN_2M, [
      [64 * GIB, 4 * MIB],
      [8 * GIB, 2 * MIB],
      [16 * GIB, 6 * MIB],
    ])
    expect(straddlesIn(even, 0, 12 * MIB)).toBe(false)
  })
})

/** Ranges end on granules, so that some units are split. */
const GRANULES_PER_UNIT = 4

interface Model {
  readonly layout: DeviceLayout
  readonly granule: number
  /** One row for each granule of the device: where it is, and by which range. */
  readonly table: readonly { readonly physical: number; readonly range: DeviceRange }[]
}

/** Random ranges at scattered, disjoint places, and the naive table of every granule in them. */
const models: fc.Arbitrary<Model> = fc
  .record({
    align: fc.constantFrom(...ALIGNS.map((align) => bytes(align) as Align)),
    lengths: fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 6 }),
    places: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
  })
  .map(({ align, lengths, places }) => {
    const granule = align / GRANULES_PER_UNIT
    const extents = lengths.map((length, index): [number, number] => [
      64 * GIB + places[index]! * 16 * align,
      length * granule,
    ])
    const layout = layoutOf(align, extents)
    const table = extents.flatMap(([start, size], index) =>
      Array.from({ length: size / granule }, (_, row) => ({
        physical: start + row * granule,
        range: layout.ranges[index]!,
      })),
    )
    return { layout, granule, table }
  })

const LEVEL_OF: ReadonlyMap<number, FaultLevel> = new Map([
  [4096, 'pte'],
  [2097152, 'pmd'],
  [1073741824, 'pud'],
])

/** The answer by the table: all granules of the unit must exist and be of one range. */
function naiveTranslate({ layout, granule, table }: Model, offset: number) {
  const row = table[Math.floor(offset / granule)]
  if (row === undefined) return 'EINVAL out_of_range'
  const firstOfUnit = Math.floor(offset / layout.align) * GRANULES_PER_UNIT
  for (let index = firstOfUnit; index < firstOfUnit + GRANULES_PER_UNIT; index += 1) {
    if (table[index]?.range !== row.range) return 'SIGBUS fault'
  }
  return {
    physical: row.physical + (offset % granule),
    device_offset: offset,
    level: LEVEL_OF.get(layout.align),
    page_size: layout.align,
    range: row.range,
  }
}

describe('translate and straddles against a naive page table', () => {
  it('translate agrees for every byte, on the granules and between them', () =>
    fc.assert(
      fc.property(models, fc.nat(), fc.nat(), (model, place, rest) => {
        const { granule, table } = model
        const row = place % (table.length + GRANULES_PER_UNIT)
        const offset = row * granule + (rest % granule)
        for (const probe of [row * granule, offset, (row + 1) * granule - 1]) {
          expect(translateIn(model.layout, probe)).toEqual(naiveTranslate(model, probe))
        }
      }),
      { numRuns: 1000 },
    ))

  it('straddles is true exactly when some unit of the window would fault', () =>
    fc.assert(
      fc.property(models, fc.nat(), fc.nat(), (model, place, span) => {
        const { layout, granule, table } = model
        const from = place % table.length
        const count = 1 + (span % (table.length - from))
        const rows = Array.from({ length: count }, (_, index) => (from + index) * granule)
        const faults = rows.some((offset) => naiveTranslate(model, offset) === 'SIGBUS fault')
        expect(straddlesIn(layout, from * granule, count * granule)).toBe(faults)
      }),
      { numRuns: 1000 },
    ))
})
