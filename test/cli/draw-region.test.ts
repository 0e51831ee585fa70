import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RegionMapItem, RegionView } from '../../schemas/index.ts'
import { drawRegion } from '../../src/cli/output/draw-region.ts'
import { createPainter } from '../../src/doctor/terminal.ts'

const START = 0x100000000
const UNIT = 2 ** 21

const region = (size: number) =>
  ({ id: 0, provider: 'emulated', kind: 'dynamic', start: START, size }) as RegionView

/** Pieces one after the other; the name of an owner, or null for a hole. */
function itemsOf(pieces: readonly (readonly [string | null, number])[]): RegionMapItem[] {
  let start = START
  return pieces.map(([chardev, units]) => {
    const size = units * UNIT
    const item = { start, end: start + size - 1, size }
    start += size
    return chardev === null
      ? { ...item, state: 'free' as const }
      : { ...item, state: 'allocated' as const, chardev }
  })
}

const drawing = (columns: number) => ({ columns, unicode: false, paint: createPainter(false) })

test('pieces are drawn to scale, an owner in several places with one letter', () => {
  const items = itemsOf([
    ['dax0.1', 5],
    [null, 5],
    ['dax0.2', 5],
    ['dax0.1', 5],
  ])
  expect(drawRegion(region(20 * UNIT), items, drawing(22))).toBe(
    [
      'region 0: 40 MiB emulated, dynamic, at 0x100000000-0x1027fffff',
      '[AAAAA.....BBBBBAAAAA]',
      '  A dax0.1: 20 MiB, in 2 pieces',
      '  B dax0.2: 10 MiB',
      '  . free: 10 MiB',
      '',
    ].join('\n'),
  )
})

test('an owner too small for a cell still shows, and where several meet that is said', () => {
  const items = itemsOf([
    [null, 1000],
    ['dax0.1', 1],
    [null, 990],
    ['dax0.2', 1],
    ['dax0.3', 1],
    [null, 1007],
  ])
  const text = drawRegion(region(3000 * UNIT), items, drawing(32))
  expect(text.split('\n')[1]).toBe(`[${'.'.repeat(10)}A${'.'.repeat(8)}+${'.'.repeat(10)}]`)
  expect(text).toContain('  + several of them in one cell\n')
  expect(text).toContain('in 3 holes, the largest 1.96 GiB\n')
})

const pieces = fc.array(
  fc.tuple(fc.constantFrom('dax0.1', 'dax0.2', 'dax0.3', null), fc.integer({ min: 1, max: 500 })),
  { minLength: 1, maxLength: 40 },
)

test('whatever a region holds, the drawing is as wide as asked and every owner is in it', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 22, max: 200 }), (list, columns) => {
      const total = list.reduce((sum, [, units]) => sum + units, 0)
      const lines = drawRegion(region(total * UNIT), itemsOf(list), drawing(columns)).split('\n')
      expect(lines[1]).toHaveLength(columns)
      const owners = new Set(list.flatMap(([name]) => (name === null ? [] : [name])))
      const drawn = new Set(lines[1]?.replace(/[[\].+]/g, ''))
      const isShown = drawn.size === owners.size || lines[1]?.includes('+') === true
      expect(isShown).toBe(true)
      if (owners.size === 0) expect(lines[1]).toBe(`[${'.'.repeat(columns - 2)}]`)
    }),
  )
})
