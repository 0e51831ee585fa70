import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { startWithDevice } from './devices.ts'
import { everything, groundOf, MIB, open, type Stage } from './stage.ts'

const EINVAL = { status: 422, errno: 'EINVAL' }
const EBUSY = { status: 409, errno: 'EBUSY' }
const BEYOND = 2 ** 53
const SIZE = 32 * MIB

/** Handles, mappings, their checks in order, and faults. */
export function mappingsContract(stage: Stage): void {
  const start = async () => {
    const { api, chardev, region } = await startWithDevice(stage, SIZE)
    const handle = await open(api, chardev, 'me')
    const post = (body: object, path = '/v1/mappings') =>
      api.ask('post', path, { body: { handle, length: 2 * MIB, ...body } })
    return { api, chardev, region, handle, post }
  }

  describe(`${stage.name}: handles`, () => {
    it('opens a device for a holder, and forgets the handle when it is closed', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const body = { holder: 'pod-7', access: 'ro', labels: { a: 'b' } }
      const answer = await api.ask('post', `/v1/devices/${chardev}/handles`, { body })
      const { id, revision, created_at, updated_at, ...rest } = answer.body
      const { path } = await api.get(`/v1/devices/${chardev}`)
      expect([answer.status, answer.headers['location']]).toEqual([201, `/v1/handles/${id}`])
      expect(rest).toEqual({ chardev, generation: 1, lease: null, path, tenant: null, ...body })
      expect(await api.get(`/v1/handles/${id}`)).toEqual(answer.body)
      expect((await api.get('/v1/handles?holder=pod-7')).items).toEqual([answer.body])
      expect((await api.get('/v1/handles?holder=other')).items).toEqual([])
      await api.remove(`/v1/handles/${id}`)
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_handle' }
      expect(refusal(await api.ask('get', `/v1/handles/${id}`))).toEqual(missing)
      expect(refusal(await api.ask('delete', `/v1/handles/${id}`))).toEqual(missing)
    })
  })

  describe(`${stage.name}: mapping`, () => {
    it('answers where, what lies under it, and the exact mmap call to make', async () => {
      const { api, chardev, handle, post } = await start()
      const answer = await post({ offset: '4m', labels: { a: 'b' } })
      const { id, revision, created_at, updated_at, ...rest } = answer.body
      const device = await api.get(`/v1/devices/${chardev}`)
      const first = device.ranges[0].start + 4 * MIB
      expect([answer.status, answer.headers['location']]).toEqual([201, `/v1/mappings/${id}`])
      expect(rest).toEqual({
        handle,
        chardev,
        generation: 1,
        holder: 'me',
        lease: null,
        tenant: null,
        offset: 4 * MIB,
        length: 2 * MIB,
        align: 2 * MIB,
        exclusive: true,
        dontfork: false,
        state: 'live',
        ranges: [{ page_offset: 1024, start: first, end: first + 2 * MIB - 1, size: 2 * MIB }],
        mmap: {
          path: device.path,
          offset: 4 * MIB,
          length: 2 * MIB,
          prot: ['PROT_READ', 'PROT_WRITE'],
          flags: ['MAP_SHARED'],
          address_align: 2 * MIB,
        },
        labels: { a: 'b' },
      })
      expect(await api.get(`/v1/mappings/${id}`)).toEqual(answer.body)
    })

    const ladder: readonly (readonly [object, object])[] = [
      [{ handle: 'h-none' }, { status: 404, errno: 'ENOENT', code: 'no_such_handle' }],
      [{ length: 0 }, { ...EINVAL, code: 'zero_length' }],
      [{ flags: ['MAP_FIXED'] }, { status: 501, errno: 'EOPNOTSUPP', code: 'unknown_flag' }],
      [{ flags: ['MAP_PRIVATE'] }, { ...EINVAL, code: 'not_shared' }],
      [{ flags: ['MAP_SHARED', 'MAP_HUGETLB'] }, { ...EINVAL, code: 'hugetlb' }],
      [{ offset: 4096 }, { ...EINVAL, code: 'misaligned_offset' }],
      [{ length: 2 * MIB + 4096 }, { ...EINVAL, code: 'misaligned_length' }],
      [{ offset: SIZE }, { ...EINVAL, code: 'out_of_range' }],
    ]
    it.each(ladder)(
      '%o is refused by its own rule and changes nothing',
      async (change, expected) => {
        const { api, post } = await start()
        const before = await everything(api)
        expect(refusal(await post(change))).toEqual(expected)
        expect(refusal(await post(change, '/v1/mappings?dry_run=true'))).toEqual(expected)
        expect(await everything(api)).toEqual(before)
      },
    )

    it('checks in the order of the contract: of two broken rules the earlier one is told', async () => {
      const { api, chardev, handle, post } = await start()
      const code = async (body: object) => (await post(body)).body.code
      const readOnly = await api.make(`/v1/devices/${chardev}/handles`, {
        holder: 'me',
        access: 'ro',
      })
      const ro = { handle: readOnly.id }
      const rules: readonly (readonly [string, object])[] = [
        ['malformed', { extra: 1 }],
        ['overflow', { length: BEYOND }],
        ['no_such_handle', { handle: 'h-none' }],
        ['access_denied', ro],
        ['zero_length', { length: 0 }],
        ['overflow', { offset: BEYOND - 2 * MIB }],
        ['unknown_flag', { flags: ['MAP_PRIVATE', 'MAP_NOPE'] }],
        ['not_shared', { flags: ['MAP_PRIVATE', 'MAP_HUGETLB'] }],
        ['misaligned_offset', { offset: SIZE + 4096 }],
        ['misaligned_length', { length: SIZE + 4096 }],
        ['out_of_range', { length: SIZE + 2 * MIB }],
      ]
      // Each breaks its own rule; with any later one added, it is still the one that is told.
      for (const [index, [expected, change]] of rules.entries()) {
        for (const [, later] of rules.slice(index)) {
          expect([expected, later, await code({ ...later, ...change })]).toEqual([
            expected,
            later,
            expected,
          ])
        }
      }
      await api.ok('post', `/v1/devices/${chardev}/disable`, 200, { body: { if_busy: 'revoke' } })
      expect(await code({ flags: ['MAP_NOPE'] })).toBe('unknown_flag')
      expect(await code({ flags: ['MAP_PRIVATE'], offset: 1 })).toBe('device_disabled')
      await api.act(`/v1/devices/${chardev}/enable`)
      expect(await code({ length: 0 })).toBe('stale_generation')
      expect(await code({ handle, length: BEYOND })).toBe('overflow')
    })

    it('lets a read-only handle map for reading, and only for it', async () => {
      const { api, chardev, post } = await start()
      const { id } = await api.make(`/v1/devices/${chardev}/handles`, {
        holder: 'me',
        access: 'ro',
      })
      const denied = { status: 403, errno: 'EACCES', code: 'access_denied' }
      expect(refusal(await post({ handle: id }))).toEqual(denied)
      expect(refusal(await post({ handle: id, prot: ['PROT_WRITE'] }))).toEqual(denied)
      const { status, body } = await post({ handle: id, prot: ['PROT_READ'] })
      expect([status, body.mmap.prot]).toEqual([201, ['PROT_READ']])
    })

    it('takes every flag that mmap knows beside a shared one', async () => {
      const { post } = await start()
      const more = ['MAP_SYNC', 'MAP_POPULATE', 'MAP_LOCKED', 'MAP_NORESERVE', 'MAP_NONBLOCK']
      const flags = ['MAP_SHARED_VALIDATE', ...more]
      const { status, body } = await post({ flags })
      expect([status, body.mmap.flags]).toEqual([201, flags])
    })

    it('refuses an overlap with an exclusive mapping and names its holder', async () => {
      const { api, chardev, post } = await start()
      const { id } = (await post({ offset: 2 * MIB, length: 4 * MIB })).body
      const before = await everything(api)
      const holders = [
        {
          kind: 'mapping',
          id,
          holder: 'me',
          tenant: null,
          chardev,
          generation: 1,
          offset: 2 * MIB,
          length: 4 * MIB,
        },
      ]
      for (const exclusive of [true, false]) {
        const answer = await post({ offset: 4 * MIB, length: 4 * MIB, exclusive })
        expect(refusal(answer)).toEqual({ ...EBUSY, code: 'overlap' })
        expect(answer.body.holders).toEqual(holders)
      }
      expect(await everything(api)).toEqual(before)
      expect((await post({ offset: 0 })).status).toBe(201)
      expect((await post({ offset: 6 * MIB })).status).toBe(201)
    })

    it('lets shared mappings overlap each other, and no exclusive one among them', async () => {
      const { api, post } = await start()
      const first = await post({ offset: 0, length: 4 * MIB, exclusive: false })
      const second = await post({ offset: 2 * MIB, length: 4 * MIB, exclusive: false })
      expect([first.status, second.status]).toEqual([201, 201])
      const busy = await post({ offset: 2 * MIB })
      expect(refusal(busy)).toEqual({ ...EBUSY, code: 'overlap' })
      expect(busy.body.holders).toHaveLength(2)
      await api.remove(`/v1/mappings/${first.body.id}`)
      expect((await post({ offset: 0 })).status).toBe(201)
      expect((await post({ offset: 2 * MIB })).status).toBe(409)
      await api.remove(`/v1/mappings/${second.body.id}`)
      expect((await post({ offset: 2 * MIB })).status).toBe(201)
    })

    it('chooses free aligned offsets until no hole is left, and uses again what is given back', async () => {
      const { api, post } = await start()
      const made = []
      for (let offset = 0; offset < SIZE; offset += 2 * MIB) made.push((await post({})).body)
      const offsets = made.map(({ offset }) => offset).sort((a, b) => a - b)
      expect(offsets).toEqual(made.map((_, index) => index * 2 * MIB))
      const full = await post({})
      expect(refusal(full)).toEqual({ status: 507, errno: 'ENOSPC', code: 'no_hole' })
      expect(full.body).toMatchObject({ available_size: 0, max_available_extent: 0 })
      const [one, , three] = made
      await api.remove(`/v1/mappings/${one.id}`)
      await api.remove(`/v1/mappings/${three.id}`)
      const split = await post({ length: 4 * MIB })
      expect(refusal(split).code).toBe('no_hole')
      expect(split.body).toMatchObject({
        available_size: 4 * MIB,
        max_available_extent: 2 * MIB,
      })
      const again = [(await post({})).body.offset, (await post({})).body.offset]
      expect(again.sort((a, b) => a - b)).toEqual([one.offset, three.offset].sort((a, b) => a - b))
    })

    it('places by a coarser align when asked, and refuses a finer one than the device has', async () => {
      const { api, region } = await start()
      const body = { name: 'fine', region, size: 8 * MIB, align: 4096 }
      const { chardev } = await api.make('/v1/namespaces', body)
      const handle = await open(api, chardev)
      const map = (more: object) =>
        api.ask('post', '/v1/mappings', { body: { handle, length: 4096, ...more } })
      expect((await map({})).body.offset).toBe(0)
      expect((await map({ align: '2m' })).body.offset).toBe(2 * MIB)
      expect((await map({})).body).toMatchObject({ offset: 4096, align: 4096 })
      expect(refusal(await map({ align: 8192 }))).toEqual({ ...EINVAL, code: 'unsupported_align' })
      expect(refusal(await map({ offset: 4096, align: '2m' })).code).toBe('misaligned_offset')
    })

    it('ends by munmap: the mapping is gone and its place free', async () => {
      const { api, post } = await start()
      const { id } = (await post({ offset: 0 })).body
      await api.remove(`/v1/mappings/${id}`)
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_mapping' }
      expect(refusal(await api.ask('get', `/v1/mappings/${id}`))).toEqual(missing)
      expect(refusal(await api.ask('delete', `/v1/mappings/${id}`))).toEqual(missing)
      const fault = await api.ask('get', `/v1/mappings/${id}/translate?offset=0`)
      expect(refusal(fault)).toEqual(missing)
      expect((await post({ offset: 0 })).status).toBe(201)
    })

    it('lists by device, handle, holder and state', async () => {
      const { api, chardev, handle, post } = await start()
      const other = await open(api, chardev, 'you')
      const mine = (await post({})).body
      const yours = (await post({ handle: other })).body
      const list = async (query: string) => (await api.get(`/v1/mappings?${query}`)).items
      expect(await list(`chardev=${chardev}`)).toEqual([mine, yours])
      expect(await list(`handle=${handle}`)).toEqual([mine])
      expect(await list('holder=you&state=live')).toEqual([yours])
      expect(await list('state=revoked')).toEqual([])
      expect(await list('chardev=dax9.9')).toEqual([])
    })
  })

  describe(`${stage.name}: faults`, () => {
    it('translates a byte of a mapping to its physical address, unit and level', async () => {
      const { api, chardev, post } = await start()
      const { id } = (await post({ offset: 4 * MIB, length: 4 * MIB })).body
      const { ranges } = await api.get(`/v1/devices/${chardev}`)
      const { start: first, end } = ranges[0]
      const translate = (offset: number | string) =>
        api.ask('get', `/v1/mappings/${id}/translate?offset=${offset}`)
      expect((await translate('0x200001')).body).toEqual({
        physical: first + 6 * MIB + 1,
        device_offset: 6 * MIB + 1,
        level: 'pmd',
        page_size: 2 * MIB,
        range: { start: first, end },
      })
      expect(refusal(await translate(4 * MIB))).toEqual({ ...EINVAL, code: 'out_of_range' })
      expect((await translate(4 * MIB - 1)).body.device_offset).toBe(8 * MIB - 1)
      expect(refusal(await translate(String(BEYOND)))).toEqual({
        status: 422,
        errno: 'EOVERFLOW',
        code: 'overflow',
      })
      for (const bad of ['', '-1', '1.5', '010']) {
        expect(refusal(await translate(bad))).toEqual({
          status: 400,
          errno: 'EINVAL',
          code: 'malformed',
        })
      }
    })

    it('goes on in the next range where a device has several', async () => {
      const api = await stage.start()
      const { id, start: base } = await groundOf(api, 'dynamic')
      const ranges = [8, 2].map((mib) => ({
        start: base + mib * MIB,
        end: base + (mib + 2) * MIB - 1,
      }))
      const { chardev } = await api.make('/v1/namespaces', { region: id, ranges })
      const handle = await open(api, chardev)
      const mapping = await api.make('/v1/mappings', { handle, length: 4 * MIB })
      expect(mapping.ranges.map((one: { start: number }) => one.start)).toEqual([
        base + 8 * MIB,
        base + 2 * MIB,
      ])
      const at = async (offset: number) =>
        (await api.get(`/v1/mappings/${mapping.id}/translate?offset=${offset}`)).physical - base
      expect([await at(0), await at(2 * MIB - 1), await at(2 * MIB)]).toEqual([
        8 * MIB,
        10 * MIB - 1,
        2 * MIB,
      ])
    })
  })
}
