/** Names, keys and places tell nothing of others, whatever is asked of them. */
import { expect, test } from 'vitest'
import { startTenantDaemon } from './support/tenant-daemon.ts'

const MIB = 2 ** 20
const UUID = '11111111-1111-4111-8111-111111111111'
const CLAIM = { size: 2 * MIB, sharing: 'dedicated', holder: 'pod' }
const HUGE = { ...CLAIM, size: 2 ** 50 }

test('what others have taken is refused as what nobody has: by its name alone', async () => {
  const daemon = await startTenantDaemon()
  const lease = { ttl_ms: 600_000 }
  await daemon.ok('blue', 'PUT', '/v1/claims/blue.there', { ...CLAIM, ...lease })
  await daemon.ok('blue', 'POST', '/v1/namespaces', {
    name: 'blue.there',
    region: 0,
    size: 2 * MIB,
  })
  await daemon.ok('admin', 'PUT', '/v1/claims/hosts', CLAIM)
  const answers = new Map<string, string[]>()
  for (const name of ['blue.there', 'blue.not', 'hosts', 'free', 'claim.blue.there']) {
    const asked = [
      ['PUT', `/v1/claims/${name}`, CLAIM],
      ['PUT', `/v1/claims/${name}`, { ...CLAIM, ...lease }],
      ['PUT', `/v1/claims/${name}?dry_run=true`, CLAIM],
      ['PUT', `/v1/claims/${name}`, HUGE],
      ['PUT', `/v1/claims/${name}?dry_run=true`, HUGE],
      ['PUT', `/v1/claims/${name}`, { ...CLAIM, sharing: 'slice' }],
      ['POST', '/v1/namespaces', { name, region: 0, size: 2 * MIB }],
      ['POST', '/v1/namespaces?dry_run=true', { name, region: 0, size: 2 * MIB }],
      ['POST', '/v1/namespaces', { name, region: 0, size: 2 ** 50 }],
      ['POST', '/v1/namespaces', { name, region: 999, size: 2 * MIB }],
    ] as const
    const told = []
    for (const [method, path, body] of asked) {
      const headers = method === 'PUT' ? { 'if-match': '"1"' } : {}
      for (const more of [{}, headers]) {
        const { status, body: problem } = await daemon.ask('red', method, path, body, more)
        told.push(`${status} ${problem.code} ${problem.detail.replaceAll(name, 'NAME')}`)
      }
    }
    answers.set(name, [...new Set(told)])
  }
  const refusal = '403 forbidden_name Names of tenant red begin with "red."; NAME does not.'
  for (const [name, told] of answers) expect([name, told]).toEqual([name, [refusal]])
})

test('a tenant keeps what it has under a prefix of before, and nobody gets that prefix', async () => {
  const daemon = await startTenantDaemon()
  const made = await daemon.ok('red', 'PUT', '/v1/claims/red.old', CLAIM)
  await daemon.ok('admin', 'PUT', '/v1/tenants/red', { name_prefix: 'r-' })
  expect(await daemon.ok('red', 'PUT', '/v1/claims/red.old', CLAIM)).toEqual(made)
  const taken = await daemon.ask('admin', 'PUT', '/v1/tenants/blue', { name_prefix: 'red' })
  expect([taken.status, taken.body.code]).toEqual([409, 'prefix_taken'])
  await daemon.ok('red', 'DELETE', '/v1/claims/red.old')
  await daemon.ok('admin', 'PUT', '/v1/tenants/blue', { name_prefix: 'red' })
})

test.each(['claim.', 'claim.x', 'claim', 'c'])(
  "no tenant gets %s: the namespaces of everybody's claims begin with that",
  async (name_prefix) => {
    const daemon = await startTenantDaemon()
    const { status, body } = await daemon.ask('admin', 'PUT', '/v1/tenants/x', { name_prefix })
    expect([status, body.code]).toEqual([409, 'prefix_taken'])
    const own = await daemon.ask('admin', 'PUT', '/v1/tenants/claim', {})
    expect([own.status, own.body.code]).toEqual([409, 'prefix_taken'])
  },
)

