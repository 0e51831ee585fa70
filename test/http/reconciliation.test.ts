/** What happens behind daxd's back on the emulated host, and what can be done about it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { everything, groundOf, MIB, open } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { rewrite, steal, strange } from '../support/other-hands.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

async function start(more: object = {}) {
  const api = await startTestDaemon()
  const { id, start: base } = await groundOf(api, 'dynamic')
  await api.make('/v1/namespaces', { name: 'first', region: id, size: 2 * MIB })
  const body = { name: 'n', region: id, size: 4 * MIB, ...more }
  const { chardev } = await api.make('/v1/namespaces', body)
  return { api, region: id, base, chardev: chardev as string, object: `device/${chardev}` }
}

const items = async (api: TestDaemon) => (await api.get('/v1/reconciliation')).items
const act = (api: TestDaemon, object: string, action: string) =>
  api.ask('post', '/v1/reconciliation', { body: { object, action } })

describe('reconciliation', () => {
  it('has nothing to tell of a host that is as it is wanted', async () => {
    const { api } = await start()
    expect(await api.get('/v1/reconciliation')).toEqual({ items: [], next: null })
  })

  it('refuses what is no difference, or not its action, and changes nothing', async () => {
    const { api, object } = await start()
    const before = await everything(api)
    const missing = { status: 404, errno: 'ENOENT', code: 'no_such_item' }
    for (const [what, action] of [
      [object, 'repair'],
      ['device/dax9.9', 'forget'],
      ['nonsense', 'adopt'],
    ] as const) {
      expect(refusal(await act(api, what, action))).toEqual(missing)
    }
    expect(await everything(api)).toEqual(before)
  })
})

describe('a ghost: a device that the host does not show any more', () => {
  it('is told, and shown as drift of the device', async () => {
    const { api, chardev, object } = await start()
    steal(api, chardev)
    expect(await items(api)).toEqual([
      { kind: 'ghost', object, detail: expect.any(String), actions: ['repair', 'forget'] },
    ])
    expect((await api.get(`/v1/devices/${chardev}?observed=false`)).drift).toEqual(
      expect.any(String),
    )
  })

  it('is made again by repair, in a new generation, at the same place', async () => {
    const { api, chardev, object } = await start()
    const before = await api.get(`/v1/devices/${chardev}`)
    const handle = await open(api, chardev)
    const mapping = await api.make('/v1/mappings', { handle, length: 2 * MIB })
    steal(api, chardev)
    const { status, body } = await act(api, object, 'repair')
    expect([status, body.items]).toEqual([200, []])
    const after = await api.get(`/v1/devices/${chardev}`)
    expect(after).toMatchObject({
      state: 'enabled',
      generation: 2,
      drift: null,
      ranges: before.ranges,
      refs: { handles: 1, mappings: 1 },
    })
    expect((await api.get(`/v1/mappings/${mapping.id}`)).state).toBe('revoked')
    await open(api, chardev)
  })

  it('is given up by forget: its memory is free and its mappings are revoked', async () => {
    const { api, region, chardev, object } = await start()
    const free = (await api.get(`/v1/regions/${region}`)).available_size
    const handle = await open(api, chardev)
    const mapping = await api.make('/v1/mappings', { handle, length: 2 * MIB })
    steal(api, chardev)
    expect((await act(api, object, 'forget')).body.items).toEqual([])
    expect((await api.ask('get', '/v1/namespaces/n')).status).toBe(404)
    expect((await api.get(`/v1/regions/${region}`)).available_size).toBe(free + 4 * MIB)
    expect((await api.get(`/v1/mappings/${mapping.id}`)).state).toBe('revoked')
    await api.remove(`/v1/mappings/${mapping.id}`)
    await api.remove(`/v1/handles/${handle}`)
    expect((await api.get('/v1/devices?state=removed')).items).toEqual([])
  })

  it("leaves nothing of a claim behind when the claim's device is forgotten", async () => {
    const { api } = await start()
    const body = { size: 2 * MIB, sharing: 'dedicated', holder: 'a', ttl_ms: 3_600_000 }
    const { chardev } = await api.ok('put', '/v1/claims/c', 201, { body })
    steal(api, chardev)
    expect((await act(api, `device/${chardev}`, 'forget')).body.items).toEqual([])
    for (const kind of ['claims', 'leases', 'handles', 'mappings', 'devices?state=removed']) {
      expect([kind, (await api.get(`/v1/${kind}`)).items]).toEqual([kind, []])
    }
  })

  it("makes a claim's device again by repair, and the claim is whole", async () => {
    const { api } = await start()
    const body = { size: 2 * MIB, sharing: 'dedicated', holder: 'a', ttl_ms: 3_600_000 }
    const { chardev } = await api.ok('put', '/v1/claims/c', 201, { body })
    steal(api, chardev)
    expect((await act(api, `device/${chardev}`, 'repair')).body.items).toEqual([])
    const claim = await api.get('/v1/claims/c')
    expect(claim).toMatchObject({ state: 'active', generation: 2, length: 2 * MIB })
    expect((await api.get(`/v1/mappings/${claim.mapping}`)).state).toBe('live')
    await api.remove('/v1/claims/c')
    for (const kind of ['claims', 'leases', 'handles', 'mappings', 'devices?state=removed']) {
      expect([kind, (await api.get(`/v1/${kind}`)).items]).toEqual([kind, []])
    }
  })
})

describe('an orphan: a device that no namespace owns', () => {
  it('is seen while daxd runs, and its memory is not given out', async () => {
    const { api, region, base } = await start()
    const free = (await api.get(`/v1/regions/${region}`)).available_size
    const chardev = strange(api, region, base)
    expect(await items(api)).toEqual([
      {
        kind: 'orphan',
        object: `device/${chardev}`,
        detail: expect.any(String),
        actions: ['adopt'],
      },
    ])
    expect((await api.get(`/v1/regions/${region}`)).available_size).toBe(free - 4 * MIB)
    expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
      namespace: null,
      state: 'disabled',
      size: 4 * MIB,
    })
    const first = base + 64 * MIB
    const ranges = [{ start: first, end: first + 2 * MIB - 1 }]
    const taken = await api.ask('post', '/v1/namespaces', { body: { region, ranges } })
    expect(refusal(taken).code).toBe('range_taken')
  })

  it('gets a namespace by adopt, and is then like any other', async () => {
    const { api, region, base } = await start()
    const chardev = strange(api, region, base)
    expect((await act(api, `device/${chardev}`, 'adopt')).body.items).toEqual([])
    const { namespace } = await api.get(`/v1/devices/${chardev}`)
    expect(await api.get(`/v1/namespaces/${namespace}`)).toMatchObject({
      region,
      size: 4 * MIB,
      chardev,
      enabled: false,
      state: 'active',
    })
    await api.act(`/v1/devices/${chardev}/enable`)
    await open(api, chardev)
    await api.ok('delete', `/v1/namespaces/${namespace}?if_busy=revoke`, 200)
    expect(readdirSync(join(api.directory, 'host'))).not.toContain(`${chardev}.json`)
  })

  it('gives its capacity back by DELETE, refused while somebody holds it', async () => {
    const { api, region, base } = await start()
    const free = (await api.get(`/v1/regions/${region}`)).available_size
    const chardev = strange(api, region, base)
    await items(api)
    await api.act(`/v1/devices/${chardev}/enable`)
    const handle = await open(api, chardev)
    const answer = await api.ask('delete', `/v1/devices/${chardev}`)
    expect(refusal(answer)).toEqual({ status: 409, errno: 'EBUSY', code: 'busy' })
    expect(answer.body.holders.map((one: { id: string }) => one.id)).toEqual([handle])
    await api.remove(`/v1/handles/${handle}`)
    await api.remove(`/v1/devices/${chardev}`)
    expect((await api.ask('get', `/v1/devices/${chardev}`)).status).toBe(404)
    expect((await api.get(`/v1/regions/${region}`)).available_size).toBe(free)
    expect(readdirSync(join(api.directory, 'host'))).not.toContain(`${chardev}.json`)
  })

  it('can be drained or revoked away by DELETE as well', async () => {
    const { api, region, base } = await start()
    const chardev = strange(api, region, base)
    await items(api)
    await api.act(`/v1/devices/${chardev}/enable`)
    const handle = await open(api, chardev)
    await api.make('/v1/mappings', { handle, length: 2 * MIB })
    const drain = await api.ask('delete', `/v1/devices/${chardev}?if_busy=drain`)
    expect([drain.status, drain.body.verb]).toEqual([202, 'destroy-device'])
    await api.remove(`/v1/operations/${drain.body.id}`)
    const revoke = await api.ask('delete', `/v1/devices/${chardev}?if_busy=revoke`)
    expect([revoke.status, revoke.body]).toEqual([200, { revoked: { mappings: 1, processes: [] } }])
  })

  it('is seen after a restart, too', async () => {
    const { api, region, base } = await start()
    const chardev = strange(api, region, base)
    const later = await api.restart()
    expect((await items(later)).map((one: { object: string }) => one.object)).toEqual([
      `device/${chardev}`,
    ])
  })
})

describe('drift: a device that the host shows differently', () => {
  const shrink = (api: TestDaemon, chardev: string) =>
    rewrite(api, chardev, ({ extents, ranges }) => ({
      extents: (extents as object[]).map((one) => ({ ...one, size: 2 * MIB })),
      ranges: (ranges as object[]).map((one) => ({ ...one, size: 2 * MIB })),
    }))

  it('is told with what can be done about it', async () => {
    const { api, chardev, object } = await start({ enabled: false })
    shrink(api, chardev)
    expect(await items(api)).toEqual([
      { kind: 'drift', object, detail: expect.any(String), actions: ['repair', 'adopt'] },
    ])
  })

  it('is made as it is wanted by repair', async () => {
    const { api, chardev, object } = await start({ enabled: false })
    const before = await api.get(`/v1/devices/${chardev}`)
    shrink(api, chardev)
    expect((await act(api, object, 'repair')).body.items).toEqual([])
    const after = await api.get(`/v1/devices/${chardev}`)
    expect([after.ranges, after.state, after.drift]).toEqual([before.ranges, 'disabled', null])
  })

  it('is taken for right by adopt: device, namespace and free space agree', async () => {
    const { api, region, chardev, object } = await start({ enabled: false })
    const free = (await api.get(`/v1/regions/${region}`)).available_size
    shrink(api, chardev)
    expect((await act(api, object, 'adopt')).body.items).toEqual([])
    expect((await api.get(`/v1/devices/${chardev}`)).size).toBe(2 * MIB)
    expect((await api.get('/v1/namespaces/n')).size).toBe(2 * MIB)
    expect((await api.get(`/v1/regions/${region}`)).available_size).toBe(free + 2 * MIB)
  })

  it('never leaves a live mapping beyond the device: adopting a smaller one revokes', async () => {
    const { api, chardev, object } = await start()
    const handle = await open(api, chardev)
    const mapping = await api.make('/v1/mappings', { handle, length: 4 * MIB })
    shrink(api, chardev)
    expect((await act(api, object, 'adopt')).body.items).toEqual([])
    expect((await api.get(`/v1/mappings/${mapping.id}`)).state).toBe('revoked')
    expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
      state: 'enabled',
      generation: 2,
      size: 2 * MIB,
    })
  })
})
