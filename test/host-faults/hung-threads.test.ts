/**
 * Reads that really hang, each in a thread of the process: records of the emulated host are pipes
 * that nobody writes to. Node alone has four threads for all that it reads.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createApi } from '../support/api.ts'

const MAIN = resolve(import.meta.dirname, '../../src/main.ts')
const HUNG_READS = 12
const DEADLINE_MS = 30_000

async function startProcess(directory: string) {
  const flags = ['--state-dir', directory, '--listen', '127.0.0.1:0']
  const child = spawn(process.execPath, [MAIN, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Set to nothing, as an empty line of a unit file does; libuv alone would take it for one.
    env: { ...process.env, UV_THREADPOOL_SIZE: '' },
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line)
    if (msg === 'listening') return { pid: Number(child.pid), api: createApi(url) }
  }
  throw new Error('daxd has ended')
}

/** What the threads of a process sleep in, as the kernel names its functions. */
function sleepers(pid: number): string[] {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).map((id) => readFileSync(join(tasks, id, 'wchan'), 'utf8'))
}

test('a region whose reads hang leaves threads for what is asked of another one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-hung-'))
  const { pid, api } = await startProcess(directory)
  const { chardev } = await api.make('/v1/namespaces', { name: 'well', region: 0, size: 2 ** 26 })
  for (let at = 0; at < HUNG_READS; at += 1) {
    await api.make('/v1/namespaces', { name: `hung-${at}`, region: 1, size: 2 ** 26 })
  }
  const host = join(directory, 'host')
  const records = readdirSync(host).filter((name) => name.startsWith('dax1.'))
  for (const name of records) {
    rmSync(join(host, name))
    execFileSync('mkfifo', [join(host, name)])
  }
  const hung = api.ask('post', '/v1/namespaces', { body: { name: 'x', region: 1, size: 2 ** 26 } })
  hung.catch(() => undefined)
  const waiting = () => sleepers(pid).filter((place) => place === 'wait_for_partner').length
  await vi.waitFor(() => expect(waiting()).toBe(records.length), { timeout: DEADLINE_MS })
  expect(records.length).toBeGreaterThanOrEqual(HUNG_READS)
  expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({ state: 'enabled' })
  const disabled = await api.ask('post', `/v1/devices/${chardev}/disable`, { body: {} })
  expect(disabled.status).toBe(200)
  expect(waiting()).toBe(records.length)
}, 60_000)
