import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export interface Child {
  readonly pid: number
  /** The lines it has printed so far. */
  readonly lines: readonly string[]
  /** The next line it prints; rejects with what it wrote to stderr when it ends before. */
  nextLine(): Promise<string>
  /** Kills it as a power cut would; resolves when it is gone and all it printed was read. */
  kill(): Promise<void>
}

/** Starts a script of `children/` in a real process, behind `prefix` when there is one. */
export function startChild(script: string, args: readonly string[], prefix: string[] = []): Child {
  const path = fileURLToPath(new URL(`./children/${script}`, import.meta.url))
  const [command = '', ...rest] = [...prefix, process.execPath, '--expose-gc', path, ...args]
  const child: ChildProcess = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let complaint = ''
  child.stderr?.on('data', (text) => {
    complaint += String(text)
  })
  const reader = createInterface({ input: child.stdout! })
  reader.on('line', (line) => lines.push(line))
  const ended = Promise.all([once(child, 'close'), once(reader, 'close')])
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  return {
    pid: child.pid!,
    lines,
    async nextLine() {
      const line = once(reader, 'line').then(([text]) => String(text))
      const end = ended.then(() => Promise.reject(new Error(`${script} ended: ${complaint}`)))
      return Promise.race([line, end])
    },
    kill,
  }
}
