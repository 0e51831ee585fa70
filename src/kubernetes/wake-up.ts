/** Wakes one waiter; calls while nobody waits are kept, as one. */
export interface WakeUp {
  wake(): void
  /** True when it was woken, false after `timeoutMs` or when the signal aborts. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<boolean>
}

/** A wake-up that nobody has called yet. */
export function createWakeUp(): WakeUp {
  let isCalled = false
  let wakeWaiter: (() => void) | null = null
  return {
    wake() {
      isCalled = true
      wakeWaiter?.()
    },
    async wait(timeoutMs, signal) {
      if (!isCalled && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const end = (): void => {
            clearTimeout(timer)
            signal.removeEventListener('abort', end)
            resolve()
          }
          const timer = setTimeout(end, timeoutMs)
          signal.addEventListener('abort', end, { once: true })
          wakeWaiter = end
        })
        wakeWaiter = null
      }
      const wasCalled = isCalled
      isCalled = false
      return wasCalled
    },
  }
}
