import type { Clock } from '../../../src/ports/clock.ts'
import { HOST_BOUNDS } from '../../../src/services/bounded-host.ts'
import { systemClock } from '../../../src/system-clock.ts'

/** The pause of the caretaker, in milliseconds; the tests do not wait that long. */
const CARETAKER_MS = 5000
const CARETAKER_SOON_MS = 10

/** The machine's clock, but no call of the host is given up before the test says so. */
export interface FaultClock extends Clock {
  /** The time of the next call of the host that begins to be waited for is up soon. */
  giveUpNext(): void
}

/** A clock for one service. */
export function createFaultClock(): FaultClock {
  const bounds: number[] = [HOST_BOUNDS.changeMs, HOST_BOUNDS.lookMs]
  let isNext = false
  return {
    ...systemClock,
    giveUpNext() {
      isNext = true
    },
    after(delayMs, run) {
      if (delayMs === CARETAKER_MS) return systemClock.after(CARETAKER_SOON_MS, run)
      if (!bounds.includes(delayMs)) return systemClock.after(delayMs, run)
      if (!isNext) return () => undefined
      isNext = false
      return systemClock.after(0, run)
    },
  }
}
