import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ProbeReport } from '../servers/probe.ts'
import { cpuTimeOf } from './cpu-time.ts'
import { end, type ServerProcess } from './server-process.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const PROBE = new URL('../servers/probe.ts', import.meta.url).href
const COLLECTOR = new URL('../servers/garbage-collector.ts', import.meta.url).href
/** A start that is slow is a figure; only one that seems never to end is a failure. */
const START_TIMEOUT_MS = 600_000
const LOOK_AGAIN_MS = 5

export interface DaxdOptions {
  /** Its state directory goes below it, and its log. */
  readonly directory: string
  readonly topology: string
  /** Loads the probe and stalls every commit by so much. */
  readonly commitStallMs?: number
  /** Loads what lets the benchmark ask for a collection of garbage. */
  readonly collectsGarbage?: boolean
}

/** daxd as its users start it: its own process, the default log level, the log in a file. */
export interface DaxdProcess extends ServerProcess {
  readonly pid: number
  /** From the start of the process until `/readyz` said yes. */
  readonly readyMs: number
  /** CPU that it had used by then, all threads. */
  readonly readyCpuMs: number
  /** What the probe saw since it was last asked. */
  probe(): Promise<ProbeReport>
  /** Has all garbage collected: what is in use after it is really held. */
  collectGarbage(): Promise<void>
  kill(): Promise<void>
}

/** Starts daxd on a free port. @throws Error with its log when it ends, or is not ready in time. */
export async function startDaxd(options: DaxdOptions): Promise<DaxdProcess> {
  const began = performance.now()
  const log = join(options.directory, 'daxd.log')
  const child = spawnDaxd(options, log)
  const url = await listening(child, log, began)
  await ready(url, began)
  const readyMs = performance.now() - began
  const { pid } = child
  if (pid === undefined) throw new Error('a process that listens has an id')
  return {
    port: Number(new URL(url).port),
    pid,
    readyMs,
    readyCpuMs: cpuTimeOf([pid]).allUs / 1000,
    pids: () => [pid],
    probe: async () => (await ask(child, 'report')) as ProbeReport,
    collectGarbage: async () => void (await ask(child, 'collect')),
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

/** Asks what was loaded before daxd. */
async function ask(child: ChildProcess, question: string): Promise<unknown> {
  const answer = once(child, 'message')
  child.send(question)
  const [told] = await answer
  return told
}

function spawnDaxd(options: DaxdOptions, log: string): ChildProcess {
  const { directory, topology, commitStallMs, collectsGarbage = false } = options
  mkdirSync(directory, { recursive: true })
  const output = openSync(log, 'w')
  const state = join(directory, 'state')
  const loaded = [
    ...(commitStallMs === undefined ? [] : [PROBE]),
    ...(collectsGarbage ? [COLLECTOR] : []),
  ]
  const preload = loaded.flatMap((module) => ['--import', module])
  const flags = ['--state-dir', state, '--listen', '127.0.0.1:0', '--topology', topology]
  const child = spawn(process.execPath, [...preload, MAIN, 'serve', ...flags], {
    stdio: ['ignore', output, output, loaded.length === 0 ? 'ignore' : 'ipc'],
    env: { ...process.env, DAXD_BENCH_COMMIT_STALL_MS: String(commitStallMs ?? 0) },
  })
  closeSync(output)
  return child
}

async function listening(child: ChildProcess, log: string, began: number): Promise<string> {
  for (;;) {
    const [, url] = /"url":"([^"]+)".*"msg":"listening"/.exec(readFileSync(log, 'utf8')) ?? []
    if (url !== undefined) return url
    const isGone = child.exitCode !== null || child.signalCode !== null
    if (isGone || performance.now() - began > START_TIMEOUT_MS) {
      child.kill('SIGKILL')
      throw new Error(`daxd does not start: ${readFileSync(log, 'utf8')}`)
    }
    await setTimeout(LOOK_AGAIN_MS)
  }
}

async function ready(url: string, began: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`)
    await answer.text()
    if (answer.ok) return
    if (performance.now() - began > START_TIMEOUT_MS) throw new Error('daxd does not get ready')
    await setTimeout(LOOK_AGAIN_MS)
  }
}
