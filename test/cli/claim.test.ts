/** Memory in one step, and for as long as a command runs. */
import { expect, test } from 'vitest'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt, finish, spawnDaxd, untilSaid } from './support/run-daxd.ts'

const MIB = 2 ** 20
const NOTHING_LEFT_TIMEOUT_MS = 30_000

test('a claim is planned without a trace, made once, and released with all it has', async () => {
  const { url, get } = await startTestDaemon()
  const daxd = cliAt(url)
  const planned = JSON.parse((await daxd('plan', 'claim', 'web', '-s', '5m')).stdout)
  expect(planned).toMatchObject({ name: 'web', size: 5 * MIB, length: 6 * MIB, mapping: null })
  expect((await get('/v1/claims')).items).toEqual([])
  const claim = JSON.parse((await daxd('claim', 'web', '-s', '5m')).stdout)
  expect(claim).toMatchObject({ name: 'web', state: 'active', length: 6 * MIB, chardev: 'dax0.0' })
  expect(JSON.parse((await daxd('claim', 'web', '-s', '5m')).stdout)).toEqual(claim)
  expect(await daxd('claim', 'web', '-s', '9m')).toMatchObject({ code: 7, stdout: '' })
  expect(JSON.parse((await daxd('claims')).stdout)).toEqual([claim])
  expect(await daxd('release', 'web')).toEqual({
    ...{ code: 0, stdout: '', stderr: 'released 1 claim\n' },
  })
  expect((await get('/v1/namespaces')).items).toEqual([])
  expect((await daxd('release', 'web')).code).toBe(4)
})

test('a slice comes from a pool, and without one is refused with how to make it', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  const none = await daxd('claim', 'part', '-s', '4m', '--slice')
  expect(none).toMatchObject({ code: 6, stderr: expect.stringContaining('--pool') })
  await daxd('create-namespace', '-r', '0', '-s', '64m', '-n', 'shared', '--pool')
  const part = await daxd('claim', 'part', '--pool', 'shared', '-s', '4m', '--ttl', '1h')
  expect(JSON.parse(part.stdout)).toMatchObject({ sharing: 'slice', namespace: 'shared' })
})

test('a command runs with memory, is told where it is, and gives it back with its end', async () => {
  const { url, get } = await startTestDaemon()
  const script = 'echo $DAX_DEVICE $DAX_OFFSET $DAX_LENGTH $DAX_ALIGN; test -e "$DAX_PATH"; exit 7'
  const ran = await cliAt(url)('claim', '-s', '3m', '--', 'sh', '-ec', script)
  expect(ran).toEqual({ code: 7, stdout: `dax0.0 0 ${4 * MIB} ${2 * MIB}\n`, stderr: '' })
  expect((await get('/v1/claims')).items).toEqual([])
  expect((await get('/v1/leases')).items).toEqual([])
})

test('the end of a command without memory, or that cannot be started, is told as env(1) does', async () => {
  const { url, get } = await startTestDaemon()
  const daxd = cliAt(url)
  const [full, absent, forbidden] = await Promise.all([
    daxd('claim', '-s', '99g', '--', 'true'),
    daxd('claim', '-s', '2m', '--', '/nonexistent/command'),
    daxd('claim', '-s', '2m', '--', import.meta.filename),
  ])
  expect([full?.code, absent?.code, forbidden?.code]).toEqual([125, 127, 126])
  expect(full?.stderr).toContain('ENOSPC')
  expect((await get('/v1/claims')).items).toEqual([])
})

test('a signal goes to the command, and the memory is given back all the same', async () => {
  const { url, get } = await startTestDaemon()
  const argv = ['claim', 'held', '-s', '2m', '--', 'sh', '-c', 'echo ready; exec sleep 600']
  const child = spawnDaxd(argv, { DAXD_URL: url })
  await untilSaid(child, 'stdout', 'ready')
  expect((await get('/v1/claims')).items).toHaveLength(1)
  const ended = finish(child)
  child.kill('SIGTERM')
  expect((await ended).code).toBe(128 + 15)
  expect((await get('/v1/claims')).items).toEqual([])
})

