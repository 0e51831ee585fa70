/** Time-outs, repeats and errors, against a server that fails as daxd and proxies do. */
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import {
  type ClientOptions,
  createClient,
  DaxdConnectionError,
  DaxdError,
  type Retry,
} from '../../client/src/index.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { json, problem, type Script, startScriptedServer } from './support/scripted-server.ts'

const LEASE = { holder: 'me', ttl_ms: 1000 }

/** Fails as the script says, and answers `{}` from its `fails`-th request on. */
async function failing(fails: number, fail: Script, options: ClientOptions = {}) {
  const retries: Retry[] = []
  const { url, received } = await startScriptedServer((response, count, one) => {
    if (count <= fails) fail(response, count, one)
    else json(response, 200, {})
  })
  const daxd = createClient({ url, onRetry: (retry) => retries.push(retry), ...options })
  return { daxd, received, retries, calls: () => received.map(({ call }) => call) }
}

/** What a failed call has thrown. */
async function thrown(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (error) => error,
  )
}

const cut: Script = (response) => response.destroy()
const overloaded: Script = (response) => problem(response, { status: 503, code: 'overloaded' })
const stalled: Script = (response) => problem(response, { status: 503, code: 'ledger_stalled' })
const limited: Script = (response) =>
  problem(response, { status: 429, code: 'rate_limited', retryAfterS: 1 })
const proxied: Script = (response) => {
  response.writeHead(502, { 'content-type': 'text/html' })
  response.end('<h1>Bad Gateway</h1>')
}

test('a refusal is thrown at once, with the numbers and names of its problem', async () => {
  const { url } = await startTestDaemon()
  const daxd = createClient({ url })
  const error = await thrown(daxd.namespaces.create({ size: '3MiB', region: 0 }))
  expect(error).toBeInstanceOf(DaxdError)
  expect(error).toMatchObject({
    status: 422,
    code: 'misaligned_size',
    errno: 'EINVAL',
    suggested_size: 4 * 1024 ** 2,
    holders: undefined,
  })
  const full = await thrown(daxd.namespaces.create({ size: '1TiB', region: 0 }))
  const room = 16 * 1024 ** 3
  expect(full).toMatchObject({ code: 'no_space', available_size: room, max_available_extent: room })
  await daxd.namespaces.create({ name: 'n', size: '2m', region: 0 })
  await daxd.handles.create('dax0.0', { holder: 'somebody' })
  const busy = await thrown(daxd.namespaces.delete('n'))
  expect(busy).toMatchObject({ code: 'busy', holders: [{ kind: 'handle', holder: 'somebody' }] })
})

test.each([
  ['a cut connection', cut],
  ['an overload', overloaded],
  ['a disk that hangs', stalled],
  ['a proxy without daxd', proxied],
])('a POST is repeated after %s, with the one key that lets it be done once', async (_, fail) => {
  const { daxd, received, retries } = await failing(2, fail)
  await daxd.leases.create(LEASE)
  const keys = received.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toEqual([keys[0], keys[0], keys[0]])
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(retries.map(({ method, path, attempts }) => [method, path, attempts])).toEqual([
    ['POST', '/v1/leases', 1],
    ['POST', '/v1/leases', 2],
  ])
})

test('each POST has a key of its own, unless the caller gives one', async () => {
  const { daxd, received } = await failing(0, cut)
  await daxd.leases.create(LEASE)
  await daxd.leases.create(LEASE)
  await daxd.leases.create(LEASE, { idempotencyKey: 'mine' })
  const [first, second, third] = received.map(({ headers }) => headers['idempotency-key'])
  expect(first).not.toBe(second)
  expect(third).toBe('mine')
})

test.each([
  ['a cut connection', cut, 1],
  ['a disk that hangs, which may have taken it', stalled, 1],
  ['a proxy without daxd', proxied, 1],
  ['an overload, which refuses unseen', overloaded, 2],
  ['too many calls, which are refused unseen', limited, 2],
])('a PATCH, which nothing keeps from being done twice, meets %s', async (_, fail, attempts) => {
  const { daxd, received } = await failing(1, fail)
  await thrown(daxd.namespaces.patch('n', { wipe: 'none' }))
  expect(received).toHaveLength(attempts)
})

