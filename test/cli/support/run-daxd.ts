import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const MAIN = join(import.meta.dirname, '../../../src/main.ts')

/** How a call of the command line went. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Nothing of the machine that the tests run on may say where a daemon is. */
const BARE: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
  NO_COLOR: '1',
}

/** A command line of `daxd` as its own process, against the daemon at `url`. */
export function cliAt(url: string, env: Readonly<Record<string, string>> = {}) {
  return (...args: readonly string[]): Promise<Ran> =>
    finish(spawnDaxd(args, { DAXD_URL: url, ...env }))
}

/** `daxd` as its own process, with nothing in its environment but what is given. */
export function spawnDaxd(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...BARE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/**
 * `daxd` in a pseudo-terminal of this many columns, whose both streams come as one, by script(1).
 * Keys that are typed go to `input`.
 */
export function spawnInTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  columns = 80,
): ChildProcess {
  const quoted = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')
  const command = `stty cols ${columns}; exec ${quoted}`
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    env: { ...BARE, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Its end, and everything that it has said. */
export async function finish(child: ChildProcess): Promise<Ran> {
  const told = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      told[name] += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...told }
}

/** Waits until what a process says has a text in it; it may go on. */
export function untilSaid(
  child: ChildProcess,
  name: 'stdout' | 'stderr',
  text: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (chunk: Buffer | string): void => {
      said += String(chunk)
      if (!said.includes(text)) return
      child[name]?.removeListener('data', listen)
      resolve(said)
    }
    child[name]?.on('data', listen)
    child.once('close', () => reject(new Error(`it has ended without ${text}: ${said}`)))
  })
}
