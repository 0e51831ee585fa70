import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { eventually, everything, groundOf, MIB, open, type Stage, type Subject } from './stage.ts'

const EBUSY = { status: 409, errno: 'EBUSY' }
const ENXIO = { status: 409, errno: 'ENXIO' }
const LENGTH = 2 * MIB

/** An enabled device under namespace `n`, and ways to use it. */
export async function startWithDevice(stage: Stage, size = 32 * MIB) {
  const api = await stage.start()
  const { id } = await groundOf(api, 'dynamic')
  const { chardev } = await api.make('/v1/namespaces', { name: 'n', region: id, size })
  const path = `/v1/devices/${chardev}`
  const map = async (handle: string, more: object = {}) =>
    (await api.make('/v1/mappings', { handle, length: LENGTH, ...more })).id as string
  return { api, region: id, chardev: chardev as string, path, map }
}

/** Enabling and disabling; what becomes of handles and mappings. */
export function devicesContract(stage: Stage): void {
  const openAt = (api: Subject, path: string) =>
    api.ask('post', `${path}/handles`, { body: { holder: 'late' } })

  describe(`${stage.name}: enabling and disabling devices`, () => {
    it('changes nothing when it enables what is enabled or disables what is disabled', async () => {
      const { api, path } = await startWithDevice(stage)
      const enabled = await everything(api)
      expect((await api.act(`${path}/enable`)).generation).toBe(1)
      expect(await everything(api)).toEqual(enabled)
      await api.act(`${path}/disable`)
      const disabled = await everything(api)
      for (const body of [undefined, {}, { if_busy: 'drain' }, { if_busy: 'refuse' }]) {
        expect((await api.act(`${path}/disable`, body)).state).toBe('disabled')
      }
      expect(await api.act(`${path}/disable`, { if_busy: 'revoke' })).toMatchObject({
        state: 'disabled',
        revoked: { mappings: 0, processes: [] },
      })
      expect(await everything(api)).toEqual(disabled)
    })

    it('starts a new generation with each enable and keeps the last one while disabled', async () => {
      const { api, path } = await startWithDevice(stage)
      const seen: unknown[] = []
      for (let round = 0; round < 2; round += 1) {
        const off = await api.act(`${path}/disable`)
        const on = await api.act(`${path}/enable`)
        seen.push([off.state, off.generation], [on.state, on.generation])
      }
      expect(seen).toEqual([
        ['disabled', 1],
        ['enabled', 2],
        ['disabled', 2],
        ['enabled', 3],
      ])
    })

    it('tells in the namespace whether its device is wanted enabled', async () => {
      const { api, path } = await startWithDevice(stage)
      await api.act(`${path}/disable`)
      expect((await api.get('/v1/namespaces/n')).enabled).toBe(false)
      await api.act(`${path}/enable`)
      expect((await api.get('/v1/namespaces/n')).enabled).toBe(true)
    })

    it('refuses to enable the empty slot: empty_device', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      expect(refusal(await api.ask('post', `/v1/devices/dax${id}.0/enable`))).toEqual({
        ...ENXIO,
        code: 'empty_device',
      })
    })

    it('refuses to disable what a handle or a mapping holds, and names them', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev, 'pod')
      const mapping = await map(handle)
      const before = await everything(api)
      for (const body of [undefined, { if_busy: 'refuse' }]) {
        const answer = await api.ask('post', `${path}/disable`, body ? { body } : {})
        expect(refusal(answer)).toEqual({ ...EBUSY, code: 'busy' })
        expect(answer.body.holders).toEqual([
          { kind: 'handle', id: handle, holder: 'pod', tenant: null, chardev, generation: 1 },
          {
            kind: 'mapping',
            id: mapping,
            holder: 'pod',
            tenant: null,
            chardev,
            generation: 1,
            offset: 0,
            length: LENGTH,
          },
        ])
      }
      expect(await everything(api)).toEqual(before)
    })

    it('counts a mapping whose handle is closed: it holds the device on its own', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const mapping = await map(handle)
      await api.remove(`/v1/handles/${handle}`)
      expect((await api.get(path)).refs).toEqual({ handles: 0, mappings: 1 })
      expect((await api.ask('post', `${path}/disable`)).body.holders).toHaveLength(1)
      await api.remove(`/v1/mappings/${mapping}`)
      expect((await api.act(`${path}/disable`)).refs).toEqual({ handles: 0, mappings: 0 })
    })

    it('revokes every live mapping, says how many, and each translate is SIGBUS from then on', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const ids = [await map(handle), await map(handle)]
      const answer = await api.act(`${path}/disable`, { if_busy: 'revoke' })
      expect(answer).toMatchObject({
        state: 'disabled',
        generation: 1,
        refs: { handles: 1, mappings: 2 },
        revoked: { mappings: 2, processes: [] },
      })
      const sigbus = { status: 410, errno: 'SIGBUS', code: 'revoked' }
      for (const id of ids) {
        expect((await api.get(`/v1/mappings/${id}`)).state).toBe('revoked')
        const fault = await api.ask('get', `/v1/mappings/${id}/translate?offset=0`)
        expect(refusal(fault)).toEqual(sigbus)
      }
      expect((await api.get('/v1/mappings?state=live')).items).toEqual([])
      const again = await api.act(`${path}/disable`, { if_busy: 'revoke' })
      expect(again.revoked).toEqual({ mappings: 0, processes: [] })
    })

    it('answers ENXIO to the handles of a disabled device, stale_generation after the next enable', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const old = await map(handle)
      await api.act(`${path}/disable`, { if_busy: 'revoke' })
      const body = { handle, length: LENGTH }
      const off = { ...ENXIO, code: 'device_disabled' }
      expect(refusal(await api.ask('post', '/v1/mappings', { body }))).toEqual(off)
      expect(refusal(await openAt(api, path))).toEqual(off)
      await api.act(`${path}/enable`)
      expect(refusal(await api.ask('post', '/v1/mappings', { body }))).toEqual({
        status: 410,
        errno: 'ESTALE',
        code: 'stale_generation',
      })
      expect(refusal(await api.ask('get', `/v1/mappings/${old}/translate?offset=0`))).toEqual({
        status: 410,
        errno: 'SIGBUS',
        code: 'revoked',
      })
      expect((await api.get(path)).refs).toEqual({ handles: 1, mappings: 1 })
      await api.remove(`/v1/mappings/${old}`)
      await api.remove(`/v1/handles/${handle}`)
      expect((await api.get(path)).refs).toEqual({ handles: 0, mappings: 0 })
    })

    it('refuses while references of an older generation exist, and gives their place to new ones', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      const old = await map(await open(api, chardev), { offset: 0 })
      await api.act(`${path}/disable`, { if_busy: 'revoke' })
      await api.act(`${path}/enable`)
      const fresh = await map(await open(api, chardev), { offset: 0 })
      const answer = await api.ask('post', `${path}/disable`)
      expect(refusal(answer)).toEqual({ ...EBUSY, code: 'busy' })
      const ids = answer.body.holders.map((one: { id: string }) => one.id)
      expect(ids).toContain(old)
      expect(ids).toContain(fresh)
    })

    it('is ENOENT for a device that is not there', async () => {
      const { api } = await startWithDevice(stage)
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_device' }
      for (const verb of ['enable', 'disable']) {
        expect(refusal(await api.ask('post', `/v1/devices/dax0.99/${verb}`))).toEqual(missing)
      }
      expect(refusal(await openAt(api, '/v1/devices/dax0.99'))).toEqual(missing)
      expect(refusal(await api.ask('get', '/v1/devices/dax0.99'))).toEqual(missing)
      expect(refusal(await api.ask('get', '/v1/devices/dax0.99/users'))).toEqual(missing)
      expect(refusal(await api.ask('delete', '/v1/devices/dax0.99'))).toEqual(missing)
    })

    it('does not delete a device that a namespace owns, nor the empty slot', async () => {
      const { api, path, chardev } = await startWithDevice(stage)
      expect(refusal(await api.ask('delete', path))).toEqual({
        ...EBUSY,
        code: 'owned_by_namespace',
      })
      await api.remove('/v1/namespaces/n')
      expect(refusal(await api.ask('delete', `/v1/devices/${chardev}`))).toEqual({
        ...ENXIO,
        code: 'empty_device',
      })
    })
  })

  describe(`${stage.name}: draining devices`, () => {
    const drain = (api: Subject, path: string, more: object = {}, headers = {}) =>
      api.ask('post', `${path}/disable`, { body: { if_busy: 'drain', ...more }, headers })
    const finished = (api: Subject, id: string) =>
      eventually(
        () => api.get(`/v1/operations/${id}`),
        ({ state }) => state !== 'running' && state !== 'queued',
      )

    it('answers 202 with the operation, refuses new users, and disables after the last goes', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const mapping = await map(handle)
      const answer = await drain(api, path)
      const { id } = answer.body
      expect(answer.status).toBe(202)
      expect(answer.headers['location']).toBe(`/v1/operations/${id}`)
      expect(answer.body).toMatchObject({
        verb: 'disable-device',
        target: { kind: 'device', id: chardev },
        state: 'running',
        result: null,
        problem: null,
      })
      expect((await api.get(path)).state).toBe('draining')
      const draining = { ...EBUSY, code: 'draining' }
      expect(refusal(await openAt(api, path))).toEqual(draining)
      const body = { handle, length: LENGTH }
      expect(refusal(await api.ask('post', '/v1/mappings', { body }))).toEqual(draining)
      expect(refusal(await api.ask('post', `${path}/enable`))).toEqual(draining)
      expect(refusal(await drain(api, path))).toEqual(draining)
      expect((await api.get(`/v1/mappings/${mapping}/translate?offset=0`)).level).toBe('pmd')
      await api.remove(`/v1/handles/${handle}`)
      expect((await api.get(path)).state).toBe('draining')
      await api.remove(`/v1/mappings/${mapping}`)
      const operation = await finished(api, id)
      expect(operation).toMatchObject({ state: 'succeeded', problem: null })
      const { observed, ...device } = await api.get(path)
      expect(operation.result).toEqual(device)
      expect(device).toMatchObject({ state: 'disabled', generation: 1 })
    })

    it('goes back to enabled in the same generation at the time-out, and fails with ETIMEDOUT', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const mapping = await map(handle)
      const { body } = await drain(api, path, { timeout_ms: 150 })
      expect(await finished(api, body.id)).toMatchObject({
        state: 'failed',
        problem: { status: 409, errno: 'ETIMEDOUT', code: 'drain_timeout' },
      })
      expect(await api.get(path)).toMatchObject({
        state: 'enabled',
        generation: 1,
        refs: { handles: 1, mappings: 1 },
      })
      expect((await api.get(`/v1/mappings/${mapping}`)).state).toBe('live')
      await map(handle)
    })

    it('leaves the device enabled when the drain is cancelled', async () => {
      const { api, path, chardev } = await startWithDevice(stage)
      await open(api, chardev)
      const { body } = await drain(api, path)
      await api.remove(`/v1/operations/${body.id}`)
      expect(await api.get(`/v1/operations/${body.id}`)).toMatchObject({ state: 'cancelled' })
      expect(await api.get(path)).toMatchObject({ state: 'enabled', generation: 1 })
      expect((await openAt(api, path)).status).toBe(201)
      const again = await api.ask('delete', `/v1/operations/${body.id}`)
      expect(refusal(again)).toEqual({ ...EBUSY, code: 'not_cancellable' })
    })

    it('does not cancel for one who has seen an older state of the operation', async () => {
      const { api, path, chardev } = await startWithDevice(stage)
      await open(api, chardev)
      const { body } = await drain(api, path)
      const headers = { 'if-match': `"${body.revision + 1}"` }
      const answer = await api.ask('delete', `/v1/operations/${body.id}`, { headers })
      expect(refusal(answer)).toEqual({ status: 412, code: 'precondition_failed' })
      expect((await api.get(path)).state).toBe('draining')
      await api.remove(`/v1/operations/${body.id}`)
    })

    it('answers as if synchronous with Prefer: wait, the success and the time-out alike', async () => {
      const { api, path, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const wait = { prefer: 'wait=9' }
      expect(refusal(await drain(api, path, { timeout_ms: 150 }, wait))).toEqual({
        status: 409,
        errno: 'ETIMEDOUT',
        code: 'drain_timeout',
      })
      const pending = drain(api, path, {}, wait)
      await eventually(
        () => api.get(path),
        ({ state }) => state === 'draining',
      )
      await api.remove(`/v1/handles/${handle}`)
      const { status, body } = await pending
      expect([status, body.chardev, body.state]).toEqual([200, chardev, 'disabled'])
    })

    it('answers 202 with Prefer: wait when the wait is over first', async () => {
      const { api, path, chardev } = await startWithDevice(stage)
      await open(api, chardev)
      const { status, body } = await drain(api, path, {}, { prefer: 'wait=0' })
      expect([status, body.state]).toEqual([202, 'running'])
      await api.remove(`/v1/operations/${body.id}`)
    })

    it('ends as done when somebody revokes meanwhile', async () => {
      const { api, path, map, chardev } = await startWithDevice(stage)
      await map(await open(api, chardev))
      const { body } = await drain(api, path, { timeout_ms: 60_000 })
      await api.act(`${path}/disable`, { if_busy: 'revoke' })
      expect(await finished(api, body.id)).toMatchObject({ state: 'succeeded', problem: null })
      expect((await api.get(path)).state).toBe('disabled')
    })

    it('drains a namespace away: deleted when the last reference goes', async () => {
      const { api, path, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const { status, body } = await api.ask('delete', '/v1/namespaces/n?if_busy=drain')
      expect([status, body.verb, body.state]).toEqual([202, 'destroy-namespace', 'running'])
      expect(refusal(await openAt(api, path))).toEqual({ ...EBUSY, code: 'draining' })
      await api.remove(`/v1/handles/${handle}`)
      expect(await finished(api, body.id)).toMatchObject({ state: 'succeeded' })
      expect((await api.ask('get', '/v1/namespaces/n')).status).toBe(404)
    })

    it('keeps a namespace whose drain runs out of time', async () => {
      const { api, path, chardev } = await startWithDevice(stage)
      await open(api, chardev)
      const query = 'if_busy=drain&timeout_ms=150'
      const { body } = await api.ask('delete', `/v1/namespaces/n?${query}`)
      expect((await finished(api, body.id)).problem.code).toBe('drain_timeout')
      expect((await api.get('/v1/namespaces/n')).state).toBe('active')
      expect((await api.get(path)).state).toBe('enabled')
    })
  })
}