test('a renewal is repeated without a key: a remembered answer would not renew', async () => {
  const { daxd, received } = await failing(1, cut)
  await daxd.leases.renew('l')
  expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined])
})

test('a DELETE that does not find what its own lost attempt has deleted has done it', async () => {
  const { daxd, calls } = await failing(2, (response, count) => {
    if (count === 1) response.destroy()
    else problem(response, { status: 404, code: 'no_such_handle' })
  })
  expect(await daxd.handles.delete('h')).toBeUndefined()
  expect(calls()).toEqual(['DELETE /v1/handles/h', 'DELETE /v1/handles/h'])
  const hung = await failing(2, (response, count) => {
    if (count === 1) problem(response, { status: 503, code: 'ledger_stalled' })
    else problem(response, { status: 404, code: 'no_such_handle' })
  })
  expect(await hung.daxd.handles.delete('h')).toBeUndefined()
  const other = await failing(1, (response) =>
    problem(response, { status: 404, code: 'no_such_handle' }),
  )
  expect(await thrown(other.daxd.handles.delete('h'))).toMatchObject({ code: 'no_such_handle' })
})

test('Retry-After is waited for, in both of its forms', async () => {
  const began = performance.now()
  const { daxd, retries } = await failing(1, limited)
  await daxd.whoami()
  expect(performance.now() - began).toBeGreaterThan(990)
  expect(retries[0]?.pauseMs).toBeGreaterThanOrEqual(1000)
  const dated = await failing(1, (response) => {
    const at = new Date(Date.now() + 3000).toUTCString()
    json(response, 503, {}, { 'retry-after': at })
  })
  await dated.daxd.whoami()
  expect(dated.retries[0]?.pauseMs).toBeGreaterThan(1000)
})

test('a Retry-After beyond the time of the call is not waited for', async () => {
  const { daxd, received } = await failing(9, (response) =>
    problem(response, { status: 503, code: 'shutting_down', retryAfterS: 3600 }),
  )
  expect(await thrown(daxd.whoami())).toMatchObject({ code: 'shutting_down' })
  expect(received).toHaveLength(1)
})

test('attempts are bounded in number, and the last failure is thrown', async () => {
  const { daxd, received, retries } = await failing(99, overloaded, { attemptsMax: 3 })
  expect(await thrown(daxd.whoami())).toMatchObject({ code: 'overloaded', status: 503 })
  expect([received.length, retries.length]).toEqual([3, 2])
})

test('a server that never answers ends the call in its time, by an error of its own', async () => {
  const { daxd, received } = await failing(99, () => undefined, { attemptTimeoutMs: 150 })
  const error = await thrown(daxd.whoami({ timeoutMs: 1000 }))
  expect(error).toBeInstanceOf(DaxdConnectionError)
  expect(error).not.toBeInstanceOf(DaxdError)
  expect(error).toMatchObject({ reason: 'timeout' })
  expect(received.length).toBeGreaterThan(1)
})

test('a refused connection says where and why', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const daxd = createClient({ url: `http://127.0.0.1:${port}`, attemptsMax: 2 })
  const error = await thrown(daxd.whoami())
  expect(error).toMatchObject({ reason: 'unreachable' })
  expect(String(error)).toContain(`GET http://127.0.0.1:${port}/v1/whoami`)
  expect(String(error)).toContain('ECONNREFUSED')
})

test('what is not daxd’s answer is not taken for one', async () => {
  const { daxd } = await failing(9, (response) => json(response, 404, { error: 'no such site' }))
  expect(await thrown(daxd.whoami())).toMatchObject({ reason: 'not_daxd', status: 404 })
})

test('a page with status 200, as a login in between gives, is not taken for an answer', async () => {
  const { daxd } = await failing(99, (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Sign in</title>')
  })
  expect(await thrown(daxd.whoami())).toMatchObject({ reason: 'not_daxd', status: 200 })
})

