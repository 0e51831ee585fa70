import fc from 'fast-check'
import { expect, it } from 'vitest'
import { groundOf, MIB } from '../contract/stage.ts'
import { type Answer, type Api, refusal } from '../support/api.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

const UNIT = 2 * MIB
const REGION_BYTES = 64 * MIB

/** A dynamic region of its own, 32 units. */
async function smallRegion(api: Api): Promise<string> {
  const { id } = await api.make('/v1/regions', { size: REGION_BYTES, align: UNIT })
  return `/v1/regions/${id}`
}

function idOf(path: string): number {
  return Number(path.split('/').at(-1))
}

function patch(api: Api, path: string, shares: object): Promise<Answer> {
  return api.ask('patch', path, { body: { shares } })
}

async function take(api: Api, path: string, body: object): Promise<Answer> {
  return api.ask('post', '/v1/namespaces', { body: { region: idOf(path), ...body } })
}

it('shows of each share what it has, and what is left beyond all of them', async () => {
  const api = await startTestDaemon()
  const path = await smallRegion(api)
  expect(await api.get(path)).toMatchObject({ shares: {}, unshared_available_size: 64 * MIB })
  await api.ok('patch', path, 200, { body: { shares: { kubernetes: '32m', slurm: 8 * MIB } } })
  await take(api, path, { name: 'a', size: '6m', share: 'kubernetes' })
  await take(api, path, { name: 'b', size: '4m' })
  const { shares, unshared_available_size, available_size } = await api.get(path)
  expect({ shares, unshared_available_size, available_size }).toEqual({
    shares: {
      kubernetes: { size: 32 * MIB, used: 6 * MIB, available: 26 * MIB },
      slurm: { size: 8 * MIB, used: 0, available: 8 * MIB },
    },
    unshared_available_size: 20 * MIB,
    available_size: 54 * MIB,
  })
  expect((await api.get('/v1/namespaces/a')).share).toBe('kubernetes')
  expect((await api.get('/v1/namespaces/b')).share).toBeNull()
})

it('refuses who is in no share what a share has yet to take, in a dry run as in earnest', async () => {
  const api = await startTestDaemon()
  const path = await smallRegion(api)
  await patch(api, path, { kubernetes: 32 * MIB })
  const body = { region: idOf(path), size: 34 * MIB }
  for (const query of ['', '?dry_run=true']) {
    const answer = await api.ask('post', `/v1/namespaces${query}`, { body })
    expect(refusal(answer)).toEqual({ status: 507, errno: 'ENOSPC', code: 'no_space' })
    const { available_size, max_available_extent } = answer.body
    expect([available_size, max_available_extent]).toEqual([32 * MIB, 32 * MIB])
  }
  const most = await take(api, path, { size: 'max' })
  expect([most.status, most.body.size]).toEqual([201, 32 * MIB])
  const none = await take(api, path, { size: 'max' })
  expect([refusal(none).code, none.body.available_size]).toEqual(['no_space', 0])
})

it('gives a share what it has left and no more, by namespaces and by claims', async () => {
  const api = await startTestDaemon()
  const path = await smallRegion(api)
  await api.ok('patch', path, 200, { body: { shares: { k: 16 * MIB }, labels: { own: 'yes' } } })
  const claim = {
    size: 12 * MIB,
    sharing: 'dedicated',
    holder: 'h',
    selector: { labels: { own: 'yes' } },
  }
  const made = await api.ask('put', '/v1/claims/c', { body: { ...claim, share: 'k' } })
  expect([made.status, made.body.share]).toEqual([201, 'k'])
  const again = await api.ask('put', '/v1/claims/c', { body: { ...claim, share: 'k' } })
  expect(again.status).toBe(200)
  const other = await api.ask('put', '/v1/claims/c', { body: claim })
  expect(refusal(other).code).toBe('name_taken')
  for (const size of [6 * MIB, 48 * MIB]) {
    const more = await take(api, path, { size, share: 'k' })
    expect(refusal(more)).toEqual({ status: 507, errno: 'ENOSPC', code: 'share_exhausted' })
    expect([more.body.available_size, more.body.max_available_extent]).toEqual([4 * MIB, 4 * MIB])
  }
  expect((await take(api, path, { size: 'max', share: 'k' })).body.size).toBe(4 * MIB)
  expect((await take(api, path, { size: 'max', share: 'k' })).body.code).toBe('share_exhausted')
  await api.remove('/v1/claims/c')
  expect((await api.get(path)).shares).toEqual({
    k: { size: 16 * MIB, used: 4 * MIB, available: 12 * MIB },
  })
})

