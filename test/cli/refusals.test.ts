/** What is said of a refusal, and with which number a command ends. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { EXIT, type ExitClass, exitClassOf } from '../../src/cli/exit-codes.ts'
import { CODES, type Errno, STATUS_BY_ERRNO } from '../../src/core/error-codes.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt } from './support/run-daxd.ts'

test('every code that the service answers has a class of its own number, none that of success', () => {
  const rows = Object.values(CODES) as { errno: Errno | null; status?: number }[]
  const ends = rows.map(({ errno, status }) =>
    exitClassOf({
      status: status ?? (errno === null ? 0 : STATUS_BY_ERRNO[errno]),
      ...(errno === null ? {} : { errno }),
    }),
  )
  const unfit: readonly ExitClass[] = ['done', 'no', 'unreachable', 'interrupted']
  expect(ends.filter((end) => unfit.includes(end))).toEqual([])
  const codes = Object.values(EXIT).map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
})

test('a refusal names its numbers and what would do, and a command goes on after it', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  const [misaligned, full, unknown, many] = await Promise.all([
    daxd('create-device', '-r', '0', '-s', '3m'),
    daxd('create-device', '-r', '0', '-s', '99g'),
    daxd('enable-device', 'dax0.77'),
    daxd('disable-device', 'dax0.77', 'dax0.0'),
  ])
  expect(misaligned.code).toBe(3)
  expect(misaligned.stderr).toMatch(/region 0: 3 MiB.*2 MiB.*\[EINVAL misaligned_size\]/)
  expect(misaligned.stderr).toContain('  try: --size 4194304\ncreated 0 devices\n')
  expect(full.code).toBe(6)
  expect(full.stderr).toContain('  available: 16 GiB (17179869184 bytes)\n')
  expect(full.stderr).toContain('  in one piece: at most 16 GiB (17179869184 bytes)\n')
  expect(unknown).toEqual({
    ...{ code: 4, stdout: '' },
    stderr: 'daxd: dax0.77: There is no such device.\nenabled 0 devices\n',
  })
  expect(many).toMatchObject({ code: 4, stderr: expect.stringMatching(/disabled 1 device\n$/) })
})

test('who keeps a device busy is named, and how to wait for them or take it', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  const handle = JSON.parse((await daxd('open', 'dax0.0', '--holder', 'job-7')).stdout)
  await daxd('map', '-l', '4m', handle.id)
  const busy = await daxd('disable-device', 'dax0.0')
  expect(busy.code).toBe(5)
  expect(busy.stderr).toContain(`  held by handle ${handle.id} of job-7 on dax0.0 generation 1\n`)
  expect(busy.stderr).toMatch(/held by mapping m-\w+ of job-7 .* at 0x0, 4 MiB \(4194304 bytes\)\n/)
  expect(busy.stderr).toContain('--if-busy drain')
  const forced = await daxd('destroy-device', '-f', 'dax0.0')
  expect(forced).toMatchObject({ code: 5, stderr: expect.stringContaining('job-7') })
  const asked = await daxd('disable-device', 'dax0.0', '--json')
  expect(JSON.parse(asked.stderr.replace(/disabled.*\n$/, ''))).toMatchObject({
    ...{ errno: 'EBUSY', code: 'busy', status: 409 },
    holders: [{ holder: 'job-7' }, { holder: 'job-7' }],
  })
  const late = await daxd('disable-device', '--if-busy', 'drain', '--timeout', '1s', 'dax0.0')
  expect(late).toMatchObject({ code: 5, stderr: expect.stringContaining('ETIMEDOUT') })
  const revoked = await daxd('disable-device', '--if-busy', 'revoke', 'dax0.0')
  expect(revoked).toEqual({
    ...{ code: 0, stdout: '' },
    stderr: 'dax0.0: 1 mapping revoked, no process had it\ndisabled 1 device\n',
  })
  expect((await daxd('open', 'dax0.0')).code).toBe(12)
})

test('what is malformed is refused before anybody is asked, and says what was meant', async () => {
  const daxd = cliAt('http://127.0.0.1:1')
  const calls = {
    fraction: ['create-device', '-s', '1.5G'],
    decimal: ['claim', 'web', '-s', '4GB'],
    negative: ['create-device', '-s', '-1'],
    ttl: ['claim', 'web', '-s', '4m', '--ttl', 'soon'],
    fsdax: ['create-namespace', '-m', 'fsdax', '-r', '1'],
    movable: ['online-memory', '--no-movable', 'dax0.0'],
    config: ['reconfigure-device', '-C', 'all'],
    neither: ['reconfigure-device', 'dax0.0'],
    both: ['reconfigure-device', '-m', 'devdax', '-s', '4m', 'dax0.0'],
    nothing: ['enable-device'],
    unknown: ['list', '--nope'],
    command: ['frobnicate'],
  }
  const ran = await Promise.all(Object.values(calls).map((args) => daxd(...args)))
  const told = Object.fromEntries(Object.keys(calls).map((name, at) => [name, ran[at]]))
  expect(ran.map(({ code, stdout }) => [code, stdout])).toEqual(ran.map(() => [2, '']))
  expect(told['fraction']?.stderr).toContain('1536MiB?')
  expect(told['decimal']?.stderr).toContain('4GiB?')
  expect(told['fsdax']?.stderr).toContain('devdax or system-ram')
  expect(told['movable']?.stderr).toContain('movable only')
  expect(told['config']?.stderr).toContain('daxctl.conf')
})

test('a daemon that is not there ends with 9, one that asks who it is with 8', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-cli-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const away = await cliAt('http://127.0.0.1:1')('list')
  expect(away).toMatchObject({ code: 9, stdout: '' })
  expect(away.stderr).toMatch(/^daxd: No answer: .*ECONNREFUSED.*\n {2}try: .*daxd serve/)
  const socket = await cliAt('')('list', '--socket', join(directory, 'none.sock'))
  expect(socket).toMatchObject({ code: 9, stderr: expect.stringContaining('ENOENT') })
  const { url, directory: state } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('token', 'create', '--state-dir', state, '--name', 'a', '--role', 'viewer')
  await expect.poll(async () => (await daxd('list')).code, { timeout: 20_000 }).toBe(8)
  expect((await daxd('whoami')).stderr).toContain('  try: --token-file FILE')
})

test('what answers there and is no daxd is told apart from a refusal', async () => {
  const server = createServer((_request, answer) => answer.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const { code, stdout } = await cliAt(`http://127.0.0.1:${port}`)('whoami')
  expect({ code, stdout }).toEqual({ code: 9, stdout: '' })
})
