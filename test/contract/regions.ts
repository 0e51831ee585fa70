import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { everything, GIB, groundOf, MIB, type Stage } from './stage.ts'

/** GET and PATCH of regions, and their maps. */
export function regionsContract(stage: Stage): void {
  describe(`${stage.name}: regions`, () => {
    it('shows one region as its listing does, its revision as the ETag', async () => {
      const api = await stage.start()
      const { items, next } = await api.get('/v1/regions')
      expect(next).toBeNull()
      for (const region of items) {
        const one = await api.ask('get', `/v1/regions/${region.id}`)
        expect([one.status, one.body]).toEqual([200, region])
        expect(one.headers['etag']).toBe(`"${region.revision}"`)
      }
    })

    it('counts free space down by what a namespace takes, and up again when it goes', async () => {
      const api = await stage.start()
      const { id, size } = await groundOf(api, 'dynamic')
      await api.make('/v1/namespaces', { name: 'a', region: id, size: 64 * MIB })
      await api.make('/v1/namespaces', { name: 'b', region: id, size: 32 * MIB })
      await api.remove('/v1/namespaces/a')
      expect(await api.get(`/v1/regions/${id}`)).toMatchObject({
        available_size: size - 32 * MIB,
        max_available_extent: size - 96 * MIB,
      })
      await api.remove('/v1/namespaces/b')
      expect(await api.get(`/v1/regions/${id}`)).toMatchObject({
        available_size: size,
        max_available_extent: size,
      })
    })

    it('shows available_size 0 when a namespace has taken all', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      await api.make('/v1/namespaces', { region: id, size: 'max' })
      expect(await api.get(`/v1/regions/${id}`)).toMatchObject({
        available_size: 0,
        max_available_extent: 0,
      })
    })

    it('maps the whole range in order without gaps, whoever holds which piece', async () => {
      const api = await stage.start()
      const { id, start, size } = await groundOf(api, 'dynamic')
      for (const name of ['a', 'b', 'c']) {
        await api.make('/v1/namespaces', { name, region: id, size: 32 * MIB })
      }
      await api.remove('/v1/namespaces/b')
      const piece = (from: number, bytes: number, rest: object) => ({
        start: start + from,
        end: start + from + bytes - 1,
        size: bytes,
        ...rest,
      })
      const held = (namespace: string, n: number) => ({
        state: 'allocated',
        chardev: `dax${id}.${n}`,
        namespace,
      })
      expect(await api.get(`/v1/regions/${id}/map`)).toEqual({
        items: [
          piece(0, 32 * MIB, held('a', 0)),
          piece(32 * MIB, 32 * MIB, { state: 'free' }),
          piece(64 * MIB, 32 * MIB, held('c', 2)),
          piece(96 * MIB, size - 96 * MIB, { state: 'free' }),
        ],
        next: null,
      })
    })

    it('sums its map up: what is free, in how many holes and how scattered', async () => {
      const api = await stage.start()
      const { id, size } = await groundOf(api, 'dynamic')
      for (const name of ['a', 'b', 'c']) {
        await api.make('/v1/namespaces', { name, region: id, size: 32 * MIB })
      }
      await api.remove('/v1/namespaces/b')
      const free = size - 64 * MIB
      const largest = size - 96 * MIB
      const { items } = await api.get(`/v1/regions/${id}/map`)
      expect(await api.get(`/v1/regions/${id}/map?summary=true`)).toMatchObject({
        size,
        allocated_size: 64 * MIB,
        free_size: free,
        allocations: 2,
        holes: 2,
        largest_hole: largest,
        fragmentation: Number((1 - largest / free).toFixed(4)),
      })
      expect(await api.get(`/v1/regions/${id}/map?summary=false`)).toEqual({ items, next: null })
    })

    it('is ENOENT for a region that is not there, in every method', async () => {
      const api = await stage.start()
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_region' }
      expect(refusal(await api.ask('get', '/v1/regions/77'))).toEqual(missing)
      expect(refusal(await api.ask('get', '/v1/regions/77/map'))).toEqual(missing)
      const patch = await api.ask('patch', '/v1/regions/77', { body: { labels: {} } })
      expect(refusal(patch)).toEqual(missing)
    })

    it('merges labels by PATCH: named ones change, null takes away, others stay', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const path = `/v1/regions/${id}`
      await api.ok('patch', path, 200, { body: { labels: { rack: '7', tier: 'a' } } })
      const body = { labels: { tier: null, zone: 'x' } }
      const answer = await api.ok('patch', path, 200, { body })
      expect(answer.labels).toEqual({ rack: '7', zone: 'x' })
      expect(await api.get(path)).toEqual(answer)
    })

    it('places nothing new in a region that is not schedulable, and keeps what is there', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const old = await api.make('/v1/namespaces', { name: 'old', region: id, size: 2 * MIB })
      await api.ok('patch', `/v1/regions/${id}`, 200, { body: { schedulable: false } })
      const body = { name: 'new', region: id, size: 2 * MIB }
      expect(refusal(await api.ask('post', '/v1/namespaces', { body }))).toEqual({
        status: 507,
        errno: 'ENOSPC',
        code: 'no_region',
      })
      expect(await api.get('/v1/namespaces/old')).toEqual(old)
      await api.ok('patch', `/v1/regions/${id}`, 200, { body: { schedulable: true } })
      await api.make('/v1/namespaces', body)
    })

    it('takes the smallest hole that fits under best-fit, the first under first-fit', async () => {
      const api = await stage.start()
      const { id, start } = await groundOf(api, 'dynamic')
      const sizes = { a: 64, b: 2, c: 32, d: 2 }
      for (const [name, mib] of Object.entries(sizes)) {
        await api.make('/v1/namespaces', { name, region: id, size: mib * MIB })
      }
      await api.remove('/v1/namespaces/a')
      await api.remove('/v1/namespaces/c')
      const wanted = { region: id, size: 32 * MIB }
      const startOf = async () => {
        const query = '/v1/namespaces?dry_run=true'
        const { ranges } = await api.ok('post', query, 200, { body: wanted })
        return ranges[0].start - start
      }
      expect(await startOf()).toBe(0)
      await api.ok('patch', `/v1/regions/${id}`, 200, { body: { placement: 'best-fit' } })
      expect(await startOf()).toBe(66 * MIB)
    })
  })
}

