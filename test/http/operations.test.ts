/** Work that outlasts its call, on a host that is slow or fails on purpose. */
import { describe, expect, it } from 'vitest'
import { eventually, groundOf, MIB } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const SLOW_MS = 400

async function start(rules: readonly object[]) {
  const api = await startTestDaemon({ faults: { seed: 1, rules } })
  const { id } = await groundOf(api, 'dynamic')
  const create = (headers: Record<string, string>) =>
    api.ask('post', '/v1/namespaces', {
      body: { name: 'n', region: id, size: 4 * MIB },
      headers,
    })
  return { api, id, create }
}

const slow = (operation: string) => ({
  operation,
  when: 'before',
  probability: 1,
  latency_ms: SLOW_MS,
})
const finished = (api: TestDaemon, id: string) =>
  eventually(
    () => api.get(`/v1/operations/${id}`),
    ({ state }) => state !== 'queued' && state !== 'running',
  )

describe('operations', () => {
  it('answer 202 when the wait is over first, and tell the result when it is there', async () => {
    const { api, create } = await start([slow('create')])
    const { status, headers, body } = await create({ prefer: 'wait=0' })
    expect([status, headers['location']]).toEqual([202, `/v1/operations/${body.id}`])
    expect(body).toMatchObject({
      verb: 'create-namespace',
      target: { kind: 'namespace', id: 'n' },
      state: 'running',
      progress: { done: 0, total: 4 * MIB },
      result: null,
      problem: null,
    })
    const operation = await finished(api, body.id)
    expect(operation).toMatchObject({
      state: 'succeeded',
      progress: { done: 4 * MIB, total: 4 * MIB },
      problem: null,
    })
    expect(operation.result).toEqual(await api.get('/v1/namespaces/n'))
  })

  it('answer as if synchronous when the work is done within the wait', async () => {
    const { api, create } = await start([slow('create')])
    const { status, body } = await create({ prefer: 'respond-async, wait=30' })
    expect([status, body.name, body.state]).toEqual([201, 'n', 'active'])
    expect((await api.get('/v1/operations')).items).toEqual([])
  })

  it('fail with the problem that the synchronous call would have had, and leave nothing', async () => {
    const fault = { ...slow('create'), errno: 'EIO' }
    const { api, id, create } = await start([fault])
    const free = (await api.get(`/v1/regions/${id}`)).available_size
    const { body } = await create({ prefer: 'wait=0' })
    expect(await finished(api, body.id)).toMatchObject({
      state: 'failed',
      result: null,
      problem: { status: 502, errno: 'EIO', code: 'backend_failed' },
    })
    expect(refusal(await create({ prefer: 'wait=30' }))).toEqual({
      status: 502,
      errno: 'EIO',
      code: 'backend_failed',
    })
    expect((await api.get('/v1/namespaces')).items).toEqual([])
    expect((await api.get(`/v1/regions/${id}`)).available_size).toBe(free)
  })

  it('show the namespace as creating meanwhile, in place and not to be opened', async () => {
    const { api, create } = await start([slow('create')])
    const { body } = await create({ prefer: 'wait=0' })
    const planned = await eventually(
      () => api.ask('get', '/v1/namespaces/n'),
      ({ status }) => status === 200,
    )
    const { state, chardev } = planned.body
    expect(state).toBe('creating')
    const open = await api.ask('post', `/v1/devices/${chardev}/handles`, { body: { holder: 'a' } })
    expect(open.status).toBe(409)
    await finished(api, body.id)
    expect((await api.get('/v1/namespaces/n')).state).toBe('active')
  })

  it('cannot be cancelled when the work cannot stop', async () => {
    const { api, create } = await start([slow('create')])
    const { body } = await create({ prefer: 'wait=0' })
    const answer = await api.ask('delete', `/v1/operations/${body.id}`)
    expect(refusal(answer)).toEqual({ status: 409, errno: 'EBUSY', code: 'not_cancellable' })
    expect((await finished(api, body.id)).state).toBe('succeeded')
  })

  it('replay their 202 under the same key, and are one operation', async () => {
    const { api, create } = await start([slow('create')])
    const headers = { prefer: 'wait=0', 'idempotency-key': 'k' }
    const [first, second] = await Promise.all([create(headers), create(headers)])
    expect([first.status, second.status, second.body.id]).toEqual([202, 202, first.body.id])
    expect((await api.get('/v1/operations')).items).toHaveLength(1)
    await finished(api, first.body.id)
  })

  it('are listed by state and are ENOENT when unknown', async () => {
    const { api, create } = await start([slow('create')])
    const { body } = await create({ prefer: 'wait=0' })
    const ids = async (state: string) =>
      (await api.get(`/v1/operations?state=${state}`)).items.map((one: { id: string }) => one.id)
    expect(await ids('running')).toEqual([body.id])
    await finished(api, body.id)
    expect([await ids('running'), await ids('succeeded')]).toEqual([[], [body.id]])
    const missing = { status: 404, errno: 'ENOENT', code: 'no_such_operation' }
    expect(refusal(await api.ask('get', '/v1/operations/o-none'))).toEqual(missing)
    expect(refusal(await api.ask('delete', '/v1/operations/o-none'))).toEqual(missing)
  })
})
