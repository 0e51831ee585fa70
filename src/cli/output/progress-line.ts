import type { OperationView } from '../../../schemas/index.ts'
import { shortSize } from './human-size.ts'
import type { TextStream } from './terminal-output.ts'

const BAR_CELLS = 24
const FRAMES_MS = 100
const ERASE_LINE = '\r\x1b[K'

/** A line of a terminal that tells how far an operation is; elsewhere nothing is told. */
export interface ProgressLine {
  show(operation: OperationView): void
  /** Takes the line away, so that other text can follow. */
  clear(): void
}

/** A progress line on a stream, which only a terminal shows: a log would fill with it. */
export function createProgressLine(stream: TextStream): ProgressLine {
  let isShown = false
  let shownAtMs = 0
  return {
    show(operation) {
      if (stream.isTTY !== true) return
      const nowMs = performance.now()
      if (isShown && nowMs - shownAtMs < FRAMES_MS) return
      isShown = true
      shownAtMs = nowMs
      const text = progressText(operation).slice(0, (stream.columns ?? 80) - 1)
      stream.write(`${ERASE_LINE}${text}`)
    },
    clear() {
      if (!isShown) return
      isShown = false
      stream.write(ERASE_LINE)
    },
  }
}

/** How far an operation is: a bar where its bytes are known, and the time that is left. */
function progressText(operation: OperationView): string {
  const { verb, target, state, progress, rate, eta_ms } = operation
  const { done, total } = progress
  const what = `${verb} ${target.id}`
  if (total === 0) return `${what}: ${state}`
  const part = Math.min(1, done / total)
  const full = Math.floor(part * BAR_CELLS)
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}]`
  const pace = rate === null ? '' : `, ${shortSize(Math.floor(rate))}/s`
  const left = eta_ms === null ? '' : `, ${Math.ceil(eta_ms / 1000)} s left`
  return `${what} ${bar} ${Math.floor(part * 100)}% of ${shortSize(total)}${pace}${left}`
}
