/** A host that does not answer keeps no process from ending, nor what it did from being mended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished, test } from 'vitest'
import { type Api, createApi } from '../support/api.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
/** The daemon takes 10 s to give calls up and 30 s to give itself up; a busy machine more. */
const TEST_TIMEOUT_MS = 180_000
const HOUR_MS = 600_000
const UNIT = 2 * 1024 * 1024

interface Daemon {
  readonly child: ChildProcess
  /** Resolves when it listens; rejects when it ends before. */
  readonly listening: Promise<Api>
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>
}

function directoryOfTest(): string {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-hang-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  return directory
}

function startDaemon(directory: string, rules: readonly object[]): Daemon {
  const faults = join(directory, 'faults.json')
  writeFileSync(faults, JSON.stringify({ seed: 1, rules }))
  const flags = ['--state-dir', directory, '--listen', '127.0.0.1:0', '--faults', faults]
  const child = spawn(process.execPath, [MAIN, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(([code, signal]) => [code, signal] as const)
  const listening = new Promise<Api>((resolve, reject) => {
    void ended.then(([code]) => reject(new Error(`daxd ended with ${code}`)))
    if (child.stdout === null) throw new Error('its log is piped')
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line)
      if (entry.msg !== 'listening') return
      const api = createApi(entry.url)
      onTestFinished(api.close)
      resolve(api)
    })
  })
  listening.catch(() => undefined)
  return { child, listening, ended }
}

const create = (api: Api, name: string, region: number) =>
  api.ask('post', '/v1/namespaces', {
    body: { name, region, size: 8 * UNIT },
    headers: { prefer: 'wait=300' },
  })

test.concurrent(
  'SIGTERM ends a daemon whose region hangs with 0, and what hung is mended after the next start',
  async ({ expect }) => {
    const directory = directoryOfTest()
    const slow = { operation: 'create', region: 0, when: 'before', latency_ms: HOUR_MS }
    const first = startDaemon(directory, [{ ...slow, probability: 1 }])
    const api = await first.listening
    const hanging = create(api, 'hung', 0)
    const shown = async () => (await api.ask('get', '/v1/namespaces/hung')).body.state
    await expect.poll(shown, { timeout: 30_000 }).toBe('creating')
    expect((await create(api, 'elsewhere', 1)).status).toBe(201)
    first.child.kill('SIGTERM')
    const { status, body } = await hanging
    expect([status, body.code]).toEqual([502, 'backend_timeout'])
    expect(await first.ended).toEqual([0, null])

    const next = await startDaemon(directory, []).listening
    const failed = await next.get('/v1/namespaces/hung')
    expect(failed).toMatchObject({ state: 'failed' })
    const { items } = await next.get('/v1/reconciliation')
    expect(items).toMatchObject([{ object: 'namespace/hung', actions: ['repair'] }])
    await next.act('/v1/reconciliation', { object: 'namespace/hung', action: 'repair' })
    expect(await next.get('/v1/reconciliation')).toEqual({ items: [], next: null })
    expect((await next.get('/v1/namespaces/hung')).state).toBe('active')
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'SIGTERM ends a daemon that a hung host keeps from starting, in bounded time',
  async ({ expect }) => {
    const slow = { operation: 'discover', when: 'before', probability: 1, latency_ms: HOUR_MS }
    const directory = directoryOfTest()
    const { child, ended } = startDaemon(directory, [slow])
    // It listens to signals before it takes the directory.
    const isTaken = () => existsSync(join(directory, 'daxd.pid'))
    await expect.poll(isTaken, { timeout: 30_000 }).toBe(true)
    child.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGKILL'])
  },
  TEST_TIMEOUT_MS,
)