/** Defining and dropping regions, which only emulated hosts can. */
export function regionDefinitionContract(stage: Stage): void {
  const region = (more: object = {}) => ({ size: GIB, align: 2 * MIB, ...more })

  describe(`${stage.name}: defining regions`, () => {
    it('defines a region on the next free 1 GiB boundary with the documented defaults', async () => {
      const api = await stage.start()
      const before = await api.get('/v1/regions')
      const end = Math.max(...before.items.map((one: Placed) => one.start + one.size))
      const answer = await api.ask('post', '/v1/regions', { body: region() })
      const { revision, created_at, updated_at, path, ...rest } = answer.body
      expect(answer.status).toBe(201)
      expect(answer.headers['location']).toBe(`/v1/regions/${rest.id}`)
      expect(answer.headers['etag']).toBe(`"${revision}"`)
      expect(rest).toEqual({
        id: before.items.length,
        provider: 'emulated',
        kind: 'dynamic',
        start: Math.ceil(end / GIB) * GIB,
        size: GIB,
        available_size: GIB,
        max_available_extent: GIB,
        align: 2 * MIB,
        granularity: 2 * MIB,
        supported_aligns: [4096, 2 * MIB, GIB],
        memmap: 'mem',
        media: { persistence: 'volatile', type: 'dram' },
        numa_node: 0,
        target_node: 0,
        state: 'enabled',
        placement: 'first-fit',
        schedulable: true,
        shares: {},
        unshared_available_size: GIB,
        drift: null,
        labels: {},
      })
      expect(await api.get(`/v1/regions/${rest.id}`)).toEqual(answer.body)
    })

    it('gives an odd end of the last region to no region: the next start is still a boundary', async () => {
      const api = await stage.start()
      const first = await api.make('/v1/regions', region({ size: 6 * MIB }))
      const second = await api.make('/v1/regions', region())
      expect(second.start).toBe(first.start + GIB)
    })

    const refused: readonly (readonly [string, object, object])[] = [
      ['a size of 0', { size: 0 }, { status: 422, errno: 'EINVAL', code: 'zero_size' }],
      [
        'a size that is no multiple of the align',
        { size: 3 * MIB },
        { status: 422, errno: 'EINVAL', code: 'misaligned_size' },
      ],
      [
        'a start that is no multiple of the align',
        { start: 1024 * GIB + 4096 },
        { status: 422, errno: 'EINVAL', code: 'misaligned_start' },
      ],
      [
        'an align that the hardware has not',
        { align: 4 * MIB },
        { status: 422, errno: 'EINVAL', code: 'unsupported_align' },
      ],
      [
        'an overlap with another region',
        { start: 5 * GIB },
        { status: 409, errno: 'EBUSY', code: 'region_overlap' },
      ],
      [
        'an end beyond 2^53-1',
        { start: 2 ** 53 - 2 * MIB },
        { status: 422, errno: 'EOVERFLOW', code: 'overflow' },
      ],
      [
        'a size beyond 2^53-1',
        { size: '16384p' },
        { status: 422, errno: 'EOVERFLOW', code: 'overflow' },
      ],
    ]
    it.each(refused)(
      'refuses %s, dry run and real run alike, and changes nothing',
      async (...one) => {
        const [, more, expected] = one
        const api = await stage.start()
        const before = await everything(api)
        const body = region(more)
        const real = await api.ask('post', '/v1/regions', { body })
        const dry = await api.ask('post', '/v1/regions?dry_run=true', { body })
        expect([refusal(real), refusal(dry)]).toEqual([expected, expected])
        expect(await everything(api)).toEqual(before)
      },
    )

    it('refuses to drop a region while a device is in it, and names the device', async () => {
      const api = await stage.start()
      const { id } = await api.make('/v1/regions', region())
      await api.make('/v1/namespaces', { name: 'in-it', region: id, size: 2 * MIB })
      const answer = await api.ask('delete', `/v1/regions/${id}`)
      expect(refusal(answer)).toEqual({ status: 409, errno: 'EBUSY', code: 'region_busy' })
      expect(answer.body.holders).toEqual([{ kind: 'device', id: `dax${id}.0` }])
      await api.remove('/v1/namespaces/in-it')
      await api.remove(`/v1/regions/${id}`)
      expect((await api.ask('get', `/v1/regions/${id}`)).status).toBe(404)
      expect((await api.get('/v1/devices?idle=true')).items.map(chardevOf)).not.toContain(
        `dax${id}.0`,
      )
    })

    it('gives generations of a name that a dropped region had before: they only grow', async () => {
      const api = await stage.start()
      const first = await api.make('/v1/regions', region())
      await api.make('/v1/namespaces', { name: 'n', region: first.id, size: 2 * MIB })
      await api.remove('/v1/namespaces/n')
      await api.remove(`/v1/regions/${first.id}`)
      const second = await api.make('/v1/regions', region())
      expect(second.id).toBe(first.id)
      await api.make('/v1/namespaces', { name: 'n', region: second.id, size: 2 * MIB })
      expect((await api.get(`/v1/devices/dax${second.id}.0`)).generation).toBe(2)
    })
  })
}

interface Placed {
  readonly start: number
  readonly size: number
}

function chardevOf({ chardev }: { chardev: string }): string {
  return chardev
}
