import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { everything, GIB, groundOf, MIB, type Stage } from './stage.ts'

const CREATE = '/v1/namespaces'
const DRY = '/v1/namespaces?dry_run=true'

/** Creating, listing and deleting namespaces. */
export function namespacesContract(stage: Stage): void {
  describe(`${stage.name}: creating namespaces`, () => {
    it('makes an enabled device with the documented defaults', async () => {
      const api = await stage.start()
      const { id, start } = await groundOf(api, 'dynamic')
      const body = { name: 'db', region: id, size: '64MiB', labels: { app: 'x' } }
      const answer = await api.ask('post', CREATE, { body })
      const { uuid, revision, created_at, updated_at, ...rest } = answer.body
      expect(answer.status).toBe(201)
      expect(answer.headers['location']).toBe('/v1/namespaces/db')
      expect(answer.headers['etag']).toBe(`"${revision}"`)
      expect(uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      const range = { page_offset: 0, start, end: start + 64 * MIB - 1, size: 64 * MIB }
      expect(rest).toEqual({
        name: 'db',
        tenant: null,
        region: id,
        size: 64 * MIB,
        align: 2 * MIB,
        mode: 'devdax',
        memmap: 'mem',
        contiguous: false,
        pool: false,
        enabled: true,
        wipe: 'none',
        share: null,
        state: 'active',
        chardev: `dax${id}.0`,
        claim: null,
        ranges: [range],
        problem: null,
        labels: { app: 'x' },
      })
      expect(await api.get('/v1/namespaces/db')).toEqual(answer.body)
      expect(await api.get(`/v1/devices/dax${id}.0`)).toMatchObject({
        namespace: 'db',
        state: 'enabled',
        generation: 1,
        size: 64 * MIB,
        ranges: [range],
        refs: { handles: 0, mappings: 0 },
        drift: null,
        observed: [],
      })
    })

    it('answers the same request under the same name with 200 and changes nothing', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const made = await api.make(CREATE, { name: 'n', region: id, size: 4 * MIB })
      const before = await everything(api)
      expect(await api.act(CREATE, { size: '4m', region: id, name: 'n' })).toEqual(made)
      expect(await everything(api)).toEqual(before)
    })

    it('refuses a different request under the same name with EEXIST and changes nothing', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      await api.make(CREATE, { name: 'n', region: id, size: 4 * MIB })
      const before = await everything(api)
      const expected = { status: 409, errno: 'EEXIST', code: 'name_taken' }
      for (const path of [CREATE, DRY]) {
        for (const more of [{ size: 2 * MIB }, { labels: { a: 'b' } }, { pool: true }]) {
          const body = { name: 'n', region: id, size: 4 * MIB, ...more }
          expect(refusal(await api.ask('post', path, { body }))).toEqual(expected)
        }
      }
      expect(await everything(api)).toEqual(before)
    })

    it('makes one namespace when the same request comes many times at once', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const body = { name: 'n', region: id, size: 4 * MIB }
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => api.ask('post', CREATE, { body })),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([
        200, 200, 200, 200, 200, 200, 200, 201,
      ])
      expect((await api.get(CREATE)).items).toHaveLength(1)
    })

    it('makes one namespace of many at once behind a refused one of that name', async () => {
      const api = await stage.start()
      const { id, size } = await groundOf(api, 'dynamic')
      const post = (bytes: number) =>
        api.ask('post', CREATE, { body: { name: 'n', region: id, size: bytes } })
      const [refused, ...others] = await Promise.all([
        post(size + 2 * MIB),
        ...Array.from({ length: 6 }, () => post(4 * MIB)),
      ])
      expect(refused?.status).toBe(507)
      expect(others.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201])
      expect((await api.get(CREATE)).items).toHaveLength(1)
    })

    it('makes up a name when none is given, a new one each time', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const body = { region: id, size: 2 * MIB }
      const names = [await api.make(CREATE, body), await api.make(CREATE, body)].map(
        ({ name }) => name,
      )
      expect(new Set(names).size).toBe(2)
      expect((await api.get(CREATE)).items.map((one: { name: string }) => one.name)).toEqual(names)
    })

    it('keeps a given uuid and refuses it to a second namespace', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const uuid = '6c958d12-2e38-4128-a9af-b2b218175962'
      const body = { region: id, size: 2 * MIB, uuid: uuid.toUpperCase() }
      expect((await api.make(CREATE, { name: 'a', ...body })).uuid).toBe(uuid)
      expect(refusal(await api.ask('post', CREATE, { body: { name: 'b', ...body } }))).toEqual({
        status: 409,
        errno: 'EEXIST',
        code: 'uuid_taken',
      })
    })

    it('gives a uuid to one of two namespaces that ask for it at once', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const uuid = '6c958d12-2e38-4128-a9af-b2b218175962'
      const answers = await Promise.all(
        ['a', 'b'].map((name) =>
          api.ask('post', CREATE, { body: { name, region: id, size: 2 * MIB, uuid } }),
        ),
      )
      const codes = answers.map(({ status, body }) => [status, body.code]).sort()
      expect(codes).toEqual([
        [201, undefined],
        [409, 'uuid_taken'],
      ])
    })

    it('gives daxR.0 first, then the lowest free ids, and keeps the empty slot for the next', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const slot = `dax${id}.0`
      const make = async (name: string) =>
        (await api.make(CREATE, { name, region: id, size: 2 * MIB })).chardev
      const list = async (query: string) =>
        (await api.get(`/v1/devices?region=${id}${query}`)).items.map(
          ({ chardev, state, size }: Listed) => [chardev, state, size],
        )
      expect(await list('')).toEqual([])
      expect(await list('&idle=true')).toEqual([[slot, 'disabled', 0]])
      expect([await make('a'), await make('b'), await make('c')]).toEqual([
        slot,
        `dax${id}.1`,
        `dax${id}.2`,
      ])
      await api.remove('/v1/namespaces/b')
      await api.remove('/v1/namespaces/a')
      expect(await list('')).toEqual([[`dax${id}.2`, 'enabled', 2 * MIB]])
      expect((await list('&idle=true')).sort()).toEqual([
        [slot, 'disabled', 0],
        [`dax${id}.2`, 'enabled', 2 * MIB],
      ])
      expect([await make('d'), await make('e'), await make('f')]).toEqual([
        slot,
        `dax${id}.1`,
        `dax${id}.3`,
      ])
    })

    it('makes a disabled device on request, with no generation begun', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const body = { name: 'off', region: id, size: 2 * MIB, enabled: false }
      const { chardev, enabled } = await api.make(CREATE, body)
      expect(enabled).toBe(false)
      const { state, generation } = await api.get(`/v1/devices/${chardev}`)
      expect([state, generation]).toEqual(['disabled', 0])
    })

    it('spreads over several gaps in a dynamic region, sorted by page offset, as the sum says', async () => {
      const api = await stage.start()
      const { id, start, size } = await groundOf(api, 'dynamic')
      for (const [name, mib] of [
        ['a', 4],
        ['b', 2],
        ['c', 4],
        ['d', 2],
      ] as const) {
        await api.make(CREATE, { name, region: id, size: mib * MIB })
      }
      await api.make(CREATE, { name: 'rest', region: id, size: size - 12 * MIB })
      await api.remove('/v1/namespaces/a')
      await api.remove('/v1/namespaces/c')
      const { ranges } = await api.make(CREATE, { name: 'two', region: id, size: 8 * MIB })
      const pages = (4 * MIB) / 4096
      expect(ranges).toEqual([
        { page_offset: 0, start, end: start + 4 * MIB - 1, size: 4 * MIB },
        {
          page_offset: pages,
          start: start + 6 * MIB,
          end: start + 10 * MIB - 1,
          size: 4 * MIB,
        },
      ])
    })

    it('gives "max" all that is left, or the largest extent where it must be contiguous', async () => {
      const api = await stage.start()
      const { id, size } = await groundOf(api, 'dynamic')
      await api.make(CREATE, { name: 'a', region: id, size: 4 * MIB })
      await api.make(CREATE, { name: 'b', region: id, size: 2 * MIB })
      await api.remove('/v1/namespaces/a')
      const rest = size - 6 * MIB
      const whole = { name: 'm', region: id, size: 'max' }
      const dry = async (body: object) => (await api.act(DRY, body)).size
      expect(await dry({ ...whole, contiguous: true })).toBe(rest)
      expect(await dry(whole)).toBe(rest + 4 * MIB)
      expect((await api.make(CREATE, whole)).size).toBe(rest + 4 * MIB)
    })
  })

  describe(`${stage.name}: refusing namespaces`, () => {
    const EINVAL = { status: 422, errno: 'EINVAL' }
    const cases: readonly (readonly [string, object, object])[] = [
      ['a size of 0', { size: 0 }, { ...EINVAL, code: 'zero_size' }],
      ['a misaligned size', { size: 3 * MIB }, { ...EINVAL, code: 'misaligned_size' }],
      ['an unknown align', { size: MIB, align: MIB }, { ...EINVAL, code: 'unsupported_align' }],
      [
        'an unknown region',
        { size: 2 * MIB, region: 99 },
        { status: 404, errno: 'ENOENT', code: 'no_such_region' },
      ],
      ['more than there is', { size: '1024t' }, { status: 507, errno: 'ENOSPC', code: 'no_space' }],
      [
        'a size beyond 2^53-1',
        { size: 2 ** 53 },
        { status: 422, errno: 'EOVERFLOW', code: 'overflow' },
      ],
      [
        'system-ram without a whole memory block',
        { size: 2 * MIB, mode: 'system-ram' },
        { ...EINVAL, code: 'no_memory_block' },
      ],
      [
        'a selector that fits no region',
        { size: 2 * MIB, selector: { labels: { no: 'such' } }, region: undefined },
        { status: 507, errno: 'ENOSPC', code: 'no_region' },
      ],
    ]
    it.each(cases)('refuses %s, dry run and real run alike, changing nothing', async (...one) => {
      const [, more, expected] = one
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const before = await everything(api)
      const body = { name: 'n', region: id, ...more }
      for (const path of [CREATE, DRY]) {
        expect(refusal(await api.ask('post', path, { body }))).toEqual(expected)
      }
      expect(await everything(api)).toEqual(before)
    })

    it('tells with ENOSPC what is available and what the largest hole is', async () => {
      const api = await stage.start()
      const { id, size } = await groundOf(api, 'dynamic')
      await api.make(CREATE, { name: 'a', region: id, size: 4 * MIB })
      await api.make(CREATE, { name: 'b', region: id, size: 2 * MIB })
      await api.remove('/v1/namespaces/a')
      const body = { region: id, size }
      const { body: problem } = await api.ask('post', CREATE, { body })
      expect(problem).toMatchObject({
        code: 'no_space',
        available_size: size - 2 * MIB,
        max_available_extent: size - 6 * MIB,
      })
      const contiguous = { region: id, size: size - 2 * MIB, contiguous: true }
      expect(refusal(await api.ask('post', CREATE, { body: contiguous }))).toEqual({
        status: 507,
        errno: 'ENOSPC',
        code: 'no_space',
      })
      expect((await api.make(CREATE, { ...body, size: size - 2 * MIB })).ranges).toHaveLength(2)
    })

    it('names for each region why it does not fit a selector', async () => {
      const api = await stage.start()
      const regions = (await api.get('/v1/regions')).items
      const selector = { min_available: '512t' }
      const answer = await api.ask('post', CREATE, { body: { size: 2 * MIB, selector } })
      expect(refusal(answer)).toEqual({ status: 507, errno: 'ENOSPC', code: 'no_region' })
      const paths = answer.body.issues.map((issue: { path: string }) => issue.path)
      expect(paths).toEqual(regions.map((one: { id: number }) => `/regions/${one.id}`))
    })

    it('suggests a size that succeeds for any size that is refused as misaligned', async () => {
      const api = await stage.start()
      const grounds = [await groundOf(api, 'dynamic'), await groundOf(api, 'static')]
      // What is suggested instead must fit, too.
      const room = Math.min(2 * GIB, ...grounds.map(({ size }) => size)) - 64 * MIB
      const wish = fc.record({
        ground: fc.constantFrom(...grounds),
        size: fc.integer({ min: 1, max: room }),
        align: fc.constantFrom(undefined, 4096, 2 * MIB),
        memmap: fc.constantFrom(undefined, 'mem', 'dev'),
      })
      await fc.assert(
        fc.asyncProperty(wish, async ({ ground, size, align, memmap }) => {
          const body = {
            region: ground.id,
            size,
            ...(align === undefined ? {} : { align }),
            ...(memmap === undefined || ground === grounds[0] ? {} : { memmap }),
          }
          const first = await api.ask('post', DRY, { body })
          if (first.status === 200) return
          expect(['misaligned_size', 'too_small']).toContain(first.body.code)
          const again = { ...body, size: first.body.suggested_size }
          expect(again.size).toBeGreaterThan(size)
          expect((await api.ask('post', DRY, { body: again })).status).toBe(200)
        }),
        { numRuns: 150 },
      )
    })
  })

  describe(`${stage.name}: exact ranges`, () => {
    it('puts a namespace exactly where it is told, in the order of the device', async () => {
      const api = await stage.start()
      const { id, start } = await groundOf(api, 'dynamic')
      const at = (mib: number, length: number) => ({
        start: start + mib * MIB,
        end: start + (mib + length) * MIB - 1,
      })
      const body = { name: 'x', region: id, ranges: [at(10, 4), at(2, 2)] }
      const dry = await api.act(DRY, body)
      const made = await api.make(CREATE, body)
      expect(made.size).toBe(6 * MIB)
      expect(made.ranges).toEqual(dry.ranges)
      expect(made.ranges).toEqual([
        { page_offset: 0, ...at(10, 4), size: 4 * MIB },
        { page_offset: 1024, ...at(2, 2), size: 2 * MIB },
      ])
    })

    it('refuses ranges that are taken, misaligned, outside, overlapping or of another sum', async () => {
      const api = await stage.start()
      const { id, start, size } = await groundOf(api, 'dynamic')
      await api.make(CREATE, { name: 'first', region: id, size: 2 * MIB })
      const before = await everything(api)
      const post = async (ranges: readonly { start: number; end: number }[], more: object = {}) => {
        const body = { name: 'x', region: id, ranges, ...more }
        const real = refusal(await api.ask('post', CREATE, { body }))
        expect(refusal(await api.ask('post', DRY, { body }))).toEqual(real)
        return [real.errno, real.code]
      }
      const at = (from: number, length: number) => ({
        start: start + from,
        end: start + from + length - 1,
      })
      expect(await post([at(0, 2 * MIB)])).toEqual(['EBUSY', 'range_taken'])
      expect(await post([at(4 * MIB + 4096, 2 * MIB)])).toEqual(['EINVAL', 'misaligned_range'])
      expect(await post([at(4 * MIB, 2 * MIB + 1)])).toEqual(['EINVAL', 'misaligned_range'])
      expect(await post([{ start: start + 4 * MIB, end: start }])).toEqual([
        'EINVAL',
        'misaligned_range',
      ])
      expect(await post([at(size, 2 * MIB)])).toEqual(['EINVAL', 'range_outside'])
      expect(await post([at(size - 2 * MIB, 4 * MIB)])).toEqual(['EINVAL', 'range_outside'])
      expect(await post([at(4 * MIB, 2 * MIB)], { size: 4 * MIB })).toEqual([
        'EINVAL',
        'ranges_mismatch',
      ])
      expect(await post([at(4 * MIB, 4 * MIB), at(6 * MIB, 2 * MIB)])).toEqual([
        'EBUSY',
        'range_taken',
      ])
      expect(await everything(api)).toEqual(before)
    })

    it('is EOPNOTSUPP in a static region, which takes a size only', async () => {
      const api = await stage.start()
      const { id, start } = await groundOf(api, 'static')
      const ranges = [{ start, end: start + 32 * MIB - 1 }]
      expect(refusal(await api.ask('post', CREATE, { body: { region: id, ranges } }))).toEqual({
        status: 501,
        errno: 'EOPNOTSUPP',
        code: 'unsupported_ranges',
      })
    })
  })

  describe(`${stage.name}: static namespaces`, () => {
    it('takes the metadata off what can be mapped, the struct pages too under memmap dev', async () => {
      const api = await stage.start()
      const { id, start } = await groundOf(api, 'static')
      const usable = async (name: string, memmap: string) => {
        const body = { name, region: id, size: 64 * MIB, memmap }
        const { chardev, size } = await api.make(CREATE, body)
        const device = await api.get(`/v1/devices/${chardev}`)
        return [chardev, size, device.size, device.ranges[0].start - start]
      }
      expect(await usable('m', 'mem')).toEqual([`dax${id}.0`, 64 * MIB, 62 * MIB, 2 * MIB])
      expect(await usable('d', 'dev')).toEqual([`dax${id}.1`, 64 * MIB, 62 * MIB, 66 * MIB])
    })

    it('refuses what is no multiple of 16 MiB and suggests the next one', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'static')
      const answer = await api.ask('post', CREATE, { body: { region: id, size: 20 * MIB } })
      expect(refusal(answer)).toEqual({ status: 422, errno: 'EINVAL', code: 'misaligned_size' })
      expect(answer.body.suggested_size).toBe(32 * MIB)
    })

    it('is always one extent: "max" is the largest hole and more is ENOSPC', async () => {
      const api = await stage.start()
      const { id, size } = await groundOf(api, 'static')
      for (const name of ['a', 'b']) {
        await api.make(CREATE, { name, region: id, size: 32 * MIB })
      }
      await api.remove('/v1/namespaces/a')
      const body = { region: id, size: size - 32 * MIB }
      const answer = await api.ask('post', CREATE, { body })
      expect(answer.body).toMatchObject({
        code: 'no_space',
        available_size: size - 32 * MIB,
        max_available_extent: size - 64 * MIB,
      })
      const made = await api.make(CREATE, { region: id, size: 'max' })
      expect([made.size, made.ranges.length]).toEqual([size - 64 * MIB, 1])
    })

    it('has no empty slot', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'static')
      expect((await api.get(`/v1/devices?region=${id}&idle=true`)).items).toEqual([])
    })
  })

  describe(`${stage.name}: system-ram`, () => {
    it('cannot be opened: system_ram, until the mode is devdax again', async () => {
      const api = await stage.start()
      const { id } = await groundOf(api, 'dynamic')
      const body = { name: 'ram', region: id, size: 256 * MIB, mode: 'system-ram' }
      const { chardev, mode } = await api.make(CREATE, body)
      expect(mode).toBe('system-ram')
      const open = () =>
        api.ask('post', `/v1/devices/${chardev}/handles`, { body: { holder: 'h' } })
      expect(refusal(await open())).toEqual({ status: 409, errno: 'ENXIO', code: 'system_ram' })
      await api.act(`/v1/devices/${chardev}/disable`)
      await api.ok('patch', '/v1/namespaces/ram', 200, { body: { mode: 'devdax' } })
      await api.act(`/v1/devices/${chardev}/enable`)
      expect((await open()).status).toBe(201)
    })
  })
}

interface Listed {
  readonly chardev: string
  readonly state: string
  readonly size: number
}
