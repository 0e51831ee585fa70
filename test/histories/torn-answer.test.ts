/** What the histories have found: an answer is of one moment, that of its change. */
import { expect, test } from 'vitest'
import { eventually } from '../contract/stage.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

/** Enough that the calls of some round meet in one commit. */
const ROUNDS = 60

test('a revoke answers the references of its own moment, though the host is slow and they go', async () => {
  const rule = { operation: 'disable', when: 'before', probability: 1, latency_ms: 1000 }
  const daemon = await startTestDaemon({ faults: { seed: 1, rules: [rule] } })
  const { chardev } = await daemon.make('/v1/namespaces', { region: 0, size: '4m' })
  const path = `/v1/devices/${chardev}`
  const handle = await daemon.make(`${path}/handles`, { holder: 'h' })
  const mapping = await daemon.make('/v1/mappings', { handle: handle.id, length: '2m' })
  const headers = { 'idempotency-key': 'k' }
  const ask = { body: { if_busy: 'revoke' }, headers }
  const disable = daemon.ok('post', `${path}/disable`, 200, ask)
  // The books are done with it, the host is not.
  await eventually(
    () => daemon.get(`/v1/mappings/${mapping.id}`),
    ({ state }) => state === 'revoked',
  )
  await daemon.remove(`/v1/mappings/${mapping.id}`)
  await daemon.remove(`/v1/handles/${handle.id}`)
  const { revoked, ...device } = await disable
  expect({ revoked, refs: device.refs }).toEqual({
    revoked: { mappings: 1, processes: [] },
    refs: { handles: 1, mappings: 1 },
  })
  const json = { headers: { accept: 'application/json' } }
  const { items } = await daemon.ok('get', `/v1/events?since=${device.revision - 1}`, 200, json)
  expect(items[0].object).toEqual(device)
  expect(await daemon.ok('post', `${path}/disable`, 200, ask)).toEqual({ revoked, ...device })
})

test('a claim put again is answered whole, though it goes before that answer is durable', async () => {
  const daemon = await startTestDaemon()
  await daemon.make('/v1/namespaces', { name: 'pool', region: 0, size: '4m', pool: true })
  const body = { size: '2m', sharing: 'slice', holder: 'h' }
  const put = () => daemon.ask('put', '/v1/claims/c', { body })
  for (let round = 0; round < ROUNDS; round += 1) {
    await put()
    // The lease keeps the disk busy, so that the others wait for it together.
    const [, again] = await Promise.all([
      daemon.make('/v1/leases', { holder: 'h', ttl_ms: 60_000 }),
      put(),
      daemon.ask('delete', '/v1/claims/c?if_busy=revoke'),
    ])
    const { state, mmap, generation } = again.body
    expect([again.status, state, mmap === null, generation]).toEqual([
      again.status,
      'active',
      false,
      1,
    ])
  }
})
