/** Wiping as tracked work, on a host that is slow on purpose or wipes at a bounded rate. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventually, MIB } from '../contract/stage.ts'
import { type Answer, createApi, refusal } from '../support/api.ts'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const WAIT = { prefer: 'wait=60' }
const NO_WAIT = { prefer: 'wait=0' }
/** A piece is a second's worth, so 8 MiB take three seconds: long enough to act meanwhile. */
const SLOWLY = { wipeRate: '2MiB/s' }
/** For a mapping of 2 MiB. */
const SLOWER = { wipeRate: '1MiB/s' }
const SECRET = Buffer.from('the secret of the one before')

type Body = Answer['body']

function write(path: string, position: number, text = SECRET): void {
  const file = openSync(path, 'r+')
  writeSync(file, text, 0, text.length, position)
  closeSync(file)
}

function read(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r')
  const there = Buffer.alloc(length)
  readSync(file, there, 0, length, position)
  closeSync(file)
  return there
}

async function make(api: TestDaemon, name: string, more: object = {}): Promise<Body> {
  const body = { name, region: 0, size: 8 * MIB, wipe: 'on_release', ...more }
  return api.ok('post', '/v1/namespaces', 201, { body, headers: WAIT })
}

async function makeWithSecret(api: TestDaemon): Promise<Body> {
  const { chardev } = await make(api, 'n')
  const device = await api.get(`/v1/devices/${chardev}`)
  for (const at of [0, 3 * MIB + 17, 8 * MIB - SECRET.length]) write(device.path, at)
  return device
}

async function wipesOf(api: TestDaemon): Promise<Body[]> {
  const { items } = await api.get('/v1/operations')
  return items.filter(({ verb }: Body) => verb === 'wipe')
}

const underWay = (api: TestDaemon): Promise<Body> =>
  eventually(
    async () => (await wipesOf(api)).find(({ state }) => state === 'running'),
    (wipe) => wipe?.progress.done > 0,
  )

async function expectNext(api: TestDaemon, before: Body): Promise<void> {
  await eventually(
    () => api.ask('get', '/v1/namespaces/n'),
    ({ status }) => status === 404,
  )
  const { chardev } = await make(api, 'next', { wipe: 'none' })
  const { path, ranges } = await api.get(`/v1/devices/${chardev}`)
  expect(ranges).toEqual(before.ranges)
  expect(read(path, 0, 8 * MIB).equals(Buffer.alloc(8 * MIB))).toBe(true)
}

test('a wipe is an operation with progress, rate and time left, and its region serves on', async () => {
  const api = await startTestDaemon(SLOWLY)
  const device = await makeWithSecret(api)
  const answer = await api.ask('delete', '/v1/namespaces/n', { headers: NO_WAIT })
  expect(answer).toMatchObject({ status: 202, body: { verb: 'destroy-namespace' } })
  const wipe = await underWay(api)
  expect(wipe).toMatchObject({
    target: { kind: 'namespace', id: 'n' },
    progress: { total: 8 * MIB },
    rate: expect.any(Number),
    eta_ms: expect.any(Number),
  })
  const other = await make(api, 'other', { wipe: 'none' })
  await api.ok('delete', '/v1/namespaces/other', 204, { headers: WAIT })
  const { state } = await api.get(`/v1/operations/${wipe.id}`)
  expect([state, (await api.get('/v1/namespaces/n')).state]).toEqual(['running', 'wiping'])
  expect(other.ranges).not.toEqual(device.ranges)
  await expectNext(api, device)
  expect(await api.get(`/v1/operations/${wipe.id}`)).toMatchObject({
    state: 'succeeded',
    progress: { done: 8 * MIB, total: 8 * MIB },
  })
})

test('a wipe goes on after a restart where it had come to, as the same operation', async () => {
  const first = await startTestDaemon(SLOWLY)
  const device = await makeWithSecret(first)
  await first.ask('delete', '/v1/namespaces/n', { headers: NO_WAIT })
  const { id, progress } = await underWay(first)
  const api = await first.restart()
  const wipe = await api.get(`/v1/operations/${id}`)
  expect(wipe.progress.done).toBeGreaterThanOrEqual(progress.done)
  await expectNext(api, device)
  expect(await api.get(`/v1/operations/${id}`)).toMatchObject({ state: 'succeeded', problem: null })
  expect(await wipesOf(api)).toHaveLength(1)
})

test('a stop answers who waits for a wipe, and does not wait for its end', async () => {
  const first = await startTestDaemon(SLOWER)
  const device = await makeWithSecret(first)
  const client = createApi(first.url)
  const waiting = client.ask('delete', '/v1/namespaces/n', { headers: WAIT })
  await underWay(first)
  const [answer, api] = await Promise.all([waiting, first.restart()])
  client.close()
  expect(refusal(answer)).toEqual({ status: 503, errno: 'EAGAIN', code: 'shutting_down' })
  await expectNext(api, device)
})

