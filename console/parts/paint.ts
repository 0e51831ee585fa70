/** The drawing's colours, read from the style sheet so that they stand in one place. */
import { type ReadonlySignal, signal } from '@preact/signals'
import { COLOURS_COUNT, type Look, type Pattern } from '../model/owners.ts'

export interface Paint {
  readonly owners: readonly string[]
  readonly nobody: string
  readonly free: string
  readonly freeEdge: string
  readonly ground: string
  readonly ink: string
}

const paint = signal<Paint>(EMPTY())

function EMPTY(): Paint {
  return { owners: [], nobody: '#888', free: '#ddd', freeEdge: '#aaa', ground: '#fff', ink: '#000' }
}

/** The colours as they are now; they change with the theme. */
export function usePaint(): ReadonlySignal<Paint> {
  return paint
}

/** Reads the colours anew; called at the start and when the theme changes. */
export function readPaint(root: HTMLElement): void {
  const style = getComputedStyle(root)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  tiles.clear()
  paint.value = {
    owners: Array.from({ length: COLOURS_COUNT }, (_, at) => colour(`owner-${at}`)),
    nobody: colour('owner-nobody'),
    free: colour('free'),
    freeEdge: colour('free-edge'),
    ground: colour('ground'),
    ink: colour('ink'),
  }
}

const TILE_PX = 8
/** Enough to tell patterns apart, and not so much that they shout. */
const PATTERN_ALPHA = 0.42
const tiles = new Map<string, CanvasPattern | string>()

/** A fill in an owner's colour and pattern. */
export function fillOf(
  pen: CanvasRenderingContext2D,
  { owners, nobody, ground }: Paint,
  { colour, pattern }: Look,
): CanvasPattern | string {
  const base = (colour === null ? nobody : owners[colour]) ?? nobody
  if (pattern === 'solid') return base
  const key = `${base} ${pattern}`
  const known = tiles.get(key)
  if (known !== undefined) return known
  const tile = document.createElement('canvas')
  tile.width = TILE_PX
  tile.height = TILE_PX
  const lines = tile.getContext('2d')
  if (lines === null) return base
  lines.fillStyle = base
  lines.fillRect(0, 0, TILE_PX, TILE_PX)
  lines.strokeStyle = ground
  lines.fillStyle = ground
  lines.globalAlpha = PATTERN_ALPHA
  lines.lineWidth = 1.5
  STROKES[pattern](lines)
  const fill = pen.createPattern(tile, 'repeat') ?? base
  tiles.set(key, fill)
  return fill
}

function line(pen: CanvasRenderingContext2D, ...points: readonly (readonly [number, number])[]) {
  pen.beginPath()
  for (const [x, y] of points) pen.lineTo(x, y)
  pen.stroke()
}

const STROKES: Readonly<Record<Pattern, (pen: CanvasRenderingContext2D) => void>> = {
  solid: () => {},
  rising(pen) {
    line(pen, [-1, 5], [5, -1])
    line(pen, [3, 9], [9, 3])
  },
  falling(pen) {
    line(pen, [-1, 3], [5, 9])
    line(pen, [3, -1], [9, 5])
  },
  rows(pen) {
    line(pen, [0, 2], [8, 2])
    line(pen, [0, 6], [8, 6])
  },
  columns(pen) {
    line(pen, [2, 0], [2, 8])
    line(pen, [6, 0], [6, 8])
  },
  grid(pen) {
    line(pen, [0, 4], [8, 4])
    line(pen, [4, 0], [4, 8])
  },
  dots(pen) {
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ] as const) {
      pen.beginPath()
      pen.arc(x, y, 1.3, 0, 2 * Math.PI)
      pen.fill()
    }
  },
  checks(pen) {
    pen.fillRect(0, 0, 4, 4)
    pen.fillRect(4, 4, 4, 4)
  },
}
