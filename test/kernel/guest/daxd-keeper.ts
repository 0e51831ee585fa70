import { type ChildProcess, spawn } from 'node:child_process'
import { NODE_FLAGS } from './node-flags.ts'

const LOG_CHARACTERS_MAX = 2 ** 20
/**
 * Node itself crashes now and then in an emulated machine, mostly while it loads code; daxd has no
 * code that could. It is started again, and the console tells it.
 */
const CRASHES_MAX = 2
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

  function launch(args: readonly string[], crashes: number): void {
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
        const isCrash = signal === 'SIGSEGV' && crashes < CRASHES_MAX
        if (isCrash) {
          console.error('daxd keeper: node crashed (SIGSEGV) under emulation; started again')
          launch(args, crashes + 1)
        }
        resolve()
      })
    })
  }

  return {
    start(args) {
      if (child !== null) throw new Error('daxd is running already')
      log = ''
      code = null
      launch(args, 0)
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