test('a wipe that is cancelled keeps the memory from everybody until it is wiped after all', async () => {
  const api = await startTestDaemon(SLOWLY)
  const device = await makeWithSecret(api)
  const before = (await api.get('/v1/regions/0')).available_size
  await api.ask('delete', '/v1/namespaces/n', { headers: NO_WAIT })
  const { id } = await underWay(api)
  await api.remove(`/v1/operations/${id}`)
  expect((await api.get(`/v1/operations/${id}`)).state).toBe('cancelled')
  expect(await api.get('/v1/namespaces/n')).toMatchObject({
    state: 'failed',
    problem: { code: 'cancelled' },
  })
  expect((await api.get('/v1/regions/0')).available_size).toBe(before)
  const opened = await api.ask('post', `/v1/devices/${device.chardev}/enable`)
  expect(refusal(opened)).toMatchObject({ code: 'in_transition' })
  await api.ok('delete', '/v1/namespaces/n', 204, { headers: WAIT })
  await expectNext(api, device)
})

test('what a namespace promises while it is wiped it cannot be talked out of', async () => {
  const first = await startTestDaemon(SLOWLY)
  const device = await makeWithSecret(first)
  await first.ask('delete', '/v1/namespaces/n', { headers: NO_WAIT })
  await underWay(first)
  await first.ok('patch', '/v1/namespaces/n', 200, { body: { wipe: 'none' } })
  await expectNext(await first.restart(), device)
})

test('under a minimum all is wiped whatever was asked for, slices and what was there before too', async () => {
  const first = await startTestDaemon()
  await make(first, 'old', { wipe: 'none' })
  const slice = { size: MIB, sharing: 'slice', holder: 'h', wipe: 'none' }
  await make(first, 'pool', { wipe: 'none', pool: true })
  await first.ok('put', '/v1/claims/old', 201, { body: slice })
  const api = await first.restart({ wipeMinimum: 'on_release' })
  await make(api, 'new', { wipe: 'none' })
  expect((await api.ok('patch', '/v1/namespaces/new', 200, { body: { wipe: 'none' } })).wipe).toBe(
    'on_release',
  )
  const { path, offset } = await api.ok('put', '/v1/claims/new', 201, { body: slice })
  const wipes = async (kind: string) =>
    (await api.get(`/v1/${kind}`)).items.map(({ name, wipe }: Body) => [name, wipe])
  expect(await wipes('namespaces')).toEqual(
    ['old', 'pool', 'new'].map((name) => [name, 'on_release']),
  )
  expect(await wipes('claims')).toEqual(['old', 'new'].map((name) => [name, 'on_release']))
  expect((await api.ask('put', '/v1/claims/new', { body: slice })).status).toBe(200)
  write(path, offset)
  await api.remove('/v1/claims/new')
  expect(read(path, offset, SECRET.length)).toEqual(Buffer.alloc(SECRET.length))
})

async function mapPlain(api: TestDaemon, chardev: string, more: object = {}): Promise<Body> {
  const { id } = await api.make(`/v1/devices/${chardev}/handles`, { holder: 'h' })
  return api.make('/v1/mappings', { handle: id, length: 2 * MIB, ...more })
}

const noneLeft = (api: TestDaemon) =>
  eventually(
    () => api.get('/v1/mappings'),
    ({ items }) => items.length === 0,
  )

test('the bytes of a plain mapping are wiped before anybody else can map them', async () => {
  const first = await startTestDaemon(SLOWER)
  const { chardev } = await make(first, 'n', { size: 4 * MIB })
  const mapping = await mapPlain(first, chardev)
  write(mapping.mmap.path, mapping.offset)
  await first.remove(`/v1/mappings/${mapping.id}`)
  await first.remove(`/v1/handles/${mapping.handle}`)
  expect((await first.get(`/v1/mappings/${mapping.id}`)).state).toBe('wiping')
  expect((await first.get(`/v1/devices/${chardev}`)).refs).toEqual({ handles: 0, mappings: 0 })
  expect((await mapPlain(first, chardev)).offset).not.toBe(mapping.offset)
  const api = await first.restart()
  await eventually(
    () => api.ask('get', `/v1/mappings/${mapping.id}`),
    ({ status }) => status === 404,
  )
  const next = await mapPlain(api, chardev)
  expect(next.offset).toBe(mapping.offset)
  expect(read(next.mmap.path, next.offset, 2 * MIB).equals(Buffer.alloc(2 * MIB))).toBe(true)
})

