import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Piece, piecesOf } from '../../console/model/pieces.ts'
import { CELL_PX_MIN, cellAt, heightsOf, layOut } from '../../console/model/region-layout.ts'

const REGION_START = 2 ** 32

/** Devices, each after a hole of so many bytes. */
function taken(sizes: readonly { readonly free: number; readonly used: number }[]) {
  let at = REGION_START
  const pieces = sizes.map(({ free, used }, index) => {
    const start = at + free
    at = start + used
    return { start, end: at, chardev: `dax0.${index}`, owner: `owner ${index % 5}` }
  })
  return { pieces, end: at }
}

/** Devices between holes, from a handful of large ones to hundreds, some of them tiny. */
const filled = fc
  .record({
    sizes: fc.array(
      fc.record({
        free: fc.oneof(fc.constant(0), fc.constant(4096), fc.nat({ max: 2 ** 34 })),
        used: fc.oneof(fc.constant(4096), fc.integer({ min: 1, max: 2 ** 34 })),
      }),
      { minLength: 1, maxLength: 400 },
    ),
    rest: fc.nat({ max: 2 ** 36 }),
    width: fc.integer({ min: 120, max: 1600 }),
  })
  .map(({ sizes, rest, width }) => {
    const { pieces, end } = taken(sizes)
    const region = { start: REGION_START, size: end - REGION_START + rest }
    return {
      pieces: piecesOf(region, pieces),
      window: { start: REGION_START, end: end + rest },
      width,
    }
  })

test('cells lie side by side from edge to edge, and none is too narrow to be seen', () => {
  fc.assert(
    fc.property(filled, ({ pieces, window, width }) => {
      let edge = 0
      for (const cell of layOut(pieces, window, width)) {
        expect(cell.x).toBe(edge)
        // Edges are rounded to whole pixels, which may take one of two.
        expect(cell.width).toBeGreaterThanOrEqual(CELL_PX_MIN - 1)
        edge += cell.width
      }
      expect(edge).toBe(width)
    }),
  )
})

test('every piece is in exactly one cell, and no free or owned byte is lost', () => {
  fc.assert(
    fc.property(filled, ({ pieces, window, width }) => {
      const cells = layOut(pieces, window, width)
      const shown = cells.flatMap(({ first, last }) => indices(first, last))
      expect(shown).toEqual(indices(0, pieces.length - 1))
      for (const { first, last, free, owners } of cells) {
        const inside = pieces.slice(first, last + 1)
        expect(free).toBe(bytesOf(inside.filter(({ owner }) => owner === null)))
        const used = owners.reduce((sum, { bytes }) => sum + bytes, 0)
        expect(used).toBe(bytesOf(inside.filter(({ owner }) => owner !== null)))
      }
    }),
  )
})

function indices(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

function bytesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0)
}

test('10,000 devices in 1,200 pixels share cells that tell the free bytes among them', () => {
  const { pieces, end } = taken(
    Array.from({ length: 10_000 }, (_, at) => ({ free: at % 7 === 0 ? 4096 : 0, used: 8192 })),
  )
  const region = { start: REGION_START, size: end - REGION_START }
  const cells = layOut(piecesOf(region, pieces), { start: REGION_START, end }, 1200)
  expect(cells.length).toBeLessThanOrEqual(600)
  expect(cells.every(({ free }) => free > 0)).toBe(true)
})

test('a device of one page between two large holes has a cell that one can point at', () => {
  const start = REGION_START + 2 ** 34
  const region = { start: REGION_START, size: 2 ** 35 }
  const pieces = piecesOf(region, [{ start, end: start + 4096, chardev: 'dax0.0', owner: 'me' }])
  const cells = layOut(pieces, { start: REGION_START, end: REGION_START + region.size }, 1200)
  expect(cells.map(({ x, width, first, last }) => [x, width, first, last])).toEqual([
    [0, 599, 0, 0],
    [599, 2, 1, 1],
    [601, 599, 2, 2],
  ])
  expect([598, 599, 600, 601].map((x) => cellAt(cells, x)?.first)).toEqual([0, 1, 1, 2])
})

test('what is outside of the window is not drawn, and what reaches into it is cut', () => {
  const region = { start: 0, size: 1000 }
  const pieces = piecesOf(region, [{ start: 100, end: 600, chardev: 'dax0.0', owner: 'me' }])
  expect(layOut(pieces, { start: 500, end: 700 }, 100)).toEqual([
    { x: 0, width: 50, first: 1, last: 1, free: 0, owners: [{ owner: 'me', bytes: 100 }] },
    { x: 50, width: 50, first: 2, last: 2, free: 100, owners: [] },
  ])
})

test('a pixel outside of the drawing is in no cell', () => {
  const cells = layOut(piecesOf({ start: 0, size: 10 }, []), { start: 0, end: 10 }, 100)
  expect([-1, 0, 99, 100].map((x) => cellAt(cells, x)?.first)).toEqual([undefined, 0, 0, undefined])
})

test('a part of a mixed cell that is next to nothing keeps its least height', () => {
  expect(heightsOf([1, 1_000_000], 50, 4)).toEqual([4, 46])
  expect(heightsOf([0, 1], 50, 4)).toEqual([0, 50])
  expect(heightsOf([500_000, 500_000, 1], 50, 4)).toEqual([21, 25, 4])
})

test('pieces that a host says overlap, or lie outside, are drawn once and inside', () => {
  const pieces = piecesOf({ start: 100, size: 100 }, [
    { start: 50, end: 120, chardev: 'dax0.0', owner: 'a' },
    { start: 110, end: 150, chardev: 'dax0.1', owner: 'b' },
    { start: 190, end: 300, chardev: 'dax0.2', owner: 'c' },
  ])
  expect(pieces).toEqual([
    { start: 100, end: 120, chardev: 'dax0.0', owner: 'a' },
    { start: 120, end: 150, chardev: 'dax0.1', owner: 'b' },
    { start: 150, end: 190, chardev: null, owner: null },
    { start: 190, end: 200, chardev: 'dax0.2', owner: 'c' },
  ])
})