test("another's uuid is taken, by whom is not told; nor how far its memory goes", async () => {
  const daemon = await startTenantDaemon()
  const blue = { name: 'blue.n', region: 0, size: 8 * MIB, uuid: UUID }
  const { ranges } = await daemon.ok('blue', 'POST', '/v1/namespaces', blue)
  const red = { name: 'red.n', region: 0, uuid: UUID, size: 2 * MIB }
  const uuid = await daemon.ask('red', 'POST', '/v1/namespaces', red)
  expect([uuid.status, uuid.body.code]).toEqual([409, 'uuid_taken'])
  const [{ start }] = ranges
  const place = [{ start: start + 2 * MIB, end: start + 4 * MIB - 1 }]
  const there = await daemon.ask('red', 'POST', '/v1/namespaces?dry_run=true', {
    ...{ name: 'red.n', region: 0, ranges: place },
  })
  expect([there.status, there.body.code]).toEqual([409, 'range_taken'])
  const told = JSON.stringify([uuid.body, there.body])
  expect(told).not.toContain('blue')
  expect(told).not.toContain(start.toString(16))
  const own = await daemon.ask('blue', 'POST', '/v1/namespaces', { ...blue, name: 'blue.m' })
  expect(own.body.detail).toContain('blue.n')
})

test('callers of one name in two tenants have their Idempotency-Keys for themselves', async () => {
  const daemon = await startTenantDaemon()
  const red = await daemon.newToken('ci', 'tenant', 'red')
  const blue = await daemon.newToken('ci', 'tenant', 'blue')
  const host = await daemon.newToken('ci', 'admin', null)
  const key = { 'idempotency-key': 'the-build' }
  const body = { holder: 'pod', ttl_ms: 600_000 }
  const ids = []
  for (const [who, tenant] of [
    [red, 'red'],
    [blue, 'blue'],
    [host, null],
  ] as const) {
    const lease = await daemon.ok(who, 'POST', '/v1/leases', body, key)
    expect(lease.tenant).toBe(tenant)
    expect(await daemon.ok(who, 'POST', '/v1/leases', body, key)).toEqual(lease)
    ids.push(lease.id)
  }
  expect(new Set(ids).size).toBe(3)
})

test("a late holder's token is refused with every change, whatever that is about", async () => {
  const daemon = await startTenantDaemon()
  const { token } = await daemon.ok('red', 'POST', '/v1/leases', { holder: 'p', ttl_ms: 600_000 })
  const other = await daemon.ok('blue', 'POST', '/v1/leases', { holder: 'p', ttl_ms: 600_000 })
  const n = { name: 'red.n', region: 0, size: 4 * MIB }
  const { chardev } = await daemon.ok('red', 'POST', '/v1/namespaces', n)
  const changes = [
    ['POST', '/v1/namespaces', { ...n, name: 'red.m' }],
    ['PATCH', '/v1/namespaces/red.n', { labels: { a: 'b' } }],
    ['PUT', '/v1/claims/red.c', CLAIM],
    ['POST', `/v1/devices/${chardev}/disable`, { if_busy: 'revoke' }],
    ['POST', `/v1/devices/${chardev}/enable`, undefined],
    ['DELETE', '/v1/namespaces/red.n?if_busy=revoke', undefined],
  ] as const
  for (const late of [token + 1000, other.token]) {
    const headers = { 'daxd-fencing-token': String(late) }
    for (const [method, path, body] of changes) {
      const { status, body: problem } = await daemon.ask('red', method, path, body, headers)
      expect([method, path, status, problem.code]).toEqual([method, path, 410, 'stale_token'])
    }
  }
  const timely = { 'daxd-fencing-token': String(token) }
  for (const [method, path, body] of changes) await daemon.ok('red', method, path, body, timely)
})
