import { setTimeout } from 'node:timers/promises'
import type { Caller } from './caller.ts'

/** An expiry is acted on within a second; minutes late is a fault, on a busy machine, too. */
const LATE_MS_MAX = 5 * 60_000
const LOOK_AGAIN_MS = 50

/**
 * Waits until daxd tells no more of what has ended at `endsMs` (of performance.now()).
 * @throws Error when it is still there long after.
 */
export async function seeGone(caller: Caller, path: string, endsMs: number): Promise<void> {
  for (;;) {
    const { status } = await caller.call({ method: 'GET', path, expect: [200, 404] })
    if (status === 404) return
    if (performance.now() > endsMs + LATE_MS_MAX) throw new Error(`${path} outlives`)
    await setTimeout(LOOK_AGAIN_MS)
  }
}
