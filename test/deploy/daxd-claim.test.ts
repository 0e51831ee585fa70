/** deploy/bin/daxd-claim against a live daxd: what units and jobs call. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'
import { runProgram } from './run-program.ts'

const CLAIM = resolve(import.meta.dirname, '../../deploy/bin/daxd-claim')
const MAIN = resolve(import.meta.dirname, '../../src/main.ts')
const MIB = 2 ** 20
const NOBODY = 65534
const PAUSE_MS = 50

const directory = mkdtempSync(join(tmpdir(), 'daxd-claim-'))
const file = join(directory, 'memory.env')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const take = (daemon: TestDaemon, size: string, settings = {}) =>
  runProgram([CLAIM, 'take', 'c', 'me', size, file], { DAXD: daemon.url, ...settings })
const release = (daemon: TestDaemon, settings = {}) =>
  runProgram([CLAIM, 'release', 'c', file], { DAXD: daemon.url, ...settings })
const fine = { status: 0, stdout: '', stderr: '' }

test('taking again finds the same memory, and another size under the name is refused', async () => {
  const daemon = await startTestDaemon()
  expect(await take(daemon, '64MiB')).toEqual(fine)
  const first = readFileSync(file, 'utf8')
  expect(await take(daemon, '64MiB')).toEqual(fine)
  expect(readFileSync(file, 'utf8')).toBe(first)
  const other = await take(daemon, '32MiB')
  expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('(name_taken)')])
  expect(readFileSync(file, 'utf8')).toBe(first)
  expect(await release(daemon)).toEqual(fine)
  expect(existsSync(file)).toBe(false)
})

test('share, selector and wipe reach daxd', async () => {
  const daemon = await startTestDaemon()
  await daemon.ok('patch', '/v1/regions/1', 200, { body: { shares: { slurm: '1GiB' } } })
  const selector = JSON.stringify({ persistence: 'persistent' })
  const settings = { DAXD_SHARE: 'slurm', DAXD_SELECTOR: selector, DAXD_WIPE: 'none' }
  expect(await take(daemon, '64MiB', settings)).toEqual(fine)
  const claim = await daemon.get('/v1/claims/c')
  expect([claim.share, claim.wipe, claim.length >= 64 * MIB]).toEqual(['slurm', 'none', true])
  const { region } = await daemon.get(`/v1/namespaces/${claim.namespace}`)
  expect(region).toBe(1)
})

test('release waits for a process that is still about to go', async () => {
  const daemon = await startTestDaemon()
  await take(daemon, '64MiB')
  const { path } = await daemon.get('/v1/claims/c')
  const holder = spawn('sh', ['-c', `exec 3<>'${path}'; echo; exec sleep 600`])
  onTestFinished(() => void holder.kill('SIGKILL'))
  await new Promise((heard) => holder.stdout.once('data', heard))
  const releasing = release(daemon)
  await sleep(20 * PAUSE_MS)
  expect((await daemon.get('/v1/claims/c')).state).toBe('active')
  holder.kill('SIGKILL')
  expect(await releasing).toEqual(fine)
  expect((await daemon.get('/v1/claims')).items).toEqual([])
})

const isRoot = process.getuid?.() === 0
test.skipIf(!isRoot)('the node is the owner’s only while the claim is (as root)', async () => {
  const daemon = await startTestDaemon()
  const settings = { DAXD_OWNER: `${NOBODY}:${NOBODY}` }
  expect(await take(daemon, '64MiB', settings)).toEqual(fine)
  const { path } = await daemon.get('/v1/claims/c')
  expect([statSync(path).uid, statSync(path).gid]).toEqual([NOBODY, NOBODY])
  expect(await release(daemon, settings)).toEqual(fine)
  expect(await release(daemon, settings)).toEqual(fine)
})

test('without daxd there is one sentence', async () => {
  const socket = `unix:${join(directory, 'nobody.sock')}`
  const { status, stderr } = await runProgram([CLAIM, 'take', 'c', 'me', '1g', file], {
    DAXD: socket,
  })
  expect([status, stderr.trim().split('\n').at(-1)]).toEqual([
    1,
    `daxd-claim: no answer from ${socket}`,
  ])
})

test('a token file opens a daxd that asks for a token, by a unix socket, too', async () => {
  const token = join(directory, 'token')
  const socket = join(directory, 'daxd.sock')
  writeFileSync(token, 'a-token-for-daxd-claim\n')
  const state = join(directory, 'state')
  const flags = ['serve', '--state-dir', state, '--token-file', token, '--listen', `unix:${socket}`]
  const daxd = spawn('node', [MAIN, ...flags], { stdio: 'ignore' })
  onTestFinished(async () => {
    const ended = new Promise((end) => daxd.once('exit', end))
    daxd.kill()
    await ended
  })
  while (!existsSync(socket) && daxd.exitCode === null) await sleep(PAUSE_MS)
  const run = (settings: Record<string, string>, ...args: readonly string[]) =>
    runProgram([CLAIM, ...args], { DAXD: `unix:${socket}`, ...settings })
  const refused = await run({}, 'take', 'c', 'me', '64MiB', file)
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('unauthorized')])
  expect(await run({ DAXD_TOKEN_FILE: token }, 'take', 'c', 'me', '64MiB', file)).toEqual(fine)
  expect(await run({ DAXD_TOKEN_FILE: token }, 'release', 'c', file)).toEqual(fine)
})
