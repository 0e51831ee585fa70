import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { startWithDevice } from './devices.ts'
import { eventually, everything, MIB, type Stage } from './stage.ts'

const LONG_MS = 3_600_000

/** Leases: a holder's life. */
export function leasesContract(stage: Stage): void {
  const startWithLease = async (ttl_ms: number) => {
    const { api, chardev } = await startWithDevice(stage)
    const lease = await api.make('/v1/leases', { holder: 'pod', ttl_ms })
    const body = { holder: 'pod', lease: lease.id }
    const handle = await api.make(`/v1/devices/${chardev}/handles`, body)
    const mapping = await api.make('/v1/mappings', { handle: handle.id, length: 2 * MIB })
    return { api, chardev, lease, handle, mapping }
  }
  const gone = { status: 410, errno: 'ESTALE', code: 'lease_expired' }

  describe(`${stage.name}: leases`, () => {
    it('lives for its time from now on, and longer when renewed', async () => {
      const api = await stage.start()
      const body = { holder: 'pod', ttl_ms: LONG_MS, labels: { a: 'b' } }
      const answer = await api.ask('post', '/v1/leases', { body })
      const { id, token, expires_at, created_at } = answer.body
      expect([answer.status, answer.headers['location']]).toEqual([201, `/v1/leases/${id}`])
      expect(answer.body).toMatchObject({ ...body, claim: null })
      expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(LONG_MS)
      const renewed = await api.act(`/v1/leases/${id}/renew`, { ttl_ms: 2 * LONG_MS })
      expect(renewed).toMatchObject({ id, token, ttl_ms: 2 * LONG_MS })
      const left = Date.parse(renewed.expires_at) - Date.parse(renewed.updated_at)
      expect(left).toBe(2 * LONG_MS)
      expect((await api.act(`/v1/leases/${id}/renew`)).ttl_ms).toBe(2 * LONG_MS)
    })

    it('gives each lease of a holder a higher token than any before, over restarts too', async () => {
      const api = await stage.start()
      const make = async (on: typeof api) =>
        (await on.make('/v1/leases', { holder: 'pod', ttl_ms: LONG_MS })).token
      const first = await make(api)
      const second = await make(api)
      const third = await make(await api.restart())
      expect([first < second, second < third]).toEqual([true, true])
    })

    it('is 410 for a renewal after a restart, too, when the lease had ended before it', async () => {
      const { api, lease } = await startWithLease(stage.momentMs)
      const ended = await api.make('/v1/leases', { holder: 'pod', ttl_ms: LONG_MS })
      await api.remove(`/v1/leases/${ended.id}`)
      await eventually(
        () => api.get('/v1/leases'),
        ({ items }) => items.length === 0,
      )
      const later = await api.restart()
      const never = `l-${(lease.revision + 1_000_000).toString(36)}`
      const renew = async (id: string) => refusal(await later.ask('post', `/v1/leases/${id}/renew`))
      expect(await Promise.all([lease.id, ended.id].map(renew))).toEqual([gone, gone])
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_lease' }
      const strange = ['l-0', `l-0${lease.id.slice(2)}`, lease.id.toUpperCase(), 'x-1', never]
      expect(await Promise.all(strange.map(renew))).toEqual(strange.map(() => missing))
    })

    it('closes handles and drops mappings when it expires, as an exit does; 410 from then on', async () => {
      const { api, chardev, lease, handle, mapping } = await startWithLease(stage.momentMs)
      expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
        refs: { handles: 1, mappings: 1 },
      })
      expect((await api.get(`/v1/handles?lease=${lease.id}`)).items).toEqual([handle])
      const device = await eventually(
        () => api.get(`/v1/devices/${chardev}`),
        ({ refs }) => refs.handles === 0,
      )
      expect(device.refs).toEqual({ handles: 0, mappings: 0 })
      expect((await api.ask('get', `/v1/mappings/${mapping.id}`)).status).toBe(404)
      expect((await api.ask('get', `/v1/handles/${handle.id}`)).status).toBe(404)
      expect(refusal(await api.ask('post', `/v1/leases/${lease.id}/renew`))).toEqual(gone)
      expect((await api.get('/v1/leases')).items).toEqual([])
    })

    it('does the same when it is deleted', async () => {
      const { api, chardev, lease } = await startWithLease(LONG_MS)
      await api.remove(`/v1/leases/${lease.id}`)
      expect((await api.get(`/v1/devices/${chardev}`)).refs).toEqual({ handles: 0, mappings: 0 })
      expect((await api.get('/v1/handles')).items).toEqual([])
      expect((await api.get('/v1/mappings')).items).toEqual([])
    })

    it('drops mappings of a handle that was closed before', async () => {
      const { api, chardev, lease, handle } = await startWithLease(LONG_MS)
      await api.remove(`/v1/handles/${handle.id}`)
      await api.remove(`/v1/leases/${lease.id}`)
      expect((await api.get(`/v1/devices/${chardev}`)).refs).toEqual({ handles: 0, mappings: 0 })
    })

    it('frees a removed device that only it still held', async () => {
      const { api, lease } = await startWithLease(LONG_MS)
      await api.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200)
      expect((await api.get('/v1/devices?state=removed')).items).toHaveLength(1)
      await api.remove(`/v1/leases/${lease.id}`)
      expect((await api.get('/v1/devices?state=removed')).items).toEqual([])
    })

    it("refuses another holder's lease, and one that is not there, and changes nothing", async () => {
      const { api, chardev, lease } = await startWithLease(LONG_MS)
      const before = await everything(api)
      const open = (body: object) => api.ask('post', `/v1/devices/${chardev}/handles`, { body })
      expect(refusal(await open({ holder: 'thief', lease: lease.id }))).toEqual({
        status: 422,
        errno: 'EINVAL',
        code: 'lease_mismatch',
      })
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_lease' }
      expect(refusal(await open({ holder: 'pod', lease: 'l-none' }))).toEqual(missing)
      expect(refusal(await api.ask('post', '/v1/leases/l-none/renew'))).toEqual(missing)
      expect(refusal(await api.ask('get', '/v1/leases/l-none'))).toEqual(missing)
      expect(refusal(await api.ask('delete', '/v1/leases/l-none'))).toEqual(missing)
      expect(await everything(api)).toEqual(before)
    })

    it('refuses to open under a lease whose time is up', async () => {
      const { api, chardev, lease } = await startWithLease(stage.momentMs)
      await eventually(
        () => api.get('/v1/leases'),
        ({ items }) => items.length === 0,
      )
      const body = { holder: 'pod', lease: lease.id }
      const answer = await api.ask('post', `/v1/devices/${chardev}/handles`, { body })
      expect([404, 410]).toContain(answer.status)
    })

    it.each([0, -1, 1.5, 2 ** 31, '1s', null])(
      'refuses a ttl_ms of %o as malformed',
      async (ttl) => {
        const api = await stage.start()
        const body = { holder: 'pod', ttl_ms: ttl }
        expect(refusal(await api.ask('post', '/v1/leases', { body }))).toEqual({
          status: 400,
          errno: 'EINVAL',
          code: 'malformed',
        })
      },
    )

    it('refuses a late call by the token that it shows, and changes nothing', async () => {
      const { api, chardev, lease, handle, mapping } = await startWithLease(LONG_MS)
      const wanted = { size: 2 * MIB, sharing: 'dedicated', holder: 'pod', ttl_ms: LONG_MS }
      const claim = await api.ok('put', '/v1/claims/c', 201, { body: wanted })
      const before = await everything(api)
      const late = { headers: { 'daxd-fencing-token': String(lease.token - 1) } }
      const body = { holder: 'pod', lease: lease.id }
      const map = { handle: handle.id, length: 2 * MIB }
      const calls: readonly [string, string, object?][] = [
        ['post', `/v1/leases/${lease.id}/renew`],
        ['delete', `/v1/leases/${lease.id}`],
        ['post', `/v1/devices/${chardev}/handles`, body],
        ['delete', `/v1/handles/${handle.id}`],
        ['post', '/v1/mappings', map],
        ['delete', `/v1/mappings/${mapping.id}`],
        ['put', '/v1/claims/c', wanted],
        ['delete', '/v1/claims/c?if_busy=revoke'],
      ]
      for (const [method, path, sent] of calls) {
        const more = sent === undefined ? {} : { body: sent }
        const answer = await api.ask(method as 'post', path, { ...late, ...more })
        const { status, errno, code } = refusal(answer)
        expect([method, path, status, errno, code]).toEqual([
          ...[method, path, 410, 'ESTALE', 'stale_token'],
        ])
      }
      const operations = [{ op: 'map', ...map }]
      const batch = await api.ok('post', '/v1/batch', 200, { body: { operations }, ...late })
      expect(batch.results[0].problem.code).toBe('stale_token')
      expect(await everything(api)).toEqual(before)
      const { token } = await api.get(`/v1/leases/${claim.lease}`)
      const timely = (of: number) => ({ headers: { 'daxd-fencing-token': String(of) } })
      await api.ok('delete', `/v1/mappings/${mapping.id}`, 204, timely(lease.token))
      await api.ok('delete', '/v1/claims/c', 204, timely(token))
    })

    it('lists by holder', async () => {
      const api = await stage.start()
      const mine = await api.make('/v1/leases', { holder: 'me', ttl_ms: LONG_MS })
      await api.make('/v1/leases', { holder: 'you', ttl_ms: LONG_MS })
      expect((await api.get('/v1/leases?holder=me')).items).toEqual([mine])
    })
  })
}
