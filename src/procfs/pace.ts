import { setImmediate } from 'node:timers/promises'

/** The longest that synchronous work keeps the event loop to itself. */
const SLICE_MS = 2

/** Shares the event loop between long synchronous work and everybody else. */
export interface Pace {
  /** Lets others run if the slice is over. To be awaited between small pieces of work. */
  breathe(): Promise<void>
}

/** A pace whose first slice begins now. */
export function createPace(): Pace {
  let sliceStarted = performance.now()
  return {
    async breathe() {
      if (performance.now() - sliceStarted < SLICE_MS) return
      await setImmediate()
      sliceStarted = performance.now()
    },
  }
}
