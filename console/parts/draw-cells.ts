/** Puts the cells of a region onto a canvas. */
import type { Looks } from '../model/owners.ts'
import type { Piece } from '../model/pieces.ts'
import { type Cell, heightsOf, type Window } from '../model/region-layout.ts'
import { fillOf, type Paint } from './paint.ts'

/** Above the cells: the line that ties a device's ranges together. */
const TIES_PX = 12
const CELLS_PX = 52
export const DRAWING_PX = TIES_PX + CELLS_PX
/** The least height of a part of a mixed cell. */
const PART_PX_MIN = 7
/** Names are written into cells that have room for them. */
const NAME_FONT = '600 12px system-ui, sans-serif'
const NAME_PX = 18
const NAME_MARGIN_PX = 6
/** Pieces at least so wide stand apart from their neighbours. */
const APART_PX_MIN = 4

export interface Scene {
  readonly cells: readonly Cell[]
  readonly pieces: readonly Piece[]
  readonly window: Window
  readonly width: number
  readonly looks: Looks
  /** The device whose ranges are tied together. */
  readonly tied: string | null
  /** The cell that is pointed at. */
  readonly shown: Cell | undefined
  readonly planned: readonly { readonly start: number; readonly end: number }[]
  readonly isPartial: boolean
}

type Pen = CanvasRenderingContext2D

/** Draws a scene anew, sharp on any screen. */
export function drawCells(canvas: HTMLCanvasElement | null, paint: Paint, scene: Scene): void {
  const pen = canvas?.getContext('2d')
  if (canvas === null || pen === null || pen === undefined) return
  const ratio = globalThis.devicePixelRatio || 1
  canvas.width = scene.width * ratio
  canvas.height = DRAWING_PX * ratio
  pen.scale(ratio, ratio)
  for (const cell of scene.cells) drawCell(pen, paint, cell, scene)
  for (const cell of scene.cells) drawName(pen, paint, cell, scene)
  drawPlanned(pen, paint, scene)
  drawTies(pen, paint, scene)
}

function drawCell(pen: Pen, paint: Paint, cell: Cell, { looks, isPartial }: Scene): void {
  const { x, width, free, owners, first, last } = cell
  const heights = heightsOf([...owners.map(({ bytes }) => bytes), free], CELLS_PX, PART_PX_MIN)
  const apart = first === last && width >= APART_PX_MIN ? 1 : 0
  let top = TIES_PX
  for (const [at, height] of heights.entries()) {
    if (height === 0) continue
    const owner = owners[at]?.owner
    if (owner === undefined)
      drawFree(pen, paint, { x, y: top, width: width - apart, height }, isPartial)
    else {
      pen.fillStyle = fillOf(pen, paint, looks.of(owner))
      pen.fillRect(x, top, width - apart, height)
    }
    top += height
  }
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Free memory is a hollow, with a line at its floor so that it shows on any ground. */
function drawFree(pen: Pen, paint: Paint, box: Box, isPartial: boolean): void {
  pen.fillStyle = isPartial
    ? fillOf(pen, { ...paint, nobody: paint.free }, { colour: null, pattern: 'rising' })
    : paint.free
  pen.fillRect(box.x, box.y, box.width, box.height)
  pen.fillStyle = paint.freeEdge
  pen.fillRect(box.x, box.y + box.height - 2, box.width, 2)
}

/** A device's name on a plate of its own, so that it can be read on any pattern. */
function drawName(
  pen: Pen,
  paint: Paint,
  { x, width, first, last }: Cell,
  { pieces }: Scene,
): void {
  const name = first === last ? pieces[first]?.chardev : null
  if (name === null || name === undefined || width < 2 * NAME_PX) return
  pen.font = NAME_FONT
  const plate = pen.measureText(name).width + 2 * NAME_MARGIN_PX
  if (plate + 2 * NAME_MARGIN_PX > width) return
  const top = TIES_PX + CELLS_PX - NAME_PX - NAME_MARGIN_PX
  pen.fillStyle = paint.ground
  pen.fillRect(x + NAME_MARGIN_PX, top, plate, NAME_PX)
  pen.fillStyle = paint.ink
  pen.textBaseline = 'middle'
  pen.fillText(name, x + 2 * NAME_MARGIN_PX, top + NAME_PX / 2 + 1)
}

function drawPlanned(pen: Pen, paint: Paint, { planned, window, width }: Scene): void {
  const scale = width / (window.end - window.start)
  for (const { start, end } of planned) {
    const x = Math.floor((start - window.start) * scale)
    const wide = Math.max(4, Math.ceil((end - start) * scale))
    pen.fillStyle = paint.ink
    pen.globalAlpha = 0.25
    pen.fillRect(x, TIES_PX, wide, CELLS_PX)
    pen.globalAlpha = 1
    pen.strokeStyle = paint.ink
    pen.lineWidth = 2
    pen.setLineDash([4, 3])
    pen.strokeRect(x + 1, TIES_PX + 1, Math.max(2, wide - 2), CELLS_PX - 2)
    pen.setLineDash([])
    pen.fillStyle = paint.ink
    pen.beginPath()
    const middle = x + wide / 2
    pen.moveTo(middle, TIES_PX - 1)
    pen.lineTo(middle - 5, TIES_PX - 8)
    pen.lineTo(middle + 5, TIES_PX - 8)
    pen.fill()
  }
}

function drawTies(pen: Pen, paint: Paint, { cells, pieces, tied, shown }: Scene): void {
  const holding = cells.filter(
    (cell) => cell === shown || (tied !== null && holds(cell, pieces, tied)),
  )
  if (holding.length === 0) return
  pen.strokeStyle = paint.ink
  pen.fillStyle = paint.ink
  pen.lineWidth = 2
  for (const { x, width } of holding) {
    pen.strokeRect(x + 1, TIES_PX + 1, Math.max(1, width - 2), CELLS_PX - 2)
  }
  const middles = holding
    .filter((cell) => tied === null || holds(cell, pieces, tied))
    .map(({ x, width }) => x + width / 2)
  const [left] = middles
  const right = middles.at(-1)
  if (tied === null || left === undefined || right === undefined) return
  pen.beginPath()
  pen.moveTo(left, 3)
  pen.lineTo(right, 3)
  for (const middle of middles) {
    pen.moveTo(middle, 2)
    pen.lineTo(middle, TIES_PX)
  }
  pen.stroke()
}

function holds({ first, last }: Cell, pieces: readonly Piece[], chardev: string): boolean {
  for (let at = first; at <= last; at += 1) if (pieces[at]?.chardev === chardev) return true
  return false
}
