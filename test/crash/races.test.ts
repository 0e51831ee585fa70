import { expect, test } from 'vitest'
import { randomFrom } from '../ledger/batches.ts'
import { faultsOf, look } from './support/audit.ts'
import { UNIT } from './support/calls/make.ts'
import { startDaemon, stateDirectory } from './support/daemon.ts'
import { type Answer, type Body, call, list, must } from './support/http.ts'

const SEED = Number(process.env['DAXD_TEST_SEED'])

/** A busy machine makes work long; the tests want its end, not an operation. */
const headers = { prefer: 'wait=60' }

async function daemon(): Promise<string> {
  return (await startDaemon(stateDirectory(), ['--log-level', 'info'])).url
}

function createNamespace(url: string, units: number, more: object = {}): Promise<Body> {
  const body = { region: 0, size: units * UNIT, ...more }
  return must(url, 'POST', '/v1/namespaces', { body, headers })
}

function open(url: string, chardev: string): Promise<Answer | null> {
  return call(url, 'POST', `/v1/devices/${chardev}/handles`, { body: { holder: 'h' } })
}

function parallel<T>(count: number, work: (at: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => work(at)))
}

/** How often each value comes. */
function tally(values: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1
  return counts
}

const outcomeOf = (answer: Answer | null): unknown =>
  (answer?.status ?? 0) < 300 ? answer?.status : answer?.body.code

test.each(['dedicated', 'slice'])('50 parallel PUTs of one %s claim make one', async (sharing) => {
  const url = await daemon()
  await createNamespace(url, 8, { pool: true })
  const free = (await must(url, 'GET', '/v1/regions/0')).available_size
  const body = { size: UNIT, sharing, holder: 'h' }
  const answers = await parallel(50, () => call(url, 'PUT', '/v1/claims/one', { body, headers }))
  expect(tally(answers.map(outcomeOf))).toEqual({ 200: 49, 201: 1 })
  expect(new Set(answers.map((answer) => answer?.body.mapping)).size).toBe(1)
  const taken = sharing === 'slice' ? 0 : UNIT
  expect((await must(url, 'GET', '/v1/regions/0')).available_size).toBe(free - taken)
  expect([
    (await list(url, '/v1/claims')).length,
    (await list(url, '/v1/mappings')).length,
  ]).toEqual([1, 1])
  expect(faultsOf(await look(url))).toEqual([])
})

test('50 parallel PUTs and DELETEs of one claim leave it whole or gone', async () => {
  const url = await daemon()
  const free = (await must(url, 'GET', '/v1/regions/0')).available_size
  const body = { size: UNIT, sharing: 'dedicated', holder: 'h' }
  await parallel(50, (at) =>
    at % 2 === 0
      ? call(url, 'PUT', '/v1/claims/one', { body, headers })
      : call(url, 'DELETE', '/v1/claims/one', { headers }),
  )
  const shown = await look(url)
  expect(faultsOf(shown)).toEqual([])
  const claims = shown.things.claim.length
  expect(shown.things.namespace.length).toBe(claims)
  expect(shown.regions[0]?.region.available_size).toBe(free - claims * UNIT)
})

test('50 parallel POSTs with one Idempotency-Key make one lease', async () => {
  const url = await daemon()
  const options = { body: { holder: 'h', ttl_ms: 60_000 }, key: 'k' }
  const answers = await parallel(50, () => call(url, 'POST', '/v1/leases', options))
  expect(tally(answers.map((answer) => answer?.replayed))).toEqual({ true: 49, false: 1 })
  const [lease] = await list(url, '/v1/leases')
  expect(answers.map((answer) => answer?.body)).toEqual(answers.map(() => lease))
})

test('200 parallel exclusive mappings of one device never overlap and exactly fill it', async () => {
  const url = await daemon()
  const units = 150
  const { chardev } = await createNamespace(url, units)
  const handle = (await open(url, chardev))?.body.id
  const answers = await parallel(200, () =>
    call(url, 'POST', '/v1/mappings', { body: { handle, length: UNIT } }),
  )
  expect(tally(answers.map(outcomeOf))).toEqual({ 201: units, no_hole: 50 })
  const offsets = answers.flatMap((answer) => (answer?.status === 201 ? [answer.body.offset] : []))
  expect(offsets.sort((left, right) => left - right)).toEqual(
    Array.from({ length: units }, (_, at) => at * UNIT),
  )
})

