import { expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const POOL = { name: 'pool', region: 0, size: '8m', pool: true }

function slice(daemon: TestDaemon, name: string, more: object = {}) {
  const body = { size: '2m', sharing: 'slice', holder: name, ...more }
  return daemon.ask('put', `/v1/claims/${name}`, { body })
}

/** Places of the live mappings; two that are equal would be one tenant's bytes given to another. */
async function livePlaces(daemon: TestDaemon): Promise<[string, number][]> {
  const { items } = await daemon.get('/v1/mappings?state=live')
  return items.map(({ holder, offset }: { holder: string; offset: number }) => [holder, offset])
}

test('a slice keeps its place over a revoke and a new generation, before anybody else', async () => {
  const daemon = await startTestDaemon()
  const { chardev } = await daemon.make('/v1/namespaces', POOL)
  const { body: a } = await slice(daemon, 'a', { wipe: 'on_release', ttl_ms: 600_000 })
  await daemon.act(`/v1/devices/${chardev}/disable`, { if_busy: 'revoke' })
  await daemon.act(`/v1/devices/${chardev}/enable`)
  const { body: b } = await slice(daemon, 'b')
  expect(b.offset).not.toBe(a.offset)
  expect(await livePlaces(daemon)).toEqual([
    ['a', a.offset],
    ['b', b.offset],
  ])
  const again = await daemon.get('/v1/claims/a')
  expect(again).toMatchObject({ state: 'active', generation: 2, lease: a.lease, offset: a.offset })
  await daemon.remove('/v1/claims/a')
  expect(await livePlaces(daemon)).toEqual([['b', b.offset]])
})

test('a dedicated claim is mapped again when its revoked device is enabled', async () => {
  const daemon = await startTestDaemon()
  const body = { size: '4m', sharing: 'dedicated', holder: 'd' }
  const { body: claim } = await daemon.ask('put', '/v1/claims/d', { body })
  await daemon.act(`/v1/devices/${claim.chardev}/disable`, { if_busy: 'revoke' })
  await daemon.act(`/v1/devices/${claim.chardev}/enable`)
  const renewed = await daemon.get('/v1/claims/d')
  expect(renewed).toMatchObject({ state: 'active', generation: 2, offset: 0, length: 2 ** 22 })
  expect(await daemon.get(`/v1/mappings/${renewed.mapping}`)).toMatchObject({ state: 'live' })
  await daemon.remove('/v1/claims/d')
  expect((await daemon.get('/v1/namespaces')).items).toEqual([])
})

test('a slice whose wiping has failed holds its place in the next generation', async () => {
  const rules = [{ operation: 'wipe', when: 'before', probability: 1, errno: 'EIO', times: 1 }]
  const daemon = await startTestDaemon({ faults: { seed: 1, rules } })
  const { chardev } = await daemon.make('/v1/namespaces', POOL)
  const { body: a } = await slice(daemon, 'a', { wipe: 'on_release' })
  expect(refusal(await daemon.ask('delete', '/v1/claims/a'))).toMatchObject({ status: 502 })
  await daemon.act(`/v1/devices/${chardev}/disable`, { if_busy: 'revoke' })
  await daemon.act(`/v1/devices/${chardev}/enable`)
  const { body: b } = await slice(daemon, 'b')
  expect(b.offset).not.toBe(a.offset)
  await daemon.remove('/v1/claims/a')
  const { body: c } = await slice(daemon, 'c')
  expect(c.offset).toBe(a.offset)
})

test('a pool with slices is not shrunk under them, nor realigned', async () => {
  const daemon = await startTestDaemon()
  const { chardev } = await daemon.make('/v1/namespaces', POOL)
  await slice(daemon, 'a')
  await slice(daemon, 'b')
  await daemon.act(`/v1/devices/${chardev}/disable`, { if_busy: 'revoke' })
  const change = (body: object) => daemon.ask('patch', '/v1/namespaces/pool', { body })
  const refused = { status: 409, code: 'owned_by_claim', errno: 'EBUSY' }
  expect(refusal(await change({ size: '2m' }))).toEqual(refused)
  expect(refusal(await change({ align: 4096 }))).toEqual(refused)
  expect(await change({ size: '4m' })).toMatchObject({ status: 200, body: { size: 2 ** 22 } })
})

test('a slice that a process still has mapped is not given to the next holder', async () => {
  const daemon = await startTestDaemon()
  await daemon.make('/v1/namespaces', POOL)
  const { body: a } = await slice(daemon, 'a')
  const child = await startMmapChild(a)
  const answer = await daemon.ask('delete', '/v1/claims/a')
  expect(refusal(answer)).toEqual({ status: 409, code: 'busy', errno: 'EBUSY' })
  expect(answer.body.holders).toEqual([{ kind: 'process', pid: child.pid, comm: 'python3' }])
  await child.end()
  await daemon.remove('/v1/claims/a')
})

test('a pool that is revoked away is wiped when a slice of it was promised that', async () => {
  const rules = [{ operation: 'wipe', when: 'before', probability: 1, errno: 'EIO', times: 1 }]
  const daemon = await startTestDaemon({ faults: { seed: 1, rules } })
  await daemon.make('/v1/namespaces', POOL)
  await slice(daemon, 'a', { wipe: 'on_release' })
  const remove = () => daemon.ask('delete', '/v1/namespaces/pool?if_busy=revoke')
  // The wipe that fails shows that there was one; without it the pool would have gone at once.
  expect(refusal(await remove())).toMatchObject({ status: 502, code: 'backend_failed' })
  expect(await daemon.get('/v1/namespaces/pool')).toMatchObject({ state: 'failed' })
  expect(await remove()).toMatchObject({ status: 200 })
})
