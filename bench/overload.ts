/**
 * Overload: what a single caller waits beside batch clients, and what memory does under a flood.
 * `node bench/overload.ts [fair] [flood] [--seconds N] [--connections N]`, figures as JSON.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const UNIT_BYTES = 2 ** 21
const BATCH_CLIENTS = 8
const BATCH_OPERATIONS = 1000
const SAMPLE_INTERVAL_MS = 500

interface Reply {
  readonly status: number
  readonly body: string
}

interface Daemon {
  readonly url: string
  readonly child: ChildProcess
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '3000' },
  },
})
const seconds = Number(values.seconds)
const parts = positionals.length === 0 ? ['fair', 'flood'] : positionals
const directory = mkdtempSync(join(tmpdir(), 'daxd-overload-'))
const daemon = await start(directory)
try {
  const handle = await prepare(daemon.url)
  if (parts.includes('fair')) tell('fair', await fair(daemon.url, handle))
  if (parts.includes('flood')) tell('flood', await flood(daemon, handle))
} finally {
  daemon.child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
}

function tell(bench: string, figures: object): void {
  process.stdout.write(`${JSON.stringify({ bench, seconds, ...figures })}\n`)
}

async function start(stateDirectory: string): Promise<Daemon> {
  const flags = ['--state-dir', stateDirectory, '--listen', '127.0.0.1:0', '--log-level', 'info']
  const child = spawn(process.execPath, [MAIN, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('"listening"')) return
      resolve((JSON.parse(line) as { url: string }).url)
    })
  })
  return { url, child }
}

/** A device of many units and a handle on it. */
async function prepare(url: string): Promise<string> {
  const agent = new Agent()
  const body = { name: 'n', region: 0, size: 8 * 2 ** 30 }
  const made = await ask(agent, url, 'POST', '/v1/namespaces', body)
  const { chardev } = JSON.parse(made.body) as { chardev: string }
  const path = `/v1/devices/${chardev}/handles`
  const opened = await ask(agent, url, 'POST', path, { holder: 'bench' })
  return (JSON.parse(opened.body) as { id: string }).id
}

function ask(
  agent: Agent,
  url: string,
  method: string,
  path: string,
  body?: object,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers =
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const call = request(url + path, { agent, method, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      )
      answer.on('error', reject)
    })
    call.on('error', reject)
    call.end(text)
  })
}

/** The waits of one caller that maps and unmaps, alone and beside batch clients. */
async function fair(url: string, handle: string): Promise<object> {
  const alone = await single(url, handle, seconds)
  const until = Date.now() + seconds * 1000
  const clients = Array.from({ length: BATCH_CLIENTS }, () => batches(url, handle, until))
  const beside = await single(url, handle, seconds)
  const counts = await Promise.all(clients)
  const operations = counts.reduce((sum, { done }) => sum + done, 0) * BATCH_OPERATIONS
  return {
    alone,
    beside,
    batch_clients: BATCH_CLIENTS,
    batch_operations_per_s: Math.round(operations / seconds),
    batches_refused: counts.reduce((sum, { refused }) => sum + refused, 0),
  }
}

async function single(url: string, handle: string, duration: number): Promise<object> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const waits: number[] = []
  const until = Date.now() + duration * 1000
  let refused = 0
  while (Date.now() < until) {
    const begun = performance.now()
    const made = await ask(agent, url, 'POST', '/v1/mappings', { handle, length: UNIT_BYTES })
    waits.push(performance.now() - begun)
    if (made.status !== 201) {
      refused += 1
      continue
    }
    const { id } = JSON.parse(made.body) as { id: string }
    await ask(agent, url, 'DELETE', `/v1/mappings/${id}`)
  }
  agent.destroy()
  waits.sort((left, right) => left - right)
  const at = (share: number) => Math.round((waits[Math.floor(waits.length * share)] ?? 0) * 10) / 10
  return { calls: waits.length, refused, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(0.99999) }
}

/** Batches of half maps, half unmaps of the same, one after the other. */
async function batches(
  url: string,
  handle: string,
  until: number,
): Promise<{ done: number; refused: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const operations = Array.from({ length: BATCH_OPERATIONS / 2 }, (_, index) => [
    { op: 'map', handle, length: UNIT_BYTES },
    { op: 'unmap', id: `#${2 * index}` },
  ]).flat()
  let done = 0
  let refused = 0
  while (Date.now() < until) {
    const { status } = await ask(agent, url, 'POST', '/v1/batch', { operations })
    if (status === 200) done += 1
    else refused += 1
  }
  agent.destroy()
  return { done, refused }
}

/** Many more connections than can be served, each asking again at once. */
async function flood({ url, child }: Daemon, handle: string): Promise<object> {
  const connections = Number(values.connections)
  const before = residentMiB(child)
  const samples: number[] = []
  const timer = setInterval(() => samples.push(residentMiB(child)), SAMPLE_INTERVAL_MS)
  const until = Date.now() + seconds * 1000
  const statuses: Record<string, number> = {}
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (Date.now() < until) {
        const body = { handle, length: UNIT_BYTES }
        const made = await ask(agent, url, 'POST', '/v1/mappings', body).catch(() => null)
        const status = String(made?.status ?? 'cut')
        statuses[status] = (statuses[status] ?? 0) + 1
        if (made?.status !== 201) continue
        const { id } = JSON.parse(made.body) as { id: string }
        await ask(agent, url, 'DELETE', `/v1/mappings/${id}`).catch(() => null)
      }
    }),
  )
  clearInterval(timer)
  agent.destroy()
  const half = samples.slice(Math.floor(samples.length / 2))
  return {
    connections,
    answers: statuses,
    resident_mib: {
      before,
      at_half_time: samples[Math.floor(samples.length / 2)],
      highest_of_second_half: Math.max(...half),
      last: samples.at(-1),
    },
  }
}

function residentMiB({ pid }: ChildProcess): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(match?.[1] ?? 0) / 1024)
}