it('is ENOENT for a share the region has not, and passes over regions without it', async () => {
  const api = await startTestDaemon()
  const path = await smallRegion(api)
  const missing = await take(api, path, { size: UNIT, share: 'constructor' })
  expect(refusal(missing)).toEqual({ status: 404, errno: 'ENOENT', code: 'no_such_share' })
  await patch(api, path, { only: UNIT })
  const claim = { size: UNIT, sharing: 'dedicated', holder: 'h', share: 'only' }
  const made = await api.ok('put', '/v1/claims/c', 201, { body: claim })
  expect((await api.get(`/v1/devices/${made.chardev}`)).region).toBe(idOf(path))
})

it('refuses a quota below what is used, beyond what is there, or between two units', async () => {
  const api = await startTestDaemon()
  const path = await smallRegion(api)
  await patch(api, path, { k: 16 * MIB })
  await take(api, path, { name: 'n', size: 8 * MIB, share: 'k' })
  await take(api, path, { size: 32 * MIB })
  const before = (await api.get(path)).shares
  const told = async (shares: object) => refusal(await patch(api, path, shares))
  const busy = { status: 409, errno: 'EBUSY', code: 'share_busy' }
  expect(await told({ k: 6 * MIB })).toEqual(busy)
  expect(await told({ k: null })).toEqual(busy)
  expect(await told({ k: 34 * MIB })).toEqual({ status: 507, errno: 'ENOSPC', code: 'no_space' })
  expect(await told({ other: 18 * MIB })).toMatchObject({ code: 'no_space' })
  expect(await told({ k: MIB })).toEqual({ status: 422, errno: 'EINVAL', code: 'misaligned_size' })
  expect((await patch(api, path, { k: '9m' })).body.suggested_size).toBe(10 * MIB)
  expect((await patch(api, path, { 'no good': UNIT })).status).toBe(400)
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`s${at}`, 0]))
  expect((await patch(api, path, many)).status).toBe(400)
  expect((await api.get(path)).shares).toEqual(before)
  expect((await patch(api, path, { k: 8 * MIB })).status).toBe(200)
  await api.remove('/v1/namespaces/n')
  expect((await patch(api, path, { k: null })).body.shares).toEqual({})
})

it('counts the growth of a namespace to its share', async () => {
  const api = await startTestDaemon()
  const path = await smallRegion(api)
  await patch(api, path, { k: 8 * MIB })
  const wanted = { enabled: false, size: 4 * MIB }
  await take(api, path, { ...wanted, name: 'in', share: 'k' })
  await take(api, path, { ...wanted, name: 'out' })
  const grow = (name: string, size: number) =>
    api.ask('patch', `/v1/namespaces/${name}`, { body: { size } })
  expect(refusal(await grow('in', 10 * MIB)).code).toBe('share_exhausted')
  expect((await grow('in', 8 * MIB)).status).toBe(200)
  expect(refusal(await grow('out', 58 * MIB)).code).toBe('no_space')
  expect((await grow('out', 56 * MIB)).status).toBe(200)
})