test('a mapping that ends with its lease is wiped, and one that others share is not', async () => {
  const api = await startTestDaemon()
  const { chardev } = await make(api, 'n')
  const { id: lease } = await api.make('/v1/leases', { holder: 'h', ttl_ms: 600_000 })
  const { id: handle } = await api.make(`/v1/devices/${chardev}/handles`, { holder: 'h', lease })
  const mapping = await api.make('/v1/mappings', { handle, length: 2 * MIB })
  const shared = await mapPlain(api, chardev, { exclusive: false })
  write(mapping.mmap.path, mapping.offset)
  write(shared.mmap.path, shared.offset)
  await api.remove(`/v1/leases/${lease}`)
  await api.remove(`/v1/mappings/${shared.id}`)
  await noneLeft(api)
  const { path } = mapping.mmap
  expect(read(path, mapping.offset, SECRET.length)).toEqual(Buffer.alloc(SECRET.length))
  expect(read(path, shared.offset, SECRET.length)).toEqual(SECRET)
})

test('a plain mapping of a device that is not wiped is gone at once', async () => {
  const api = await startTestDaemon()
  const { chardev } = await make(api, 'n', { wipe: 'none' })
  const mapping = await mapPlain(api, chardev)
  await api.remove(`/v1/mappings/${mapping.id}`)
  expect((await api.ask('get', `/v1/mappings/${mapping.id}`)).status).toBe(404)
  expect((await mapPlain(api, chardev)).offset).toBe(mapping.offset)
  expect(await wipesOf(api)).toEqual([])
})

test('a wipe waits for a process that has the bytes mapped, says so, and can be cancelled', async () => {
  const api = await startTestDaemon()
  const { chardev } = await make(api, 'n')
  const mapping = await mapPlain(api, chardev)
  const child = await startMmapChild({ path: mapping.mmap.path, offset: 0, length: 2 * MIB })
  await api.remove(`/v1/mappings/${mapping.id}`)
  const wipe = await eventually(
    async () => (await wipesOf(api))[0],
    (one) => one !== undefined && one.problem !== null,
  )
  expect(wipe).toMatchObject({
    state: 'running',
    target: { kind: 'device', id: chardev },
    problem: { code: 'stale_holders', holders: [{ kind: 'process', pid: child.pid }] },
  })
  await api.remove(`/v1/operations/${wipe.id}`)
  expect((await api.get(`/v1/mappings/${mapping.id}`)).state).toBe('failed')
  await child.end()
  expect((await mapPlain(api, chardev)).offset).not.toBe(mapping.offset)
  await api.remove(`/v1/mappings/${mapping.id}`)
  await eventually(
    () => api.ask('get', `/v1/mappings/${mapping.id}`),
    ({ status }) => status === 404,
  )
})

test('a namespace goes though a mapping of it was still being wiped, and is wiped whole', async () => {
  const first = await startTestDaemon(SLOWER)
  const device = await makeWithSecret(first)
  const mapping = await mapPlain(first, device.chardev)
  await first.remove(`/v1/mappings/${mapping.id}`)
  await first.remove(`/v1/handles/${mapping.handle}`)
  await first.ok('patch', '/v1/namespaces/n', 200, { body: { wipe: 'none' } })
  const gone = await first.ask('delete', '/v1/namespaces/n', { headers: NO_WAIT })
  expect(gone.status).toBe(202)
  const api = await first.restart()
  await expectNext(api, device)
  await eventually(
    () => wipesOf(api),
    (wipes) => wipes.every(({ state }) => state !== 'running'),
  )
})

test('what is taken off a namespace is wiped before it goes back to the region', async () => {
  const api = await startTestDaemon()
  const { chardev } = await make(api, 'n')
  const { path } = await api.get(`/v1/devices/${chardev}`)
  write(path, 0)
  write(path, 6 * MIB)
  await api.act(`/v1/devices/${chardev}/disable`)
  await api.ok('patch', '/v1/namespaces/n', 200, { body: { size: 4 * MIB, wipe: 'none' } })
  await api.ok('patch', '/v1/namespaces/n', 200, { body: { size: 8 * MIB } })
  await api.act(`/v1/devices/${chardev}/enable`)
  expect(read(path, 0, SECRET.length)).toEqual(SECRET)
  expect(read(path, 6 * MIB, SECRET.length)).toEqual(Buffer.alloc(SECRET.length))
})

test('a slice with a lease keeps its place while it is wiped', async () => {
  const api = await startTestDaemon(SLOWER)
  await make(api, 'pool', { pool: true, wipe: 'none' })
  const slice = { size: 4 * MIB, sharing: 'slice', holder: 'h', ttl_ms: 600_000 }
  const put = (name: string, wipe: string) =>
    api.ok('put', `/v1/claims/${name}`, 201, { body: { ...slice, wipe } })
  const { offset } = await put('a', 'on_release')
  await api.ask('delete', '/v1/claims/a', { headers: NO_WAIT })
  expect((await put('b', 'none')).offset).not.toBe(offset)
})
