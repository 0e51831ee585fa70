import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { startWithDevice } from './devices.ts'
import { eventually, everything, groundOf, MIB, open, type Stage, type Subject } from './stage.ts'

const STALE = { status: 412, code: 'precondition_failed' }
const CONFLICT = { status: 422, code: 'idempotency_conflict' }

/** Idempotency-Key, ETag and If-Match. */
export function repeatsContract(stage: Stage): void {
  const post = (api: Subject, path: string, body: object, key: string, more: object = {}) =>
    api.ask('post', path, { body, headers: { 'idempotency-key': key, ...more } })

  describe(`${stage.name}: idempotency keys`, () => {
    it('replays the first answer of a repeated POST, whole, and does nothing again', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const calls: readonly (readonly [string, object])[] = [
        [`/v1/devices/${chardev}/handles`, { holder: 'a' }],
        ['/v1/mappings', { handle, length: 2 * MIB }],
        ['/v1/leases', { holder: 'a', ttl_ms: 3_600_000 }],
        ['/v1/namespaces', { size: 2 * MIB }],
        ['/v1/batch', { operations: [{ op: 'open', chardev, holder: 'b' }] }],
      ]
      for (const [path, body] of calls) {
        const first = await post(api, path, body, 'k')
        const before = await everything(api)
        const again = await post(api, path, body, 'k')
        expect([path, again.status, again.body]).toEqual([path, first.status, first.body])
        expect(first.headers['idempotency-replayed']).toBeUndefined()
        expect(again.headers['idempotency-replayed']).toBe('true')
        expect(again.headers['location']).toBe(first.headers['location'])
        expect(again.headers['etag']).toBe(first.headers['etag'])
        expect(await everything(api)).toEqual(before)
      }
    })

    it('replays even when the object is gone since, and after a restart', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const path = `/v1/devices/${chardev}/handles`
      const first = await post(api, path, { holder: 'a' }, 'k')
      await api.remove(`/v1/handles/${first.body.id}`)
      const again = await post(api, path, { holder: 'a' }, 'k')
      expect([again.status, again.body]).toEqual([201, first.body])
      expect((await api.get('/v1/handles')).items).toEqual([])
      const later = await api.restart()
      const third = await post(later, path, { holder: 'a' }, 'k')
      expect([third.status, third.body]).toEqual([201, first.body])
      expect((await later.get('/v1/handles')).items).toEqual([])
    })

    it('replays a 200 for an existing namespace, too, when that is gone since', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const body = { name: 'n', region: id, size: 2 * MIB }
      const made = await api.make('/v1/namespaces', body)
      const found = await post(api, '/v1/namespaces', body, 'k')
      expect([found.status, found.body]).toEqual([200, made])
      await api.remove('/v1/namespaces/n')
      const again = await post(api, '/v1/namespaces', body, 'k')
      expect([again.status, again.body]).toEqual([200, made])
      expect((await api.get('/v1/namespaces')).items).toEqual([])
    })

    it('is a conflict for another body or query under the same key, and changes nothing', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const path = `/v1/devices/${chardev}/handles`
      await post(api, path, { holder: 'a' }, 'k')
      const before = await everything(api)
      expect(refusal(await post(api, path, { holder: 'b' }, 'k'))).toEqual(CONFLICT)
      expect(await everything(api)).toEqual(before)
    })

    it('looks at the body first: a malformed one is a 400 whatever the key', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const path = `/v1/devices/${chardev}/handles`
      await post(api, path, { holder: 'a' }, 'k')
      const answer = await post(api, path, { holder: 7 }, 'k')
      expect(refusal(answer)).toEqual({ status: 400, errno: 'EINVAL', code: 'malformed' })
    })

    it('keeps keys of different paths apart, and does not mind the order of the keys in a body', async () => {
      const { api, chardev } = await startWithDevice(stage)
      await post(api, `/v1/devices/${chardev}/handles`, { holder: 'a' }, 'k')
      const lease = await post(api, '/v1/leases', { holder: 'a', ttl_ms: 3_600_000 }, 'k')
      expect([lease.status, lease.headers['idempotency-replayed']]).toEqual([201, undefined])
      const again = await post(api, '/v1/leases', { ttl_ms: 3_600_000, holder: 'a' }, 'k')
      expect([again.status, again.body]).toEqual([201, lease.body])
    })

    it('does not remember refusals: a retry after the cause has gone succeeds', async () => {
      const { api, chardev, path } = await startWithDevice(stage)
      await api.act(`${path}/disable`)
      const call = () => post(api, `/v1/devices/${chardev}/handles`, { holder: 'a' }, 'k')
      expect((await call()).body.code).toBe('device_disabled')
      await api.act(`${path}/enable`)
      const { status, headers } = await call()
      expect([status, headers['idempotency-replayed']]).toEqual([201, undefined])
    })

    it('does not remember a drain that was waited for and ran out of time', async () => {
      const { api, chardev, path } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const body = { if_busy: 'drain', timeout_ms: 150 }
      const call = () => post(api, `${path}/disable`, body, 'k', { prefer: 'wait=9' })
      expect(refusal(await call()).code).toBe('drain_timeout')
      await api.remove(`/v1/handles/${handle}`)
      const done = await call()
      expect([done.status, done.body.state]).toEqual([200, 'disabled'])
      const again = await call()
      expect([again.status, again.body]).toEqual([200, done.body])
      expect(again.headers['idempotency-replayed']).toBe('true')
    })

    it('replays the operation of a drain that was answered with 202', async () => {
      const { api, chardev, path } = await startWithDevice(stage)
      await open(api, chardev)
      for (const headers of [{}, { prefer: 'wait=0' }]) {
        const key = JSON.stringify(headers)
        const call = () => post(api, `${path}/disable`, { if_busy: 'drain' }, key, headers)
        const first = await call()
        const again = await call()
        expect([again.status, again.body]).toEqual([202, first.body])
        expect(again.headers['location']).toBe(`/v1/operations/${first.body.id}`)
        expect((await api.get('/v1/operations?state=running')).items).toHaveLength(1)
        await api.remove(`/v1/operations/${first.body.id}`)
      }
    })

    it('does a call once when it comes many times at once under one key', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const path = `/v1/devices/${chardev}/handles`
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => post(api, path, { holder: 'a' }, 'k')),
      )
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
      expect((await api.get('/v1/handles')).items).toHaveLength(1)
    })

    it('does a call once when many wait behind a refused one of the same key', async () => {
      const { api, path } = await startWithDevice(stage)
      const { id } = await groundOf(api, 'dynamic')
      const { size } = await api.get(`/v1/regions/${id}`)
      // The first fills the region by another key while the keyed ones are refused, then goes.
      await api.make('/v1/namespaces', { name: 'full', region: id, size: size - 32 * MIB })
      const body = { region: id, size: 2 * MIB }
      const call = () => post(api, '/v1/namespaces', body, 'k')
      const early = [call(), call()]
      const freed = api.ok('delete', '/v1/namespaces/full', 204)
      const late = Array.from({ length: 6 }, () => call())
      const answers = await Promise.all([...early, ...late])
      await freed
      const last = await call()
      expect(last.status).toBe(201)
      const made = new Set(
        [...answers, last].filter(({ status }) => status === 201).map(({ body }) => body.name),
      )
      expect(made.size).toBe(1)
      expect((await api.get('/v1/namespaces')).items).toHaveLength(2)
      expect((await api.get(path)).state).toBe('enabled')
    })

    it.each(['', ' ', 'x'.repeat(256), 'tab\there'])('refuses %o as a key', async (key) => {
      const api = await stage.start()
      const answer = await post(api, '/v1/leases', { holder: 'a', ttl_ms: 9_999 }, key)
      // An empty header may be dropped on the way; what arrives must be a key.
      if (key.trim() !== '') expect(refusal(answer)).toMatchObject({ code: 'malformed' })
      else expect([201, 400]).toContain(answer.status)
    })
  })

  describe(`${stage.name}: ETag and If-Match`, () => {
    it('refuses every mutation of an object that has changed since, and changes nothing', async () => {
      const { api, region, chardev, path, map } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const mapping = await map(handle)
      const lease = await api.make('/v1/leases', { holder: 'a', ttl_ms: 3_600_000 })
      await api.ok('put', '/v1/claims/c', 201, {
        body: { size: 2 * MIB, sharing: 'dedicated', holder: 'a' },
      })
      const claim = { size: 2 * MIB, sharing: 'dedicated', holder: 'a' }
      const before = await everything(api)
      const calls = [
        ['patch', `/v1/regions/${region}`, { labels: { a: 'b' } }],
        ['delete', `/v1/regions/${region}`],
        ['patch', '/v1/namespaces/n', { labels: { a: 'b' } }],
        ['delete', '/v1/namespaces/n'],
        ['delete', '/v1/namespaces/n?if_busy=revoke'],
        ['delete', '/v1/namespaces/n?if_busy=drain'],
        ['post', `${path}/enable`],
        ['post', `${path}/disable`, { if_busy: 'revoke' }],
        ['post', `${path}/disable`, { if_busy: 'drain' }],
        ['delete', `/v1/handles/${handle}`],
        ['delete', `/v1/mappings/${mapping}`],
        ['post', `/v1/leases/${lease.id}/renew`, {}],
        ['delete', `/v1/leases/${lease.id}`],
        ['put', '/v1/claims/c', claim],
        ['put', '/v1/claims/new', claim],
        ['delete', '/v1/claims/c'],
        ['delete', '/v1/claims/c?if_busy=revoke'],
      ] as const
      for (const etag of ['"0"', '0', 'W/"0"', '"no-revision"']) {
        for (const [method, at, body] of calls) {
          const given = { headers: { 'if-match': etag }, ...(body ? { body } : {}) }
          const answer = await api.ask(method, at, given)
          expect([method, at, answer.status, answer.body.code]).toEqual([
            method,
            at,
            STALE.status,
            STALE.code,
          ])
          expect(refusal(answer)).toEqual(STALE)
        }
      }
      expect(await everything(api)).toEqual(before)
    })

    it('performs a mutation of an object that is as the caller has seen it', async () => {
      const { api, region, chardev, path } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const seen = async (
        method: 'patch' | 'delete' | 'post',
        at: string,
        of: string,
        body?: object,
      ) => {
        const { headers } = await api.ask('get', of)
        const ask = { headers: { 'if-match': headers['etag'] ?? '' }, ...(body ? { body } : {}) }
        return (await api.ask(method, at, ask)).status
      }
      expect(await seen('patch', `/v1/regions/${region}`, `/v1/regions/${region}`, {})).toBe(200)
      expect(await seen('delete', `/v1/handles/${handle}`, `/v1/handles/${handle}`)).toBe(204)
      expect(await seen('post', `${path}/disable`, path)).toBe(200)
      expect(await seen('post', `${path}/enable`, path)).toBe(200)
      expect(await seen('delete', '/v1/namespaces/n', '/v1/namespaces/n')).toBe(204)
    })

    it('takes a list of tags: one that matches is enough, and tags of others match nothing', async () => {
      const { api } = await startWithDevice(stage)
      const { revision } = await api.get('/v1/namespaces/n')
      const patch = async (tags: string, tag: string) => {
        const ask = { headers: { 'if-match': tags }, body: { labels: { tag } } }
        return (await api.ask('patch', '/v1/namespaces/n', ask)).status
      }
      const [old, older] = [revision - 1, revision - 2]
      expect(await patch(`"${old}", "${older}"`, 'a')).toBe(412)
      expect(await patch(`"a, ${revision}", "x"`, 'b')).toBe(412)
      expect(await patch(`"x,y" , "${old}","${revision}"`, 'c')).toBe(200)
      expect((await api.get('/v1/namespaces/n')).labels).toEqual({ tag: 'c' })
    })

    it('is 412 for a creation that asks for any state of what is not there', async () => {
      const api = await stage.start()
      const headers = { 'if-match': '*' }
      const stale = { status: 412, code: 'precondition_failed' }
      const body = { name: 'new', size: 64 * MIB }
      expect(refusal(await api.ask('post', '/v1/namespaces', { headers, body }))).toEqual(stale)
      const claim = { size: 64 * MIB, sharing: 'dedicated', holder: 'a' }
      expect(refusal(await api.ask('put', '/v1/claims/new', { headers, body: claim }))).toEqual(
        stale,
      )
      expect((await api.get('/v1/namespaces')).items).toEqual([])
    })

    it('takes * for any state of an object that is there', async () => {
      const { api } = await startWithDevice(stage)
      const ask = { headers: { 'if-match': '*' }, body: { labels: { a: 'b' } } }
      expect((await api.ask('patch', '/v1/namespaces/n', ask)).status).toBe(200)
    })

    it('gives each change a higher revision than any before, of whatever object', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const revisions: number[] = []
      for (let round = 0; round < 3; round += 1) {
        const handle = await api.make(`/v1/devices/${chardev}/handles`, { holder: 'a' })
        const lease = await api.make('/v1/leases', { holder: 'a', ttl_ms: 3_600_000 })
        const region = await api.ok('patch', '/v1/namespaces/n', 200, { body: { labels: {} } })
        revisions.push(handle.revision, lease.revision, region.revision)
      }
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
    })

    it('lets one of two win that change the same state', async () => {
      const { api } = await startWithDevice(stage)
      const { revision } = await api.get('/v1/namespaces/n')
      const headers = { 'if-match': `"${revision}"` }
      const answers = await Promise.all(
        ['x', 'y'].map((tag) =>
          api.ask('patch', '/v1/namespaces/n', { headers, body: { labels: { tag } } }),
        ),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
      await eventually(
        () => api.get('/v1/namespaces/n'),
        ({ labels }) => labels.tag !== undefined,
      )
    })
  })
}
