import { type ChildProcess, spawn } from 'node:child_process'
import { NODE_FLAGS } from './node-flags.ts'

const LOG_CHARACTERS_MAX = 2 ** 20
const COMMON = ['--listen', '0.0.0.0:8080', '--insecure-no-auth', '--insecure-no-tls']

/** The daxd under test: one at a time, started and ended as the host's tests say. */
export interface DaxdKeeper {
  start(args: readonly string[]): void
  /** Ends it with a signal and waits for its end; nothing running is a success. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | string | null }>
  status(): { running: boolean; code: number | string | null }
  /** What it said since its last start. */
  log(): string
}

export function createDaxdKeeper(): DaxdKeeper {
  let child: ChildProcess | null = null
  let ended: Promise<void> = Promise.resolve()
  let code: number | string | null = null
  let log = ''

  return {
    start(args) {
      if (child !== null) throw new Error('daxd is running already')
      log = ''
      code = null
      const started = spawn('node', [...NODE_FLAGS, 'src/main.ts', 'serve', ...COMMON, ...args], {
        cwd: '/app',
      })
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          log = (log + text).slice(-LOG_CHARACTERS_MAX)
        })
      }
      child = started
      ended = new Promise((resolve) => {
        started.on('close', (status, signal) => {
          child = null
          code = status ?? signal
          resolve()
        })
      })
    },
    async stop(signal) {
      child?.kill(signal)
      await ended
      return { code }
    },
    status: () => ({ running: child !== null, code }),
    log: () => log,
  }
}
