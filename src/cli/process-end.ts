import type { Logger } from 'pino'

/** What is still running at SIGTERM, be it requests or the start, has this long to end. */
const SHUTDOWN_TIMEOUT_MS = 30_000

/** The signal that ends this process, when it comes: SIGTERM or SIGINT. */
export function whenStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

/**
 * From the signal on the process ends in bounded time, even one that a host keeps from starting.
 * By SIGKILL, because process.exit() waits for the ledger's thread, and the disk may hold that.
 */
export function endSurely(log: Logger): void {
  const end = (): void => {
    log.fatal({ timeout_ms: SHUTDOWN_TIMEOUT_MS }, 'daxd did not end in time')
    process.kill(process.pid, 'SIGKILL')
  }
  setTimeout(end, SHUTDOWN_TIMEOUT_MS).unref()
}

/** Until everything that was logged is written. */
export function flush(log: Logger): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()))
}
