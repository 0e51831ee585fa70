import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../app.ts'
import { type Drawn, html } from './html.ts'
import { fillOf, type Paint, usePaint } from './paint.ts'

const SWATCH_PX = 14

/** An owner's colour and pattern in little, beside its name. */
export function Owner({ owner }: { readonly owner: string }): Drawn {
  const { looks } = useApp()
  const canvas = useRef<HTMLCanvasElement>(null)
  const paint = usePaint()
  useEffect(() => draw(canvas.current, paint.value, owner))

  function draw(on: HTMLCanvasElement | null, with_: Paint, whose: string): void {
    const pen = on?.getContext('2d')
    if (on === null || pen === null || pen === undefined) return
    const ratio = globalThis.devicePixelRatio || 1
    on.width = SWATCH_PX * ratio
    on.height = SWATCH_PX * ratio
    pen.scale(ratio, ratio)
    pen.fillStyle = fillOf(pen, with_, looks.of(whose))
    pen.fillRect(0, 0, SWATCH_PX, SWATCH_PX)
  }

  return html`<span class="owner"
    ><canvas class="swatch" ref=${canvas} aria-hidden="true"></canvas
    ><span class="name" title=${owner}>${owner}</span></span
  >` as Drawn
}
