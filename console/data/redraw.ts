/** When what has changed is shown: with the next frame, and not with every frame under load. */

/** Between two redraws, so that a storm of events leaves time for everything else. */
const REDRAW_PAUSE_MS = 100

/** Asks for a redraw; many requests before it make one. */
export type Redraw = () => void

/** Calls `draw` with the next frame, or as soon as the last redraw is long enough ago. */
export function createRedraw(draw: () => void): Redraw {
  let isAsked = false
  let drawnAt = Number.NEGATIVE_INFINITY
  const frame = globalThis.requestAnimationFrame ?? ((go: () => void) => setTimeout(go, 0))

  function now(): void {
    isAsked = false
    drawnAt = performance.now()
    draw()
  }

  return () => {
    if (isAsked) return
    isAsked = true
    const waitMs = Math.max(0, drawnAt + REDRAW_PAUSE_MS - performance.now())
    if (waitMs === 0) frame(now)
    else setTimeout(() => frame(now), waitMs)
  }
}
