import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

export interface LogLine {
  readonly msg: string
  readonly level: number
  readonly url?: string
}

/** A daxd in a process of its own, which may not listen yet. */
export interface DaemonProcess {
  readonly pid: number
  /** Where it listens; rejects when it ends before it does. */
  readonly listening: Promise<string>
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
  /** What it has logged so far, one object for each line. */
  readonly log: readonly LogLine[]
}

/** Starts the process; nothing is awaited. */
export function spawnDaemon(directory: string, flags: readonly string[]): ChildProcess {
  const args = [MAIN, 'serve', '--state-dir', directory, '--listen', '127.0.0.1:0', ...flags]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

export function exitOf(child: ChildProcess): Promise<Exit> {
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += String(text)
  })
  return once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
}

/** Starts a daemon and follows its log. */
export function launchDaemon(directory: string, flags: readonly string[] = []): DaemonProcess {
  const child = spawnDaemon(directory, ['--log-level', 'info', ...flags])
  const exit = exitOf(child)
  // Whoever started it may be ended first.
  const endWithParent = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithParent)
  void exit.then(() => process.off('exit', endWithParent))
  const log: LogLine[] = []
  const listening = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const entry = parse(line)
      if (entry === null) return
      log.push(entry)
      if (entry.msg === 'listening' && entry.url !== undefined) resolve(entry.url)
    })
    void exit.then(({ code, stderr }) => reject(new Error(`daxd ended with ${code}: ${stderr}`)))
  })
  // One that is killed on purpose while it starts has nobody who waits for it to listen.
  listening.catch(() => undefined)
  return {
    pid: child.pid!,
    listening,
    end(signal) {
      child.kill(signal)
      return exit
    },
    log,
  }
}

/** A killed process may leave half a line. */
function parse(line: string): LogLine | null {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return null
  }
}