test('a signal ends the call with its own reason, also between attempts', async () => {
  const reason = new Error('enough')
  const { daxd, received } = await failing(99, () => undefined)
  expect(await thrown(daxd.whoami({ signal: AbortSignal.abort(reason) }))).toBe(reason)
  expect(received).toHaveLength(0)
  const aborter = new AbortController()
  const call = thrown(daxd.whoami({ signal: aborter.signal }))
  while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  aborter.abort(reason)
  expect(await call).toBe(reason)
  const between = new AbortController()
  const busy = await failing(99, limited, { onRetry: () => between.abort(reason) })
  expect(await thrown(busy.daxd.whoami({ signal: between.signal }))).toBe(reason)
})

test('a token is asked for before every attempt, and again when it was out of date', async () => {
  const tokens = ['old', 'new', 'new']
  const { daxd, received } = await failing(
    1,
    (response) => problem(response, { status: 401, code: 'unauthorized' }),
    { token: () => tokens.shift() ?? 'new' },
  )
  await daxd.whoami()
  const shown = received.map(({ headers }) => headers.authorization)
  expect(shown).toEqual(['Bearer old', 'Bearer new'])
  const wrong = await failing(
    9,
    (response) => problem(response, { status: 401, code: 'unauthorized' }),
    { token: 'wrong' },
  )
  expect(await thrown(wrong.daxd.whoami())).toMatchObject({ code: 'unauthorized', status: 401 })
  expect(wrong.received).toHaveLength(1)
})

test('what a change may carry is sent under the names of the contract', async () => {
  const { daxd, received } = await failing(0, cut, { headers: { 'X-Mine': 'yes' } })
  await daxd.namespaces.create({ size: 'max' }, { ifMatch: 7, fencingToken: 3, preferWaitS: 9 })
  await daxd.devices.enable('dax0.1', { ifMatch: '*' })
  expect(received.map(({ headers }) => headers)).toMatchObject([
    { 'if-match': '"7"', 'daxd-fencing-token': '3', prefer: 'wait=9', 'x-mine': 'yes' },
    { 'if-match': '*', accept: 'application/json' },
  ])
})

test('If-Match, dry runs and fencing tokens mean what daxd means by them', async () => {
  const { url } = await startTestDaemon()
  const daxd = createClient({ url })
  const body = { name: 'n', size: '2MiB', region: 0 }
  expect(await daxd.namespaces.create(body, { dryRun: true })).toMatchObject({ name: 'n' })
  expect(await daxd.namespaces.list().all()).toEqual([])
  const { revision } = await daxd.namespaces.create(body)
  const stale = thrown(
    daxd.namespaces.patch('n', { labels: { a: 'b' } }, { ifMatch: revision - 1 }),
  )
  expect(await stale).toMatchObject({ code: 'precondition_failed', status: 412 })
  const changed = await daxd.namespaces.patch('n', { labels: { a: 'b' } }, { ifMatch: revision })
  expect(changed.labels).toEqual({ a: 'b' })
  const { id, token } = await daxd.leases.create({ holder: 'me', ttl_ms: 60_000 })
  const late = thrown(daxd.leases.renew(id, {}, { fencingToken: token + 1 }))
  expect(await late).toMatchObject({ code: 'stale_token', status: 410 })
})

test('a name that would be another path is refused before it is sent', async () => {
  const { daxd, calls } = await failing(0, cut)
  for (const name of ['', '.', '..']) expect(() => daxd.namespaces.get(name)).toThrow(TypeError)
  await daxd.namespaces.get('a/b?c#d é')
  expect(calls()).toEqual(['GET /v1/namespaces/a%2Fb%3Fc%23d%20%C3%A9'])
})

test('an address may have a path before it, and must be one of HTTP', async () => {
  const { received, url } = await startScriptedServer((response) => json(response, 200, {}))
  await createClient({ url: `${url}/daxd/` }).devices.get('dax0.1', { generation: 2 })
  expect(received.map(({ call }) => call)).toEqual(['GET /daxd/v1/devices/dax0.1?generation=2'])
  for (const bad of ['ftp://a', 'nowhere', 'http://a/?b=c']) {
    expect(() => createClient({ url: bad })).toThrow(TypeError)
  }
})