test('parallel makings and deletions of namespaces never exceed the capacity', async () => {
  const url = await daemon()
  const body = { size: 64 * UNIT, align: UNIT, start: 2 ** 45 }
  const region = await must(url, 'POST', '/v1/regions', { body })
  const path = `/v1/regions/${region.id}`
  const random = randomFrom(SEED)
  const seen: string[] = []
  await parallel(8, async (client) => {
    const mine: string[] = []
    for (let step = 0; step < 12; step += 1) {
      if (random() < 0.6 || mine.length === 0) {
        const name = `n-${client}-${step}`
        const size = (1 + Math.floor(random() * 20)) * UNIT
        const wanted = { body: { name, region: region.id, size }, headers }
        const answer = await call(url, 'POST', '/v1/namespaces', wanted)
        if (answer?.status === 201) mine.push(name)
        else seen.push(answer?.body.code)
      } else await must(url, 'DELETE', `/v1/namespaces/${mine.shift()}`, { headers })
      const { items } = await must(url, 'GET', `${path}/map`)
      const mapped = items.reduce((sum: number, item: Body) => sum + item.size, 0)
      if (mapped !== body.size) seen.push(`the map covers ${mapped}`)
    }
  })
  expect(Object.keys(tally(seen)), `seed ${SEED}`).toEqual(['no_space'])
  expect(faultsOf(await look(url)), `seed ${SEED}`).toEqual([])
  const left = await list(url, `/v1/namespaces?region=${region.id}`)
  await parallel(left.length, (at) =>
    must(url, 'DELETE', `/v1/namespaces/${left[at].name}`, { headers }),
  )
  expect((await must(url, 'GET', path)).available_size).toBe(body.size)
})

test('parallel makings of one uuid under many names make one', async () => {
  const url = await daemon()
  const uuid = '3b0f4c1e-7f53-4d0c-9a4b-1d2f3a4b5c6d'
  const answers = await parallel(10, (at) =>
    call(url, 'POST', '/v1/namespaces', {
      body: { name: `n${at}`, region: at % 2, size: '16MiB', uuid },
      headers,
    }),
  )
  expect(tally(answers.map(outcomeOf))).toEqual({ 201: 1, uuid_taken: 9 })
})

test('after a disable that refuses has succeeded among opens and maps there is no reference', async () => {
  const url = await daemon()
  const { chardev } = await createNamespace(url, 64)
  const path = `/v1/devices/${chardev}`
  for (let round = 0; round < 12; round += 1) {
    const opens = parallel(3, async () => {
      const handle = await open(url, chardev)
      if (handle?.status !== 201) return outcomeOf(handle)
      await call(url, 'DELETE', `/v1/handles/${handle.body.id}`)
      return 'opened'
    })
    let disabled = await call(url, 'POST', `${path}/disable`, { body: {} })
    while (disabled?.body.code === 'busy') {
      disabled = await call(url, 'POST', `${path}/disable`, { body: {} })
    }
    const quiet = { state: 'disabled', refs: { handles: 0, mappings: 0 } }
    expect([disabled?.status, disabled?.body]).toEqual([200, expect.objectContaining(quiet)])
    expect(await must(url, 'GET', path)).toMatchObject(quiet)
    const codes = ['opened', 'in_transition', 'device_disabled']
    expect(codes).toEqual(expect.arrayContaining([...new Set(await opens)]))
    await must(url, 'POST', `${path}/enable`, { body: {} })
  }
})

test('after a revoke among opens and maps no mapping of that generation is live', async () => {
  const url = await daemon()
  const { chardev } = await createNamespace(url, 256)
  const path = `/v1/devices/${chardev}`
  for (let round = 1; round <= 10; round += 1) {
    const answers = parallel(6, async () => {
      const handle = (await open(url, chardev))?.body.id
      const body = { handle: handle ?? 'none', length: UNIT }
      return call(url, 'POST', '/v1/mappings', { body })
    })
    const revoke = { body: { if_busy: 'revoke' } }
    const disabled = await must(url, 'POST', `${path}/disable`, revoke)
    expect(disabled).toMatchObject({ state: 'disabled', generation: round })
    const mappings = await list(url, `/v1/mappings?chardev=${chardev}`)
    expect(mappings.filter(({ state }) => state !== 'revoked')).toEqual([])
    const mapped = (await answers).filter((answer) => answer?.status === 201)
    const ids = new Set((await list(url, `/v1/mappings?chardev=${chardev}`)).map(({ id }) => id))
    expect(mapped.every((answer) => ids.has(answer?.body.id))).toBe(true)
    await must(url, 'POST', `${path}/enable`, { body: {} })
  }
  expect(faultsOf(await look(url))).toEqual([])
})

test('a look at the host among makings and deletions finds no difference and takes no memory', async () => {
  const url = await daemon()
  const { available_size } = await must(url, 'GET', '/v1/regions/0')
  let working = 3
  const found: Body[] = []
  const looks = parallel(2, async () => {
    while (working > 0) found.push(...(await must(url, 'GET', '/v1/reconciliation')).items)
  })
  await parallel(working, async (client) => {
    for (let step = 0; step < 6; step += 1) {
      const { name } = await createNamespace(url, 1, { name: `n-${client}-${step}` })
      await must(url, 'DELETE', `/v1/namespaces/${name}`, { headers })
    }
    working -= 1
  })
  await looks
  expect(found).toEqual([])
  expect(await must(url, 'GET', '/v1/regions/0')).toMatchObject({ available_size, drift: null })
})
