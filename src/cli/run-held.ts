import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** A command could not be started: as env(1) and timeout(1) say it. */
const EXIT_NOT_EXECUTABLE = 126
const EXIT_NOT_FOUND = 127
/** A command that a signal has ended: as shells say it. */
const EXIT_SIGNALLED = 128
/** After it was asked to end, a command has this long until SIGKILL. */
const KILL_AFTER_MS = 10_000

/** Signals that are meant for the command, not for us. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const

/** A command that holds something while it runs. */
export interface HeldCommand {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends the command when what it holds is lost. */
  readonly lost: AbortSignal
  readonly say: (text: string) => void
}

/**
 * Runs a command in this terminal and answers its exit code. Signals are passed on to it; those of
 * the terminal it has had itself already, and we only outlive it, to give back what it held.
 */
export function runHeld({ argv, env, lost, say }: HeldCommand): Promise<number> {
  const [program = '', ...args] = argv
  return new Promise((resolve) => {
    const pass = (signal: NodeJS.Signals): void => {
      const isTerminals = signal === 'SIGINT' || signal === 'SIGQUIT'
      if (!(isTerminals && process.stdin.isTTY)) child.kill(signal)
    }
    // Before it starts: it may run, and we be asked to end, before spawn(2) has returned to us.
    for (const signal of PASSED_ON) process.on(signal, pass)
    const child = spawn(program, args, { stdio: 'inherit', env: { ...env } })
    let killer: NodeJS.Timeout | null = null
    const onLost = (): void => {
      child.kill('SIGTERM')
      killer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    }
    lost.addEventListener('abort', onLost, { once: true })
    const finish = (code: number): void => {
      if (killer !== null) clearTimeout(killer)
      lost.removeEventListener('abort', onLost)
      for (const signal of PASSED_ON) process.removeListener(signal, pass)
      resolve(code)
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      say(`daxd: ${program}: ${error.message}`)
      finish(error.code === 'ENOENT' ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE)
    })
    child.once('exit', (code, signal) => {
      finish(code ?? EXIT_SIGNALLED + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
