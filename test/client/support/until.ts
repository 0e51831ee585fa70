import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 30_000
const LOOK_MS = 10

/** Waits until it is so. @throws Error with what was waited for when it never is. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`)
    await sleep(LOOK_MS)
  }
}