test("a command whose lease is taken away is ended, for the memory may be another's", async () => {
  const { url, get, remove } = await startTestDaemon()
  const argv = ['claim', 'held', '-s', '2m', '--ttl', '3s', '--', 'sh', '-c']
  const child = spawnDaxd([...argv, 'echo ready; exec sleep 600'], { DAXD_URL: url })
  await untilSaid(child, 'stdout', 'ready')
  const ended = finish(child)
  await remove('/v1/claims/held')
  const { code, stderr } = await ended
  expect(code).toBe(128 + 15)
  expect(stderr).toContain('daxd: held: the lease is lost')
  expect((await get('/v1/claims')).items).toEqual([])
})

test('memory of a command line that was killed comes back when its lease ends', async () => {
  const { url, get } = await startTestDaemon()
  const argv = ['claim', 'held', '-s', '2m', '--ttl', '1s', '--', 'sh', '-c', 'echo ready; read x']
  const child = spawnDaxd(argv, { DAXD_URL: url })
  await untilSaid(child, 'stdout', 'ready')
  child.kill('SIGKILL')
  const left = async () => (await get('/v1/claims')).items
  await expect.poll(left, { timeout: NOTHING_LEFT_TIMEOUT_MS }).toEqual([])
})

test('a lease is kept alive while its command runs, and what lives under it ends with it', async () => {
  const { url, get } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  const main = process.argv[1] === undefined ? '' : `${import.meta.dirname}/../../src/main.ts`
  const script =
    `"${process.execPath}" "${main}" open dax0.0 --lease "$DAXD_LEASE" --holder job; ` +
    'sleep 3; echo token $DAXD_FENCING_TOKEN'
  const ran = await daxd('lease', 'job', '--ttl', '1s', '--', 'sh', '-c', script)
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/token \d+\n$/) })
  expect((await get('/v1/handles')).items).toEqual([])
  expect((await get('/v1/leases')).items).toEqual([])
})

test('without a command a lease is kept until Ctrl-C, which deletes it and what lives under it', async () => {
  const { url, get } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  const child = spawnDaxd(['lease', 'job', '--ttl', '3s'], { DAXD_URL: url })
  const lease = JSON.parse(await untilSaid(child, 'stdout', '}\n'))
  expect(lease).toMatchObject({ holder: 'job', ttl_ms: 3000 })
  await daxd('open', 'dax0.0', '--lease', lease.id, '--holder', 'job')
  const expiry = async () => (await get(`/v1/leases/${lease.id}`)).expires_at
  await expect.poll(expiry, { timeout: 30_000 }).not.toBe(lease.expires_at)
  expect((await get('/v1/handles')).items).toMatchObject([{ lease: lease.id }])
  const ended = finish(child)
  child.kill('SIGINT')
  expect(await ended).toEqual({ code: 0, stdout: '', stderr: '' })
  expect((await get('/v1/leases')).items).toEqual([])
  expect((await get('/v1/handles')).items).toEqual([])
})

test('a lease that somebody else deletes ends the waiting for Ctrl-C, with the code of its loss', async () => {
  const { url, remove } = await startTestDaemon()
  const child = spawnDaxd(['lease', 'job', '--ttl', '3s'], { DAXD_URL: url })
  const { id } = JSON.parse(await untilSaid(child, 'stdout', '}\n'))
  const ended = finish(child)
  await remove(`/v1/leases/${id}`)
  const { code, stderr } = await ended
  expect({ code, stderr }).toEqual({
    code: 11,
    stderr: expect.stringContaining(`lease ${id} is lost`),
  })
})

test.for([
  ['a claim', ['claim', 'held', '-s', '2m']],
  ['a lease', ['lease', 'job']],
] as const)('Ctrl-C reaches the command of %s, and all is given back', async ([_what, argv]) => {
  const { url, get } = await startTestDaemon()
  // The command has its own last word, so what it held is held until it has said it.
  const script = 'trap "echo tidied; exit 3" INT; echo ready; while :; do sleep 0.1; done'
  const child = spawnDaxd([...argv, '--', 'sh', '-c', script], { DAXD_URL: url })
  await untilSaid(child, 'stdout', 'ready')
  expect((await get('/v1/leases')).items).toHaveLength(1)
  const ended = finish(child)
  child.kill('SIGINT')
  expect(await ended).toEqual({ code: 3, stdout: 'tidied\n', stderr: '' })
  expect((await get('/v1/claims')).items).toEqual([])
  expect((await get('/v1/leases')).items).toEqual([])
})
