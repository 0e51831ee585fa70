import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Exit, exitOf, type LogLine, launchDaemon, spawnDaemon } from './daemon-process.ts'

/** A daxd in a process of its own, listening. */
export interface RunningDaemon {
  readonly url: string
  readonly pid: number
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
  /** What it has logged so far, one object for each line. */
  readonly log: readonly LogLine[]
}

/** A state directory that goes with the test. */
export function stateDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-crash-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  return directory
}

/** Starts a daemon and waits until it listens; it is killed when the test ends. */
export async function startDaemon(
  directory: string,
  flags: readonly string[] = [],
): Promise<RunningDaemon> {
  const { listening, pid, end, log } = launchDaemon(directory, flags)
  onTestFinished(() => void end('SIGKILL'))
  return { url: await listening, pid, end, log }
}

/** Runs a daemon that is expected to end by itself. */
export function runDaemon(directory: string, flags: readonly string[] = []): Promise<Exit> {
  const child = spawnDaemon(directory, flags)
  child.stdout?.resume()
  onTestFinished(() => void child.kill('SIGKILL'))
  return exitOf(child)
}
