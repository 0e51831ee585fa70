import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RegionView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { cellWords } from '../model/cell-words.ts'
import type { Piece } from '../model/pieces.ts'
import { type Cell, cellAt, layOut, type Window } from '../model/region-layout.ts'
import { addressWords } from '../model/size-words.ts'
import { moved, wholeWindow, zoomed } from '../model/zoom.ts'
import { DRAWING_PX, drawCells } from './draw-cells.ts'
import { type Drawn, html } from './html.ts'
import { usePaint } from './paint.ts'
import { useWidth } from './use-width.ts'

const CLOSER = 1 / 4
const STEP = 1 / 4
const HOW_TO = 'Arrow keys go from piece to piece, Enter opens the device.'

export interface RegionDrawingProps {
  readonly region: RegionView
  readonly pieces: readonly Piece[]
  /** The device whose ranges are tied together though nothing points at them. */
  readonly chosen?: string | null
  /** Pieces that would be taken, shown over what is there. */
  readonly planned?: readonly { readonly start: number; readonly end: number }[]
  /** What a tenant cannot see is not called free. */
  readonly isPartial?: boolean
}

/**
 * A region to scale. Pointing at a piece, or going to it with the arrow keys, ties all ranges of
 * its device together and says what it is; Enter or a click opens the device, or looks closer where
 * several share a cell.
 */
export function RegionDrawing(props: RegionDrawingProps): Drawn {
  const { region, pieces, chosen = null, planned = [], isPartial = false } = props
  const { looks } = useApp()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [box, width] = useWidth()
  const paint = usePaint()
  const [window, setWindow] = useState<Window>(() => wholeWindow(region))
  const [at, setAt] = useState<number | null>(null)
  const cells = useMemo(() => layOut(pieces, window, width), [pieces, window, width])
  const shown = at === null ? undefined : cells[Math.min(at, cells.length - 1)]
  const tied = deviceIn(shown, pieces) ?? chosen
  const words = shown === undefined ? '' : cellWords(shown, pieces, isPartial)
  const isWhole = window.end - window.start >= region.size

  useEffect(() => {
    const scene = { cells, pieces, window, width, looks, tied, shown, planned, isPartial }
    drawCells(canvas.current, paint.value, scene)
  })

  function open(cell: Cell | undefined): void {
    if (cell === undefined) return
    const chardev = deviceIn(cell, pieces)
    if (chardev !== null) location.hash = `#/devices/${chardev}`
    else if (cell.first !== cell.last) zoom(cell, CLOSER)
  }

  function zoom(cell: Cell | undefined, factor: number): void {
    const middle =
      cell === undefined
        ? (window.start + window.end) / 2
        : ((pieces[cell.first]?.start ?? 0) + (pieces[cell.last]?.end ?? 0)) / 2
    setWindow(zoomed(region, window, middle, factor))
    setAt(null)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const last = cells.length - 1
    const goTo: Readonly<Record<string, number>> = {
      ArrowRight: Math.min(last, (at ?? -1) + 1),
      ArrowLeft: Math.max(0, (at ?? 1) - 1),
      Home: 0,
      End: last,
    }
    const next = goTo[event.key]
    if (next !== undefined) setAt(next)
    else if (event.key === 'Enter') open(shown)
    else if (event.key === '+' || event.key === '=') zoom(shown, CLOSER)
    else if (event.key === '-') zoom(shown, 1 / CLOSER)
    else return
    event.preventDefault()
  }

  const cellUnder = (event: PointerEvent): Cell | undefined =>
    cellAt(cells, event.clientX - (canvas.current?.getBoundingClientRect().left ?? 0))

  return html`<div class="drawing" ref=${box}>
    <div
      class="bar"
      role="slider"
      tabindex="0"
      aria-label=${`Memory of region ${region.id}, piece by piece`}
      aria-valuemin="1"
      aria-valuemax=${cells.length}
      aria-valuenow=${Math.min(at ?? 0, cells.length - 1) + 1}
      aria-valuetext=${words === '' ? HOW_TO : words}
      onKeyDown=${onKeyDown}
      onBlur=${() => setAt(null)}
      onPointerMove=${(event: PointerEvent) => {
        const cell = cellUnder(event)
        setAt(cell === undefined ? null : cells.indexOf(cell))
      }}
      onPointerLeave=${() => setAt(null)}
      onClick=${(event: PointerEvent) => open(cellUnder(event))}
    >
      <canvas ref=${canvas} style=${{ height: `${DRAWING_PX}px`, width: `${width}px` }}></canvas>
    </div>
    <div class="axis">
      <span class="address">${addressWords(window.start)}</span>
      <span class="readout" aria-hidden="true">${words}</span>
      <span class="address">${addressWords(window.end - 1)}</span>
    </div>
    <div class="zoom">
      <button type="button" aria-label=${`Look closer at region ${region.id}`}
        onClick=${() => zoom(shown, CLOSER)}>+</button>
      <button type="button" aria-label=${`See more of region ${region.id}`} disabled=${isWhole}
        onClick=${() => zoom(shown, 1 / CLOSER)}>−</button>
      ${
        !isWhole &&
        html`<button type="button" aria-label="Move to lower addresses"
          onClick=${() => setWindow(moved(region, window, -STEP))}>◂</button>
          <button type="button" aria-label="Move to higher addresses"
            onClick=${() => setWindow(moved(region, window, STEP))}>▸</button>
          <button type="button" onClick=${() => setWindow(wholeWindow(region))}>All</button>`
      }
    </div>
  </div>` as Drawn
}

/** The one device of a cell; null when it shows none or several. */
function deviceIn(cell: Cell | undefined, pieces: readonly Piece[]): string | null {
  if (cell === undefined || cell.first !== cell.last) return null
  return pieces[cell.first]?.chardev ?? null
}