it('places slices only in pools of their own share', async () => {
  const api = await startTestDaemon()
  const path = await smallRegion(api)
  await patch(api, path, { k: 8 * MIB })
  await take(api, path, { name: 'ours', size: 8 * MIB, share: 'k', pool: true })
  const slice = { size: UNIT, sharing: 'slice', holder: 'h' }
  const outside = await api.ask('put', '/v1/claims/a', { body: slice })
  expect(refusal(outside)).toMatchObject({ code: 'no_pool', errno: 'ENOSPC' })
  const inside = await api.ok('put', '/v1/claims/a', 201, { body: { ...slice, share: 'k' } })
  expect([inside.namespace, inside.share]).toEqual(['ours', 'k'])
})

it('keeps shares in static regions, too, and over restarts', async () => {
  const api = await startTestDaemon()
  const { id, size } = await groundOf(api, 'static')
  const path = `/v1/regions/${id}`
  await patch(api, path, { k: 64 * MIB })
  await take(api, path, { name: 'n', size: 32 * MIB, share: 'k' })
  const shares = { k: { size: 64 * MIB, used: 32 * MIB, available: 32 * MIB } }
  const next = await api.restart()
  expect(await next.get(path)).toMatchObject({
    shares,
    unshared_available_size: size - 64 * MIB,
  })
  expect(refusal(await take(next, path, { size: size - 48 * MIB })).code).toBe('no_space')
})

type Step =
  | { readonly do: 'take'; readonly units: number; readonly share: 'a' | 'b' | null }
  | { readonly do: 'drop'; readonly nth: number }
  | { readonly do: 'patch'; readonly units: number | null; readonly share: 'a' | 'b' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      units: fc.integer({ min: 1, max: 8 }),
      share: fc.constantFrom('a' as const, 'b' as const, null),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), nth: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('patch' as const),
      units: fc.option(fc.integer({ min: 0, max: 20 })),
      share: fc.constantFrom('a' as const, 'b' as const),
    }),
  },
)

async function perform(api: Api, path: string, made: string[], one: Step): Promise<void> {
  if (one.do === 'patch') {
    const answer = await patch(api, path, {
      [one.share]: one.units === null ? null : one.units * UNIT,
    })
    expect([200, 409, 507]).toContain(answer.status)
  } else if (one.do === 'drop') {
    const [name] = made.splice(one.nth % Math.max(1, made.length), 1)
    if (name !== undefined) await api.remove(`/v1/namespaces/${name}`)
  } else {
    const share = one.share === null ? {} : { share: one.share }
    const answer = await take(api, path, { size: one.units * UNIT, ...share })
    expect([201, 404, 507]).toContain(answer.status)
    if (answer.status === 201) made.push(answer.body.name)
  }
}

/** What the figures must say, reckoned from the namespaces that are there. */
async function judge(api: Api, path: string): Promise<void> {
  const region = await api.get(path)
  const { items } = await api.get(`/v1/namespaces?region=${region.id}`)
  let kept = 0
  for (const [name, { size, used, available }] of Object.entries<Record<string, number>>(
    region.shares,
  )) {
    const taken = items
      .filter(({ share }: { share: string | null }) => share === name)
      .reduce((sum: number, namespace: { size: number }) => sum + namespace.size, 0)
    expect([used, available]).toEqual([taken, size! - taken])
    expect(taken).toBeLessThanOrEqual(size!)
    kept += size! - taken
  }
  expect(kept).toBeLessThanOrEqual(region.available_size)
  expect(region.unshared_available_size).toBe(region.available_size - kept)
}

it('never promises the same bytes twice, whatever is taken, dropped and patched at once', async () => {
  const api = await startTestDaemon()
  const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), {
    minLength: 6,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(batches, async (history) => {
      const path = await smallRegion(api)
      const made: string[] = []
      for (const batch of history) {
        await Promise.all(batch.map((one) => perform(api, path, made, one)))
        await judge(api, path)
      }
    }),
    // One history is half a hundred calls; the core's own test tries thousands.
    { numRuns: 1, endOnFailure: true },
  )
})
