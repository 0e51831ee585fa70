import type { RegionMapItem, RegionView } from '../../../schemas/index.ts'
import { type Painter, printable } from '../../doctor/terminal.ts'
import { shortSize } from './human-size.ts'

/** Letters that tell owners apart; those beyond share one sign. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const BEYOND = '#'
const SEVERAL = '+'
const INKS = ['green', 'yellow', 'red', 'bold'] as const
const COLUMNS_MIN = 20

/** How a region is drawn. */
export interface Drawing {
  /** Columns of the terminal. */
  readonly columns: number
  /** Whether more than ASCII may be used. */
  readonly unicode: boolean
  readonly paint: Painter
}

interface Owner {
  readonly key: string
  readonly sign: string
  readonly size: number
  readonly pieces: number
  readonly at: number
}

/**
 * A region to scale, one line for its whole address range, and a legend. A cell where several
 * owners meet shows {@link SEVERAL}; an owner too small for a cell of its own still shows.
 */
export function drawRegion(
  region: RegionView,
  items: readonly RegionMapItem[],
  drawing: Drawing,
): string {
  const { columns, unicode, paint } = drawing
  const [left, right, free] = unicode ? ['▕', '▏', '·'] : ['[', ']', '.']
  const owners = ownersOf(items)
  const cells = cellsOf(region, items, owners, Math.max(COLUMNS_MIN, columns - 2))
  const bar = runsOf(cells)
    .map(({ cell, count }) => paintRun(cell, count))
    .join('')
  const legend = [
    ...[...owners.values()].map((owner) => legendLine(owner, paint)),
    ...(cells.includes(SEVERAL) ? [`  ${SEVERAL} several of them in one cell`] : []),
    freeLine(items, free, paint),
  ]
  return `${heading(region)}\n${left}${bar}${right}\n${legend.join('\n')}\n`

  function paintRun(cell: Cell, count: number): string {
    if (cell === null) return paint('dim', free.repeat(count))
    if (cell === SEVERAL) return paint('bold', SEVERAL.repeat(count))
    return paint(inkOf(cell), cell.sign.repeat(count))
  }
}

/** Neighbours of one kind, so that a terminal is told a colour once for all of them. */
function runsOf(cells: readonly Cell[]): { readonly cell: Cell; readonly count: number }[] {
  const runs: { cell: Cell; count: number }[] = []
  for (const cell of cells) {
    const last = runs.at(-1)
    if (last?.cell === cell) last.count += 1
    else runs.push({ cell, count: 1 })
  }
  return runs
}

function heading({ id, provider, kind, start, size }: RegionView): string {
  const hex = (value: number): string => `0x${value.toString(16)}`
  const place = `${hex(start)}-${hex(start + size - 1)}`
  return `region ${id}: ${shortSize(size)} ${provider}, ${kind}, at ${place}`
}

function ownerKey({ namespace, chardev }: RegionMapItem): string {
  return [chardev, namespace].filter((name) => name !== undefined).join(' ') || 'unknown'
}

function ownersOf(items: readonly RegionMapItem[]): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>()
  for (const item of items) {
    if (item.state === 'free') continue
    const key = ownerKey(item)
    const at = owners.get(key)?.at ?? owners.size
    const { size = 0, pieces = 0 } = owners.get(key) ?? {}
    const sign = LETTERS[at] ?? BEYOND
    owners.set(key, { key, sign, at, size: size + item.size, pieces: pieces + 1 })
  }
  return owners
}

function inkOf({ at }: Owner): (typeof INKS)[number] {
  return INKS[at % INKS.length] ?? 'bold'
}

type Cell = Owner | typeof SEVERAL | null

/** One walk over the pieces: the cells that each touches, and how much of them it fills. */
function cellsOf(
  region: RegionView,
  items: readonly RegionMapItem[],
  owners: ReadonlyMap<string, Owner>,
  count: number,
): readonly Cell[] {
  const cellSize = region.size / count
  const filled = Array.from({ length: count }, () => new Map<Owner, number>())
  const shown = new Set<Owner>()
  for (const item of items) {
    const owner = item.state === 'free' ? undefined : owners.get(ownerKey(item))
    if (owner === undefined) continue
    const from = item.start - region.start
    const to = from + item.size
    const last = Math.min(count - 1, Math.ceil(to / cellSize) - 1)
    for (let at = Math.floor(from / cellSize); at <= last; at += 1) {
      const part = Math.min(to, (at + 1) * cellSize) - Math.max(from, at * cellSize)
      const cell = filled[at]
      cell?.set(owner, (cell.get(owner) ?? 0) + part)
      if (part * 2 >= cellSize) shown.add(owner)
    }
  }
  return filled.map((cell) => {
    const [first, ...others] = [...cell.keys()]
    if (first === undefined) return null
    if (others.length > 0) return SEVERAL
    return (cell.get(first) ?? 0) * 2 >= cellSize || !shown.has(first) ? first : null
  })
}

function legendLine(owner: Owner, paint: Painter): string {
  const { key, sign, size, pieces } = owner
  const apart = pieces === 1 ? '' : `, in ${pieces} pieces`
  return `  ${paint(inkOf(owner), sign)} ${printable(key)}: ${shortSize(size)}${apart}`
}

function freeLine(items: readonly RegionMapItem[], sign: string, paint: Painter): string {
  const holes = items.filter(({ state }) => state === 'free').map(({ size }) => size)
  const total = holes.reduce((sum, size) => sum + size, 0)
  const largest = shortSize(Math.max(0, ...holes))
  const how = holes.length > 1 ? `, in ${holes.length} holes, the largest ${largest}` : ''
  return `  ${paint('dim', sign)} free: ${shortSize(total)}${how}`
}
