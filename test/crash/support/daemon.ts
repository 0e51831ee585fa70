import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

/** A daxd in a process of its own, listening. */
export interface RunningDaemon {
  readonly url: string
  readonly pid: number
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
  /** What it has logged so far, one object for each line. */
  readonly log: readonly { readonly msg: string; readonly level: number }[]
}

/** A state directory that goes with the test. */
export function stateDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-crash-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  return directory
}

function spawnDaemon(directory: string, flags: readonly string[]): ChildProcess {
  const args = [MAIN, 'serve', '--state-dir', directory, '--listen', '127.0.0.1:0', ...flags]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

function exitOf(child: ChildProcess): Promise<Exit> {
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += String(text)
  })
  return once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
}

/** Starts a daemon and waits until it listens; it is killed when the test ends. */
export async function startDaemon(
  directory: string,
  flags: readonly string[] = [],
): Promise<RunningDaemon> {
  const child = spawnDaemon(directory, ['--log-level', 'info', ...flags])
  const exit = exitOf(child)
  const log: { msg: string; level: number; url?: string }[] = []
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const entry = JSON.parse(line) as { msg: string; level: number; url?: string }
      log.push(entry)
      if (entry.msg === 'listening' && entry.url !== undefined) resolve(entry.url)
    })
    void exit.then(({ code, stderr }) => reject(new Error(`daxd ended with ${code}: ${stderr}`)))
  })
  const end = (signal: NodeJS.Signals): Promise<Exit> => {
    child.kill(signal)
    return exit
  }
  onTestFinished(() => void end('SIGKILL'))
  return { url: await url, pid: child.pid!, end, log }
}

/** Runs a daemon that is expected to end by itself. */
export function runDaemon(directory: string, flags: readonly string[] = []): Promise<Exit> {
  const child = spawnDaemon(directory, flags)
  child.stdout?.resume()
  onTestFinished(() => void child.kill('SIGKILL'))
  return exitOf(child)
}
