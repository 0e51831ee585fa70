import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { startWithDevice } from './devices.ts'
import { everything, groundOf, MIB, open, type Stage, type Subject } from './stage.ts'

const MALFORMED = { status: 400, errno: 'EINVAL', code: 'malformed' }
const OVERFLOW = { status: 422, errno: 'EOVERFLOW', code: 'overflow' }

/** The grammar of sizes, unknown keys and parameters, pages, dry runs. */
export function requestsContract(stage: Stage): void {
  describe(`${stage.name}: sizes`, () => {
    const dry = async (api: Subject, size: unknown) => {
      const { id } = await groundOf(api, 'dynamic')
      return api.ask('post', '/v1/namespaces?dry_run=true', { body: { region: id, size } })
    }

    it('reads integers, decimal and hex text and every binary suffix as bytes', async () => {
      const api = await stage.start()
      const same = [
        4 * MIB,
        '4194304',
        '0x400000',
        '4m',
        '4M',
        '4MiB',
        '4mib',
        '4096k',
        '4096KiB',
        '0x4m',
      ]
      for (const size of same) {
        const { status, body } = await dry(api, size)
        expect([size, status, body.size]).toEqual([size, 200, 4 * MIB])
      }
      expect((await dry(api, '1g')).body.size).toBe(1024 * MIB)
    })

    it.each([
      '1.5G',
      '4GB',
      '4 G',
      '',
      ' 4m',
      '-4m',
      '+4m',
      '010',
      '0x',
      'max ',
      '4mi',
      '1e6',
      -1,
      1.5,
      null,
      true,
      [],
      {},
    ])('refuses %o as malformed, never as not given', async (size) => {
      const api = await stage.start()
      const answer = await dry(api, size)
      expect(refusal(answer)).toEqual(MALFORMED)
      expect(answer.body.issues.map((issue: { path: string }) => issue.path)).toEqual([
        '/body/size',
      ])
    })

    it('refuses with EOVERFLOW what is beyond 2^53-1, in every field and either form', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const before = await everything(api)
      const beyond = [2 ** 53, 1e300, '9007199254740992', '0x20000000000000', '8192p', '99999999p']
      const map = { handle, length: 2 * MIB }
      for (const number of beyond) {
        const answers = [
          await dry(api, number),
          await api.ask('post', '/v1/mappings', { body: { ...map, length: number } }),
          await api.ask('post', '/v1/mappings', { body: { ...map, offset: number } }),
          await api.ask('put', '/v1/claims/c', {
            body: { size: number, sharing: 'dedicated', holder: 'a' },
          }),
          await api.ask('post', '/v1/namespaces', {
            body: { ranges: [{ start: 0, end: number }] },
          }),
          await api.ask('post', '/v1/namespaces', {
            body: { size: 2 * MIB, selector: { min_available: number } },
          }),
        ]
        expect(answers.map(refusal)).toEqual(answers.map(() => OVERFLOW))
      }
      expect(await everything(api)).toEqual(before)
    })

    it('takes the last of duplicate keys', async () => {
      const api = await stage.start()
      const response = await fetch(`${api.url}/v1/leases`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"holder":"first","ttl_ms":60000,"holder":"last"}',
      })
      expect(response.status).toBe(201)
      expect(await response.json()).toMatchObject({ holder: 'last' })
    })
  })

  describe(`${stage.name}: unknown keys and parameters`, () => {
    it('refuses unknown keys of every body, and changes nothing', async () => {
      const { api, region, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const lease = await api.make('/v1/leases', { holder: 'a', ttl_ms: 3_600_000 })
      const before = await everything(api)
      const calls = [
        ['post', '/v1/namespaces', { size: 2 * MIB }],
        ['post', '/v1/namespaces', { size: 2 * MIB, selector: { unknown: 1 } }, false],
        ['patch', '/v1/namespaces/n', {}],
        ['patch', `/v1/regions/${region}`, {}],
        ['post', `/v1/devices/${chardev}/disable`, {}],
        ['post', `/v1/devices/${chardev}/enable`, {}],
        ['post', `/v1/devices/${chardev}/handles`, { holder: 'a' }],
        ['post', '/v1/mappings', { handle, length: 2 * MIB }],
        ['post', '/v1/batch', { operations: [{ op: 'close', id: handle }] }],
        ['post', '/v1/leases', { holder: 'a', ttl_ms: 1000 }],
        ['post', `/v1/leases/${lease.id}/renew`, {}],
        ['put', '/v1/claims/c', { size: 2 * MIB, sharing: 'dedicated', holder: 'a' }],
        ['post', '/v1/reconciliation', { object: 'device/dax0.0', action: 'adopt' }],
      ] as const
      for (const [method, path, body, add = true] of calls) {
        const wrong: object = add ? { ...body, unknown: 1 } : body
        const answer = await api.ask(method, path, { body: wrong })
        expect([path, refusal(answer)]).toEqual([path, MALFORMED])
      }
      expect(await everything(api)).toEqual(before)
    })

    it('refuses unknown query parameters everywhere, and changes nothing', async () => {
      const { api, region, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const mapping = await api.make('/v1/mappings', { handle, length: 2 * MIB })
      const before = await everything(api)
      const calls = [
        ['get', '/v1/regions'],
        ['get', `/v1/regions/${region}`],
        ['get', `/v1/regions/${region}/map`],
        ['get', '/v1/namespaces'],
        ['get', '/v1/namespaces/n'],
        ['delete', '/v1/namespaces/n'],
        ['get', '/v1/devices'],
        ['get', `/v1/devices/${chardev}`],
        ['get', `/v1/devices/${chardev}/users`],
        ['delete', `/v1/devices/${chardev}`],
        ['get', '/v1/handles'],
        ['get', `/v1/handles/${handle}`],
        ['delete', `/v1/handles/${handle}`],
        ['get', '/v1/mappings'],
        ['get', `/v1/mappings/${mapping.id}`],
        ['get', `/v1/mappings/${mapping.id}/translate?offset=0`],
        ['delete', `/v1/mappings/${mapping.id}`],
        ['get', '/v1/leases'],
        ['get', '/v1/claims'],
        ['get', '/v1/operations'],
        ['get', '/v1/events'],
        ['get', '/v1/reconciliation'],
        ['get', '/v1/host'],
        ['get', '/livez'],
        ['get', '/readyz'],
      ] as const
      for (const [method, path] of calls) {
        const at = `${path}${path.includes('?') ? '&' : '?'}unknown=1`
        expect([path, refusal(await api.ask(method, at))]).toEqual([path, MALFORMED])
      }
      expect(await everything(api)).toEqual(before)
    })

    it.each(['0', '1001', '-1', '1.5', 'all', ''])('refuses ?limit=%s', async (limit) => {
      const api = await stage.start()
      expect(refusal(await api.ask('get', `/v1/regions?limit=${limit}`))).toEqual(MALFORMED)
    })

    it('answers 404 and 405 with problem documents, 405 with the methods there are', async () => {
      const api = await stage.start()
      expect(refusal(await api.ask('get', '/v1/nothing'))).toMatchObject({ status: 404 })
      const answer = await api.ask('delete', '/v1/leases')
      expect(refusal(answer)).toEqual({ status: 405, code: 'method_not_allowed' })
      expect(answer.headers['allow']?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST'])
    })
  })

  describe(`${stage.name}: pages`, () => {
    const leasesOf = async (api: Subject, count: number) => {
      const ids: string[] = []
      for (let index = 0; index < count; index += 1) {
        ids.push((await api.make('/v1/leases', { holder: 'h', ttl_ms: 3_600_000 })).id)
      }
      return ids
    }
    const walk = async (
      api: Subject,
      path: string,
      between: () => Promise<void> = async () => {},
    ) => {
      const seen: string[] = []
      let cursor: string | null = ''
      for (let page = 0; cursor !== null && page < 100; page += 1) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const { items, next } = await api.get(`${path}${query}`)
        seen.push(...items.map((one: { id: string }) => one.id))
        cursor = next
        await between()
      }
      return seen
    }

    it('gives every item once, in the order of creation, whatever the limit', async () => {
      const api = await stage.start()
      const ids = await leasesOf(api, 7)
      for (const limit of [1, 2, 3, 6, 7, 8, 1000]) {
        expect(await walk(api, `/v1/leases?limit=${limit}`)).toEqual(ids)
      }
    })

    it('neither repeats nor skips an item while others come and go and change', async () => {
      const api = await stage.start()
      const ids = await leasesOf(api, 8)
      const doomed = [ids[0], ids[1], ids[7]] as string[]
      const late: string[] = []
      const seen = await walk(api, '/v1/leases?limit=2', async () => {
        const next = doomed.shift()
        if (next === undefined) return
        await api.remove(`/v1/leases/${next}`)
        await api.act(`/v1/leases/${ids[3]}/renew`)
        late.push(...(await leasesOf(api, 1)))
      })
      const stayed = ids.filter((id) => id !== ids[7])
      expect(seen).toEqual([...stayed, ...late])
    })

    it.each(['x', 'lease.', 'lease.-1', 'mapping.1', 'lease.zz!', '%00', 'lease.1.2', 'null'])(
      'refuses %s as a cursor',
      async (cursor) => {
        const api = await stage.start()
        const { status, errno, code } = refusal(await api.ask('get', `/v1/leases?cursor=${cursor}`))
        expect([status, errno]).toEqual([400, 'EINVAL'])
        expect(['bad_cursor', 'malformed']).toContain(code)
      },
    )

    it('pages a listing and its filter together', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const mine: string[] = []
      for (let index = 0; index < 6; index += 1) {
        const id = await open(api, chardev, index % 2 === 0 ? 'me' : 'you')
        if (index % 2 === 0) mine.push(id)
      }
      expect(await walk(api, '/v1/handles?holder=me&limit=2')).toEqual(mine)
    })
  })

  describe(`${stage.name}: dry runs`, () => {
    it('show what would be made and change nothing, not even the revision', async () => {
      const { api, region, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const before = await everything(api)
      const calls = [
        ['/v1/namespaces', { name: 'x', region, size: 6 * MIB }],
        [`/v1/devices/${chardev}/handles`, { holder: 'a' }],
        ['/v1/mappings', { handle, length: 4 * MIB }],
        ['/v1/leases', { holder: 'a', ttl_ms: 60_000 }],
      ] as const
      /** What neither run can know of the other: when, under which id, in which state. */
      const lasting = (answer: Record<string, unknown>) => {
        const passing = ['revision', 'created_at', 'updated_at', 'expires_at', 'id', 'uuid']
        const own = [...passing, 'token', 'state']
        return Object.fromEntries(Object.entries(answer).filter(([key]) => !own.includes(key)))
      }
      const dry = []
      for (const [path, body] of calls) {
        const headers = { 'idempotency-key': 'k' }
        dry.push(await api.ok('post', `${path}?dry_run=true`, 200, { body, headers }))
      }
      expect(await everything(api)).toEqual(before)
      for (const [index, [path, body]] of calls.entries()) {
        const headers = { 'idempotency-key': 'k' }
        const real = await api.ok('post', path, 201, { body, headers })
        expect(lasting(dry[index])).toEqual(lasting(real))
      }
    })

    it('do nothing behind a full slot either: the next real one gets what the dry one showed', async () => {
      const { api, region } = await startWithDevice(stage)
      const body = { region, size: 'max' }
      const dry = await api.act('/v1/namespaces?dry_run=true', body)
      const twice = await api.act('/v1/namespaces?dry_run=true', body)
      const real = await api.make('/v1/namespaces', body)
      expect([dry.ranges, twice.ranges]).toEqual([real.ranges, real.ranges])
      expect([dry.chardev, twice.chardev]).toEqual([real.chardev, real.chardev])
    })
  })
}
