/** Work that waited while others went first: it must not hit what stands there by then. */
import { expect, test } from 'vitest'
import { eventually } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const WAIT = { prefer: 'wait=30' }
const SLICE = { size: '2m', sharing: 'slice', wipe: 'on_release' }
const DEDICATED = { size: '2m', sharing: 'dedicated', selector: { kind: 'dynamic' } }

/** Makes calls of one operation of the host slow. */
function slow(operation: string, latency_ms: number) {
  return { operation, when: 'before', probability: 1, latency_ms }
}

function withFaults(...rules: readonly object[]): Promise<TestDaemon> {
  return startTestDaemon({ faults: { seed: 1, rules } })
}

const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs))

test('a late second DELETE of a claim leaves the next claim of the name alone', async () => {
  const first = { operation: 'observe', when: 'before', probability: 1, latency_ms: 1, times: 1 }
  const daemon = await withFaults(first, slow('observe', 200), slow('wipe', 500))
  await daemon.make('/v1/namespaces', { name: 'pool', region: 0, size: '4m', pool: true })
  const put = (holder: string) =>
    daemon.ask('put', '/v1/claims/c', { body: { ...SLICE, holder }, headers: WAIT })
  const remove = () => daemon.ask('delete', '/v1/claims/c', { headers: WAIT })
  expect(await put('old')).toMatchObject({ status: 201 })
  const both = [remove(), remove()]
  const other = { region: 0, size: '2m' }
  await pause(300)
  // Something else that the second release would have to wait for behind the first.
  const between = daemon.ask('post', '/v1/namespaces', { body: other, headers: WAIT })
  const { body: granted } = await eventually(
    () => put('new'),
    ({ status }) => status === 201,
  )
  const statuses = (await Promise.all(both)).map(({ status }) => status)
  await between
  expect(statuses).toContain(204)
  await pause(700)
  expect(await daemon.get('/v1/claims/c')).toMatchObject({ state: 'active', holder: 'new' })
  expect(await daemon.get(`/v1/mappings/${granted.mapping}`)).toMatchObject({ state: 'live' })
})

test('a device whose claim has ended is not enabled before it goes', async () => {
  const daemon = await withFaults(slow('create', 700), slow('wipe', 300))
  const body = { ...DEDICATED, holder: 'a', ttl_ms: 1500, wipe: 'on_release' }
  const { body: claim } = await daemon.ask('put', '/v1/claims/c', { body, headers: WAIT })
  await daemon.act(`/v1/devices/${claim.chardev}/disable`, { if_busy: 'revoke' })
  await pause(1000)
  // Holds the region's queue while the lease ends.
  const busy = daemon.ask('post', '/v1/namespaces', { body: { region: 0, size: '2m' } })
  await pause(100)
  const enabled = await daemon.ask('post', `/v1/devices/${claim.chardev}/enable`)
  expect(refusal(enabled)).toMatchObject({ status: 409, code: 'in_transition' })
  await busy
  await eventually(
    () => daemon.get('/v1/claims'),
    ({ items }) => items.length === 0,
  )
})

test('a namespace whose deletion has failed is not enabled again', async () => {
  const rule = { operation: 'destroy', when: 'before', probability: 1, errno: 'EIO', times: 1 }
  const daemon = await withFaults(rule)
  const { chardev } = await daemon.make('/v1/namespaces', { name: 'n', region: 0, size: '2m' })
  expect(await daemon.ask('delete', '/v1/namespaces/n')).toMatchObject({ status: 502 })
  const enabled = await daemon.ask('post', `/v1/devices/${chardev}/enable`)
  expect(refusal(enabled)).toMatchObject({ status: 409, code: 'in_transition' })
  await daemon.act('/v1/reconciliation', { object: 'namespace/n', action: 'repair' })
  expect(refusal(await daemon.ask('get', '/v1/namespaces/n'))).toMatchObject({ status: 404 })
})

