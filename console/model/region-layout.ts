/**
 * How a region is drawn to scale in a given number of pixels, pure. A piece that is wide enough
 * gets a cell of its own. Pieces too narrow for that are gathered into mixed cells, which tell what
 * part of them is free and whose the rest is. No cell is narrower than CELL_PX_MIN, so nothing
 * vanishes: neither a small device between two large holes nor a small hole between two large
 * devices. What narrow cells need beyond their scale is taken off the wide ones in proportion.
 */
import type { Piece } from './pieces.ts'

/** A piece of so many pixels has a cell of its own. */
const SINGLE_PX_MIN = 6
/** Mixed cells are closed at this width. */
const MIXED_PX = 3
/** The narrowest cell. */
export const CELL_PX_MIN = 2

/** A part of the drawing: pieces `first` to `last` of the pieces that were laid out. */
export interface Cell {
  /** Pixels from the left edge, whole. */
  readonly x: number
  readonly width: number
  readonly first: number
  readonly last: number
  /** Bytes that are free in what the cell shows. */
  readonly free: number
  /** Bytes by owner, most first. */
  readonly owners: readonly OwnerShare[]
}

export interface OwnerShare {
  readonly owner: string
  readonly bytes: number
}

/** What part of the address range is looked at, half-open. */
export interface Window {
  readonly start: number
  readonly end: number
}

interface Draft {
  width: number
  first: number
  last: number
  isSingle: boolean
}

/** Lays the pieces that lie in the window out over `widthPx` whole pixels, left to right. */
export function layOut(pieces: readonly Piece[], window: Window, widthPx: number): Cell[] {
  const drafts = draftCells(pieces, window, widthPx)
  widen(drafts, widthPx)
  let edge = 0
  return drafts.map(({ width, first, last }) => {
    const x = Math.round(edge)
    edge += width
    return { x, width: Math.round(edge) - x, first, last, ...sharesIn(pieces, window, first, last) }
  })
}

function draftCells(pieces: readonly Piece[], window: Window, widthPx: number): Draft[] {
  const scale = widthPx / (window.end - window.start)
  const drafts: Draft[] = []
  let run: Draft | null = null
  for (const [at, piece] of pieces.entries()) {
    const bytes = Math.min(piece.end, window.end) - Math.max(piece.start, window.start)
    if (bytes <= 0) continue
    const width = bytes * scale
    if (width >= SINGLE_PX_MIN) {
      run = null
      drafts.push({ width, first: at, last: at, isSingle: true })
    } else if (run === null || run.width >= MIXED_PX) {
      run = { width, first: at, last: at, isSingle: false }
      drafts.push(run)
    } else {
      run.width += width
      run.last = at
    }
  }
  return joinTails(drafts)
}

/** The rest of a run that is too narrow for a cell goes to the mixed cell before it. */
function joinTails(drafts: readonly Draft[]): Draft[] {
  const joined: Draft[] = []
  for (const draft of drafts) {
    const before = joined.at(-1)
    if (draft.width < CELL_PX_MIN && !draft.isSingle && before?.isSingle === false) {
      before.width += draft.width
      before.last = draft.last
    } else joined.push(draft)
  }
  return joined
}

/**
 * Gives narrow cells their least width. There is always room: at most one narrow cell stands beside
 * each wide one, and a wide one has twice what its neighbour lacks to give.
 */
function widen(drafts: readonly Draft[], widthPx: number): void {
  let lacking = 0
  let spare = 0
  for (const { width } of drafts) {
    if (width < CELL_PX_MIN) lacking += CELL_PX_MIN - width
    else spare += width - CELL_PX_MIN
  }
  if (drafts.length === 1 && drafts[0] !== undefined) drafts[0].width = widthPx
  if (lacking === 0 || spare < lacking) return
  const kept = 1 - lacking / spare
  for (const draft of drafts) {
    draft.width =
      draft.width < CELL_PX_MIN ? CELL_PX_MIN : CELL_PX_MIN + (draft.width - CELL_PX_MIN) * kept
  }
}

function sharesIn(
  pieces: readonly Piece[],
  window: Window,
  first: number,
  last: number,
): Pick<Cell, 'free' | 'owners'> {
  let free = 0
  const byOwner = new Map<string, number>()
  for (const { start, end, owner } of pieces.slice(first, last + 1)) {
    const bytes = Math.min(end, window.end) - Math.max(start, window.start)
    if (owner === null) free += bytes
    else byOwner.set(owner, (byOwner.get(owner) ?? 0) + bytes)
  }
  const owners = [...byOwner].map(([owner, bytes]) => ({ owner, bytes }))
  owners.sort((left, right) => right.bytes - left.bytes || (left.owner < right.owner ? -1 : 1))
  return { free, owners }
}

/** The cell at a pixel, by halving; undefined where there is none. */
export function cellAt(cells: readonly Cell[], x: number): Cell | undefined {
  let low = 0
  let high = cells.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((cells[middle]?.x ?? 0) <= x) low = middle + 1
    else high = middle
  }
  const cell = cells[low - 1]
  return cell !== undefined && x < cell.x + cell.width ? cell : undefined
}

/** Heights in whole pixels, in the order of the parts: each that is not empty gets at least one. */
export function heightsOf(parts: readonly number[], heightPx: number, leastPx: number): number[] {
  const total = parts.reduce((sum, part) => sum + part, 0)
  const heights = parts.map((part) =>
    part === 0 ? 0 : Math.max(leastPx, Math.round((part / total) * heightPx)),
  )
  // What the least heights took too much is given back by the tallest.
  const excess = heights.reduce((sum, height) => sum + height, 0) - heightPx
  const tallest = heights.indexOf(Math.max(...heights))
  if (tallest >= 0) heights[tallest] = Math.max(0, (heights[tallest] ?? 0) - excess)
  return heights
}
