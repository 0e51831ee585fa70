import type { Log } from '../ports/log.ts'

/** Work that is done now and again until it is stopped. */
export interface KeptDoing {
  /** Nothing runs any more when this resolves. Safe to repeat. */
  stop(): Promise<void>
}

/** Does `work` at once and then `intervalMs` after each end, whatever came of it. */
export function keepDoing(
  what: string,
  intervalMs: number,
  log: Log,
  work: () => Promise<void>,
): KeptDoing {
  let timer: NodeJS.Timeout | null = null
  let isStopped = false
  const once = async (): Promise<void> => {
    try {
      await work()
    } catch (err) {
      log.warn({ err, what }, 'it failed and is tried again')
    }
    if (!isStopped) timer = setTimeout(run, intervalMs)
  }
  let running = once()
  function run(): void {
    running = once()
  }
  return {
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}