test('a second repair of a failed namespace does not take away what the first has made', async () => {
  const daemon = await withFaults(
    { operation: 'create', when: 'after', probability: 1, errno: 'EIO', times: 1 },
    { operation: 'destroy', when: 'before', probability: 1, errno: 'EIO', times: 1 },
    slow('create', 500),
  )
  const made = { name: 'n', region: 0, size: '2m' }
  expect(await daemon.ask('post', '/v1/namespaces', { body: made })).toMatchObject({ status: 502 })
  const busy = daemon.make('/v1/namespaces', { region: 0, size: '2m' })
  await pause(50)
  const repair = { object: 'namespace/n', action: 'repair' }
  const ask = () => daemon.ask('post', '/v1/reconciliation', { body: repair })
  const [one, two] = await Promise.all([ask(), ask()])
  await busy
  expect([one.status, two.status].sort()).toEqual([200, 404])
  expect(await daemon.get('/v1/namespaces/n')).toMatchObject({ state: 'active' })
})

test('a drain that a revoke has overtaken leaves the next generation alone', async () => {
  const first = { operation: 'observe', when: 'before', probability: 1, latency_ms: 1500, times: 1 }
  const daemon = await withFaults(first)
  const { chardev } = await daemon.make('/v1/namespaces', { name: 'n', region: 0, size: '2m' })
  // The drain's first look takes so long that the others are through before it ends.
  const { body: drain } = await daemon.ask('post', `/v1/devices/${chardev}/disable`, {
    body: { if_busy: 'drain' },
  })
  await daemon.act(`/v1/devices/${chardev}/disable`, { if_busy: 'revoke' })
  await daemon.act(`/v1/devices/${chardev}/enable`)
  const ended = await eventually(
    () => daemon.get(`/v1/operations/${drain.id}`),
    ({ state }) => state !== 'running',
  )
  expect(ended).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } })
  const after = { state: 'enabled', generation: 2 }
  expect(await daemon.get(`/v1/devices/${chardev}`)).toMatchObject(after)
})

test('a drain that a delete by revoke has overtaken ends at once', async () => {
  const daemon = await startTestDaemon()
  const { chardev } = await daemon.make('/v1/namespaces', { name: 'n', region: 0, size: '2m' })
  await daemon.make(`/v1/devices/${chardev}/handles`, { holder: 'x' })
  const drained = '/v1/namespaces/n?if_busy=drain&timeout_ms=60000'
  const { body: drain } = await daemon.ask('delete', drained)
  await daemon.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200)
  await eventually(
    () => daemon.get(`/v1/operations/${drain.id}`),
    ({ state }) => state !== 'running',
  )
})

test('a revoke that the host refused is finished before a new generation begins', async () => {
  const rule = { operation: 'disable', when: 'before', probability: 1, errno: 'EIO', times: 1 }
  const daemon = await withFaults(rule)
  const { chardev } = await daemon.make('/v1/namespaces', { name: 'n', region: 0, size: '2m' })
  const { path } = await daemon.get(`/v1/devices/${chardev}`)
  const child = await startMmapChild({ path, offset: 0, length: 2 ** 21 })
  const revoke = () =>
    daemon.ask('post', `/v1/devices/${chardev}/disable`, { body: { if_busy: 'revoke' } })
  expect(await revoke()).toMatchObject({ status: 502 })
  const early = await daemon.ask('post', `/v1/devices/${chardev}/enable`)
  expect(refusal(early)).toEqual({ status: 409, code: 'busy', errno: 'EBUSY' })
  expect(early.body.holders).toEqual([{ kind: 'process', pid: child.pid, comm: 'python3' }])
  expect((await revoke()).body.revoked.processes).toEqual([{ pid: child.pid, comm: 'python3' }])
  expect(await daemon.act(`/v1/devices/${chardev}/enable`)).toMatchObject({ generation: 2 })
  expect(await child.dieOfTouch()).toBe('SIGBUS')
})

test('nothing that waited is placed in a region that was closed meanwhile', async () => {
  const daemon = await withFaults(slow('create', 400))
  const busy = daemon.make('/v1/namespaces', { region: 0, size: '2m' })
  await pause(50)
  const body = { name: 'late', selector: { kind: 'dynamic' }, size: '2m' }
  const late = daemon.ask('post', '/v1/namespaces', { body })
  await pause(50)
  await daemon.ok('patch', '/v1/regions/0', 200, { body: { schedulable: false } })
  await busy
  expect(refusal(await late)).toEqual({ status: 507, code: 'no_region', errno: 'ENOSPC' })
})
