import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { eventually, everything, GIB, groundOf, MIB, type Stage, type Subject } from './stage.ts'

const EBUSY = { status: 409, errno: 'EBUSY' }
const ENOSPC = { status: 507, errno: 'ENOSPC' }

/** Claims: everything in one call, and all of it back in one. */
export function claimsContract(stage: Stage): void {
  const dedicated = { size: 5 * MIB, sharing: 'dedicated', holder: 'pod-1' }
  const slice = { size: 3 * MIB, sharing: 'slice', holder: 'pod-1' }
  const put = (api: Subject, name: string, body: object, query = '') =>
    api.ask('put', `/v1/claims/${name}${query}`, { body })
  const claim = async (api: Subject, name: string, body: object) =>
    api.ok('put', `/v1/claims/${name}`, 201, { body })
  const startWithPool = async () => {
    const api = await stage.start()
    const { id } = await groundOf(api, 'dynamic')
    const body = { name: 'pool', region: id, size: 16 * MIB, pool: true, labels: { tier: 'a' } }
    const { chardev } = await api.make('/v1/namespaces', body)
    return { api, region: id, chardev: chardev as string }
  }
  /** What a listing must show when all is given back: the same objects at the same state. */
  const holdings = async (api: Subject) => {
    const kinds = ['namespaces', 'devices', 'handles', 'mappings', 'leases', 'claims']
    const lists = await Promise.all(kinds.map(async (kind) => (await api.get(`/v1/${kind}`)).items))
    const free = (await api.get('/v1/regions')).items.map(
      ({ available_size }: { available_size: number }) => available_size,
    )
    const names = lists.map((items) => items.map((one: { name?: string }) => one.name ?? 'x'))
    return { names, free }
  }

  describe(`${stage.name}: dedicated claims`, () => {
    it('gives namespace, enabled device, handle and mapping at once, rounded up to the align', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const selector = { kind: 'dynamic' }
      const answer = await put(api, 'c', { ...dedicated, selector, labels: { a: 'b' } })
      expect([answer.status, answer.headers['location']]).toEqual([201, '/v1/claims/c'])
      const { chardev, path, handle, mapping, namespace } = answer.body
      expect(answer.body).toMatchObject({
        name: 'c',
        state: 'active',
        sharing: 'dedicated',
        holder: 'pod-1',
        size: 5 * MIB,
        chardev: `dax${id}.0`,
        offset: 0,
        length: 6 * MIB,
        lease: null,
        generation: 1,
        problem: null,
        labels: { a: 'b' },
        mmap: { path, offset: 0, length: 6 * MIB },
      })
      expect(await api.get('/v1/claims/c')).toEqual(answer.body)
      expect(await api.get(`/v1/namespaces/${namespace}`)).toMatchObject({
        claim: 'c',
        size: 6 * MIB,
        chardev,
      })
      expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
        state: 'enabled',
        path,
        refs: { handles: 1, mappings: 1 },
      })
      expect(await api.get(`/v1/handles/${handle}`)).toMatchObject({ holder: 'pod-1', chardev })
      expect(await api.get(`/v1/mappings/${mapping}`)).toMatchObject({
        handle,
        offset: 0,
        length: 6 * MIB,
        state: 'live',
        exclusive: true,
      })
    })

    it('adds the metadata on static regions, so that what was asked for can be used', async () => {
      const api = await stage.start()
      const selector = { kind: 'static' }
      const body = { ...dedicated, size: 16 * MIB, selector }
      const { length, namespace } = await claim(api, 'c', body)
      expect(length).toBeGreaterThanOrEqual(16 * MIB)
      const { size } = await api.get(`/v1/namespaces/${namespace}`)
      expect([size, length]).toEqual([32 * MIB, 30 * MIB])
    })

    it('answers the same claim with 200 when it is repeated, changing nothing', async () => {
      const api = await stage.start()
      const made = await claim(api, 'c', dedicated)
      const before = await everything(api)
      const again = await put(api, 'c', { holder: 'pod-1', sharing: 'dedicated', size: '5m' })
      expect([again.status, again.body]).toEqual([200, made])
      expect(await everything(api)).toEqual(before)
    })

    it('is EEXIST for a different request under the name, dry run and real run alike', async () => {
      const api = await stage.start()
      await claim(api, 'c', dedicated)
      const before = await everything(api)
      const taken = { status: 409, errno: 'EEXIST', code: 'name_taken' }
      for (const more of [
        { size: 6 * MIB },
        { holder: 'x' },
        { sharing: 'slice' },
        { ttl_ms: 9 },
      ]) {
        const body = { ...dedicated, ...more }
        expect(refusal(await put(api, 'c', body))).toEqual(taken)
        expect(refusal(await put(api, 'c', body, '?dry_run=true'))).toEqual(taken)
      }
      expect(await everything(api)).toEqual(before)
    })

    it('makes one claim of many equal ones at once', async () => {
      const api = await stage.start()
      const answers = await Promise.all(Array.from({ length: 6 }, () => put(api, 'c', dedicated)))
      const codes = answers.map(({ status }) => status).sort()
      expect(codes).toEqual([200, 200, 200, 200, 200, 201])
      expect((await holdings(api)).names.map((names) => names.length)).toEqual([1, 1, 1, 1, 0, 1])
    })

    it('undoes all of it by one DELETE', async () => {
      const api = await stage.start()
      const before = await holdings(api)
      await claim(api, 'c', { ...dedicated, ttl_ms: 60_000 })
      await api.remove('/v1/claims/c')
      expect(await holdings(api)).toEqual(before)
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_claim' }
      expect(refusal(await api.ask('get', '/v1/claims/c'))).toEqual(missing)
      expect(refusal(await api.ask('delete', '/v1/claims/c'))).toEqual(missing)
      expect((await put(api, 'c', { ...dedicated, holder: 'other' })).status).toBe(201)
    })

    it('leaves the others alone when one of them goes', async () => {
      const api = await stage.start()
      const a = await claim(api, 'a', dedicated)
      const b = await claim(api, 'b', dedicated)
      await api.remove('/v1/claims/a')
      expect(await api.get('/v1/claims/b')).toEqual(b)
      expect((await api.get(`/v1/mappings/${b.mapping}`)).state).toBe('live')
      expect((await claim(api, 'c', dedicated)).chardev).toBe(a.chardev)
    })

    it('refuses to be deleted while others use its device, and revokes them on request', async () => {
      const api = await stage.start()
      const { chardev } = await claim(api, 'c', dedicated)
      const { id } = await api.make(`/v1/devices/${chardev}/handles`, { holder: 'guest' })
      const before = await everything(api)
      const answer = await api.ask('delete', '/v1/claims/c')
      expect(refusal(answer)).toEqual({ ...EBUSY, code: 'busy' })
      expect(answer.body.holders).toEqual([
        { kind: 'handle', id, holder: 'guest', tenant: null, chardev, generation: 1 },
      ])
      expect(await everything(api)).toEqual(before)
      const gone = await api.ask('delete', '/v1/claims/c?if_busy=revoke')
      expect([gone.status, gone.body.revoked.processes]).toEqual([200, []])
      expect((await api.get(`/v1/handles/${id}`)).chardev).toBe(chardev)
      await api.remove(`/v1/handles/${id}`)
      expect((await api.get('/v1/devices?state=removed')).items).toEqual([])
    })

    it('does not let its parts be pulled out one by one', async () => {
      const api = await stage.start()
      const made = await claim(api, 'c', { ...dedicated, ttl_ms: 60_000 })
      const before = await everything(api)
      const owned = { ...EBUSY, code: 'owned_by_claim' }
      const refusals = [
        await api.ask('delete', `/v1/handles/${made.handle}`),
        await api.ask('delete', `/v1/mappings/${made.mapping}`),
        await api.ask('delete', `/v1/namespaces/${made.namespace}`),
        await api.ask('delete', `/v1/namespaces/${made.namespace}?if_busy=revoke`),
      ]
      for (const answer of refusals) {
        expect(refusal(answer)).toEqual(owned)
        expect(answer.body.holders).toEqual([{ kind: 'claim', id: 'c' }])
      }
      const batch = await api.act('/v1/batch', {
        operations: [
          { op: 'unmap', id: made.mapping },
          { op: 'close', id: made.handle },
        ],
      })
      expect(batch.results.map((one: { problem: object }) => one.problem)).toMatchObject([
        owned,
        owned,
      ])
      expect(await everything(api)).toEqual(before)
    })

    it.each([
      ['a size of 0', { size: 0 }, { status: 422, errno: 'EINVAL', code: 'zero_size' }],
      ['more than there is', { size: '900t' }, { ...ENOSPC, code: 'no_region' }],
      [
        'a selector that fits nothing',
        { selector: { labels: { no: 'such' } } },
        { ...ENOSPC, code: 'no_region' },
      ],
      [
        'an align there is not',
        { align: 8192 },
        { status: 422, errno: 'EINVAL', code: 'unsupported_align' },
      ],
    ])('refuses %s, dry run and real run alike, and changes nothing', async (_, more, expected) => {
      const api = await stage.start()
      const before = await everything(api)
      const body = { ...dedicated, ...more }
      expect(refusal(await put(api, 'c', body))).toEqual(expected)
      expect(refusal(await put(api, 'c', body, '?dry_run=true'))).toEqual(expected)
      expect(await everything(api)).toEqual(before)
    })

    it('shows by a dry run what it would get, the rounding included, and changes nothing', async () => {
      const api = await stage.start()
      const before = await everything(api)
      const body = { ...dedicated, size: 5 * MIB + 1, selector: { kind: 'dynamic' } }
      const dry = await put(api, 'c', body, '?dry_run=true')
      expect(await everything(api)).toEqual(before)
      const real = await claim(api, 'c', body)
      const { offset, length, chardev, size } = real
      expect([dry.status, dry.body]).toMatchObject([200, { offset, length, chardev, size }])
      expect(length).toBe(6 * MIB)
    })
  })

  describe(`${stage.name}: claims with a time to live`, () => {
    it('gives everything back when the time is up, as a process does at its exit', async () => {
      const api = await stage.start()
      const before = await holdings(api)
      const ttl_ms = stage.momentMs
      const { lease } = await claim(api, 'c', { ...dedicated, ttl_ms })
      expect(await api.get(`/v1/leases/${lease}`)).toMatchObject({
        holder: 'pod-1',
        ttl_ms,
        claim: 'c',
      })
      const after = await eventually(
        () => holdings(api),
        ({ names }) => names.every((list, index) => list.length === before.names[index]?.length),
      )
      expect(after).toEqual(before)
      const renew = await api.ask('post', `/v1/leases/${lease}/renew`)
      expect(refusal(renew)).toEqual({ status: 410, errno: 'ESTALE', code: 'lease_expired' })
    })

    it('lives on as long as its lease is renewed', async () => {
      const api = await stage.start()
      const { lease } = await claim(api, 'c', { ...dedicated, ttl_ms: stage.momentMs })
      await api.act(`/v1/leases/${lease}/renew`, { ttl_ms: 3_600_000 })
      await new Promise((resolve) => setTimeout(resolve, 2 * stage.momentMs))
      expect((await api.get('/v1/claims/c')).state).toBe('active')
    })

    it('ends with its lease when that is deleted', async () => {
      const api = await stage.start()
      const before = await holdings(api)
      const { lease } = await claim(api, 'c', { ...dedicated, ttl_ms: 3_600_000 })
      await api.remove(`/v1/leases/${lease}`)
      const after = await eventually(
        () => holdings(api),
        ({ names }) => names.every((list) => list.length === 0),
      )
      expect(after).toEqual(before)
    })
  })

  describe(`${stage.name}: slices`, () => {
    it('is no_pool where no namespace is a pool, or none is enabled or fits', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const noPool = { ...ENOSPC, code: 'no_pool' }
      expect(refusal(await put(api, 's', slice))).toEqual(noPool)
      await api.make('/v1/namespaces', { name: 'own', region: id, size: 16 * MIB })
      expect(refusal(await put(api, 's', slice))).toEqual(noPool)
      const body = { name: 'pool', region: id, size: 16 * MIB, pool: true }
      const { chardev } = await api.make('/v1/namespaces', body)
      const selector = { persistence: 'persistent' }
      expect(refusal(await put(api, 's', { ...slice, selector }))).toEqual(noPool)
      await api.act(`/v1/devices/${chardev}/disable`)
      expect(refusal(await put(api, 's', slice))).toEqual(noPool)
      await api.act(`/v1/devices/${chardev}/enable`)
      expect((await put(api, 's', slice)).status).toBe(201)
    })

    it('shares a pool without overlap, until there is no_hole; the pool stays when they go', async () => {
      const { api, chardev } = await startWithPool()
      const made = []
      for (const name of ['a', 'b', 'c', 'd']) made.push(await claim(api, name, slice))
      expect(made.map((one) => [one.chardev, one.namespace, one.length])).toEqual(
        made.map(() => [chardev, 'pool', 4 * MIB]),
      )
      const offsets = made.map(({ offset }) => offset).sort((a, b) => a - b)
      expect(offsets).toEqual([0, 4 * MIB, 8 * MIB, 12 * MIB])
      const noHole = { ...ENOSPC, code: 'no_hole' }
      expect(refusal(await put(api, 'e', slice))).toEqual(noHole)
      expect(refusal(await put(api, 'e', slice, '?dry_run=true'))).toEqual(noHole)
      await api.remove('/v1/claims/b')
      expect((await claim(api, 'e', slice)).offset).toBe(made[1].offset)
      for (const name of ['a', 'c', 'd', 'e']) await api.remove(`/v1/claims/${name}`)
      expect(await api.get('/v1/namespaces/pool')).toMatchObject({ state: 'active', pool: true })
      expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
        state: 'enabled',
        refs: { handles: 0, mappings: 0 },
      })
    })

    it('gives its place back when its time is up', async () => {
      const { api, chardev } = await startWithPool()
      await claim(api, 's', { ...slice, ttl_ms: stage.momentMs })
      const { refs } = await eventually(
        () => api.get(`/v1/devices/${chardev}`),
        (device) => device.refs.mappings === 0,
      )
      expect(refs).toEqual({ handles: 0, mappings: 0 })
      expect((await api.get('/v1/claims')).items).toEqual([])
    })

    it('gives up its slice at once though others use the pool', async () => {
      const { api, chardev } = await startWithPool()
      await claim(api, 'a', slice)
      const b = await claim(api, 'b', slice)
      await api.remove('/v1/claims/a')
      expect((await api.get(`/v1/mappings/${b.mapping}`)).state).toBe('live')
      expect((await api.get(`/v1/devices/${chardev}`)).state).toBe('enabled')
    })

    it('keeps its pool from being deleted or disabled, and dies with a revoke of it', async () => {
      const { api, chardev } = await startWithPool()
      const made = await claim(api, 's', slice)
      expect(refusal(await api.ask('delete', '/v1/namespaces/pool'))).toEqual({
        ...EBUSY,
        code: 'busy',
      })
      expect(refusal(await api.ask('post', `/v1/devices/${chardev}/disable`))).toEqual({
        ...EBUSY,
        code: 'busy',
      })
      await api.ok('delete', '/v1/namespaces/pool?if_busy=revoke', 200)
      expect((await api.get(`/v1/mappings/${made.mapping}`)).state).toBe('revoked')
      await api.remove('/v1/claims/s')
      for (const kind of ['handles', 'mappings', 'claims', 'devices?state=removed']) {
        expect([kind, (await api.get(`/v1/${kind}`)).items]).toEqual([kind, []])
      }
    })

    it('is released without a touch of what bears the name of its pool by now', async () => {
      const { api, region, chardev } = await startWithPool()
      await claim(api, 's', { ...slice, wipe: 'on_release' })
      await api.ok('delete', '/v1/namespaces/pool?if_busy=revoke', 200)
      const next = await api.make('/v1/namespaces', { name: 'next', region, size: 16 * MIB })
      expect(next.chardev).toBe(chardev)
      const { path } = await api.get(`/v1/devices/${chardev}`)
      await stage.users.write(path, 'precious')
      await api.remove('/v1/claims/s')
      expect(await stage.users.read(path, 'precious'.length)).toBe('precious')
      for (const kind of ['claims', 'handles', 'mappings', 'devices?state=removed']) {
        expect([kind, (await api.get(`/v1/${kind}`)).items]).toEqual([kind, []])
      }
    })

    it('is wiped on release when it asks for it, and only its own bytes', async () => {
      const { api, chardev } = await startWithPool()
      const first = await claim(api, 'a', { ...slice, wipe: 'on_release' })
      const second = await claim(api, 'b', slice)
      const { path } = await api.get(`/v1/devices/${chardev}`)
      await stage.users.write(path, 'mine', first.offset)
      await stage.users.write(path, 'other', second.offset)
      await api.remove('/v1/claims/a')
      expect(await stage.users.read(path, 4, first.offset)).toBe('\0\0\0\0')
      expect(await stage.users.read(path, 5, second.offset)).toBe('other')
    })

    it('fits a pool by its labels and takes the coarser align it asks for', async () => {
      const { api, region } = await startWithPool()
      const fine = { name: 'fine', region, size: 8 * MIB, align: 4096, pool: true }
      await api.make('/v1/namespaces', { ...fine, labels: { tier: 'b' } })
      const inFine = { ...slice, size: 4096, selector: { labels: { tier: 'b' } } }
      const small = await claim(api, 'small', inFine)
      expect([small.namespace, small.length]).toEqual(['fine', 4096])
      const large = await claim(api, 'large', { ...inFine, align: '2m' })
      expect([large.namespace, large.offset % (2 * MIB)]).toEqual(['fine', 0])
      expect(refusal(await put(api, 'x', { ...slice, size: GIB }))).toEqual({
        ...ENOSPC,
        code: 'no_hole',
      })
    })
  })
}
