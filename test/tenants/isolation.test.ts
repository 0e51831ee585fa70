/** What is another tenant's is not there: in reads, lists, changes, events and refusals. */
import { expect, test } from 'vitest'
import { type Person, startTenantDaemon, type TenantDaemon } from './support/tenant-daemon.ts'

const MIB = 2 ** 20
const LISTS = [
  'namespaces',
  'devices',
  'handles',
  'mappings',
  'leases',
  'claims',
  'operations',
] as const

/** A tenant with something of every kind. */
async function settle(daemon: TenantDaemon, who: 'red' | 'blue') {
  const lease = await daemon.ok(who, 'POST', '/v1/leases', { holder: 'pod', ttl_ms: 600_000 })
  const own = { name: `${who}.n`, region: 0, size: 8 * MIB }
  const namespace = await daemon.ok(who, 'POST', '/v1/namespaces', own)
  const handles = `/v1/devices/${namespace.chardev}/handles`
  const handle = await daemon.ok(who, 'POST', handles, { holder: 'pod', lease: lease.id })
  const mapping = await daemon.ok(who, 'POST', '/v1/mappings', {
    handle: handle.id,
    length: 2 * MIB,
  })
  const dedicated = { size: 4 * MIB, sharing: 'dedicated', holder: 'pod' }
  const claim = await daemon.ok(who, 'PUT', `/v1/claims/${who}.c`, dedicated)
  const slice = await daemon.ok(who, 'PUT', `/v1/claims/${who}.s`, {
    ...dedicated,
    size: 2 * MIB,
    sharing: 'slice',
  })
  const drain = { if_busy: 'drain', timeout_ms: 50 }
  await daemon.ask(who, 'POST', `/v1/devices/${namespace.chardev}/disable`, drain)
  return { lease, namespace, handle, mapping, claim, slice }
}

async function stage() {
  const daemon = await startTenantDaemon()
  await daemon.ok('operator', 'POST', '/v1/namespaces', {
    name: 'pool',
    region: 0,
    size: 32 * MIB,
    pool: true,
  })
  const [red, blue] = [await settle(daemon, 'red'), await settle(daemon, 'blue')]
  return { daemon, red, blue }
}

test.each<Person>(['red', 'red-viewer', 'red-admin'])(
  '%s lists what is red, and only that',
  async (who) => {
    const { daemon } = await stage()
    for (const list of LISTS) {
      const { items } = await daemon.ok(who, 'GET', `/v1/${list}?limit=1000`)
      const { items: all } = await daemon.ok('admin', 'GET', `/v1/${list}?limit=1000`)
      const red = all.filter(({ tenant }: { tenant: string | null }) => tenant === 'red')
      expect(items, list).toEqual(red)
      expect([list, red.length > 0, all.length > red.length]).toEqual([list, true, true])
    }
  },
)

test('what is blue is as if it were not there for red, and stays as it is', async () => {
  const { daemon, blue } = await stage()
  const { chardev } = blue.namespace
  const pool = blue.slice.chardev
  const before = await everything(daemon)
  const attempts: readonly [string, string, object?][] = [
    ['GET', '/v1/namespaces/blue.n'],
    ['PATCH', '/v1/namespaces/blue.n', { labels: { a: 'b' } }],
    ['DELETE', '/v1/namespaces/blue.n?if_busy=revoke'],
    ['GET', `/v1/devices/${chardev}`],
    ['GET', `/v1/devices/${chardev}?generation=1`],
    ['GET', `/v1/devices/${chardev}/users`],
    ['GET', `/v1/devices/${pool}/users`],
    ['POST', `/v1/devices/${chardev}/enable`],
    ['POST', `/v1/devices/${chardev}/disable`, { if_busy: 'revoke' }],
    ['DELETE', `/v1/devices/${chardev}?if_busy=revoke`],
    ['POST', `/v1/devices/${chardev}/handles`, { holder: 'x' }],
    ['POST', `/v1/devices/${chardev}/handles?dry_run=true`, { holder: 'x' }],
    ['POST', `/v1/devices/${pool}/handles`, { holder: 'x' }],
    ['GET', `/v1/handles/${blue.handle.id}`],
    ['DELETE', `/v1/handles/${blue.handle.id}`],
    ['POST', '/v1/mappings', { handle: blue.handle.id, length: 2 * MIB }],
    ['POST', '/v1/mappings?dry_run=true', { handle: blue.handle.id, length: 2 * MIB }],
    ['GET', `/v1/mappings/${blue.mapping.id}`],
    ['GET', `/v1/mappings/${blue.mapping.id}/translate?offset=0`],
    ['DELETE', `/v1/mappings/${blue.mapping.id}`],
    ['GET', `/v1/leases/${blue.lease.id}`],
    ['DELETE', `/v1/leases/${blue.lease.id}`],
    ['GET', '/v1/claims/blue.c'],
    ['DELETE', '/v1/claims/blue.c?if_busy=revoke'],
    ['GET', '/v1/tenants/blue'],
  ]
  for (const [method, path, body] of attempts) {
    const { status, body: problem } = await daemon.ask('red', method, path, body)
    expect([method, path, status, problem.errno]).toEqual([method, path, 404, 'ENOENT'])
  }
  const renewed = await daemon.ask('red', 'POST', `/v1/leases/${blue.lease.id}/renew`, {})
  expect([renewed.status, renewed.body.code]).toEqual([410, 'lease_expired'])
  const { results } = await daemon.ok('red', 'POST', '/v1/batch', {
    operations: [
      { op: 'open', chardev, holder: 'x' },
      { op: 'unmap', id: blue.mapping.id },
      { op: 'close', id: blue.handle.id },
    ],
  })
  expect(results.map(({ status }: { status: number }) => status)).toEqual([404, 404, 404])
  expect(await everything(daemon)).toEqual(before)
})

test('a blue lease keeps no red handle, and red makes nothing for blue', async () => {
  const { daemon, red, blue } = await stage()
  const path = `/v1/devices/${red.namespace.chardev}/handles`
  const lent = await daemon.ask('red', 'POST', path, { holder: 'pod', lease: blue.lease.id })
  expect([lent.status, lent.body.code]).toEqual([404, 'no_such_lease'])
  const body = { size: 2 * MIB, sharing: 'dedicated', holder: 'x' }
  const others: readonly [string, object, string][] = [
    ['/v1/claims/blue.x', { ...body, tenant: 'blue' }, 'forbidden'],
    ['/v1/claims/blue.x', body, 'forbidden_name'],
    ['/v1/claims/free', body, 'forbidden_name'],
    ['/v1/claims/red.x', { ...body, share: 'blue' }, 'forbidden'],
  ]
  for (const [where, claim, code] of others) {
    const { status, body: problem } = await daemon.ask('red', 'PUT', where, claim)
    expect([status, problem.code]).toEqual([403, code])
  }
})

test('red is told of red changes alone, by collection and by stream', async () => {
  const { daemon } = await stage()
  const { items } = await daemon.ok('red', 'GET', '/v1/events?limit=1000')
  const { items: all } = await daemon.ok('admin', 'GET', '/v1/events?limit=1000')
  const ofBlue = /blue/
  expect(items.length).toBeGreaterThan(10)
  expect(items.filter((event: object) => ofBlue.test(JSON.stringify(event)))).toEqual([])
  expect(all.some((event: object) => ofBlue.test(JSON.stringify(event)))).toBe(true)
  const stream = await fetch(`${daemon.url}/v1/events?since=0`, {
    headers: { authorization: `Bearer ${daemon.bearer('red')}` },
  })
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  await daemon.ok('blue', 'POST', '/v1/leases', { holder: 'blue-secret', ttl_ms: 600_000 })
  await daemon.ok('red', 'POST', '/v1/leases', { holder: 'the-last', ttl_ms: 600_000 })
  let text = ''
  while (!text.includes('the-last')) text += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  const told = text.split('\n').filter((line) => line.startsWith('data:'))
  expect(told.filter((line) => ofBlue.test(line))).toEqual([])
  expect(told.length).toBe(items.length + 1)
})

test('a refusal names the own holders and only counts the others', async () => {
  const daemon = await startTenantDaemon()
  const own = { name: 'red.n', region: 0, size: 8 * MIB, tenant: 'red' }
  const { chardev } = await daemon.ok('operator', 'POST', '/v1/namespaces', own)
  const path = `/v1/devices/${chardev}/handles`
  const mine = await daemon.ok('red', 'POST', path, { holder: 'mine' })
  const theirs = await daemon.ok('admin', 'POST', path, { holder: 'of-the-host' })
  const holders = [
    { kind: 'handle', id: mine.id, holder: 'mine', tenant: 'red', chardev, generation: 1 },
    { kind: 'others', count: 1 },
  ]
  const refused = await daemon.ask('red', 'DELETE', '/v1/namespaces/red.n')
  expect([refused.status, refused.body.holders]).toEqual([409, holders])
  const users = await daemon.ok('red', 'GET', `/v1/devices/${chardev}/users`)
  expect(users.holders).toEqual(holders)
  const told = await daemon.ask('operator', 'DELETE', '/v1/namespaces/red.n')
  expect(told.body.holders.map(({ id }: { id: string }) => id)).toEqual([mine.id, theirs.id])
})

async function everything(daemon: TenantDaemon): Promise<object> {
  const lists = LISTS.map((list) => daemon.ok('admin', 'GET', `/v1/${list}?limit=1000`))
  return Promise.all(lists)
}
