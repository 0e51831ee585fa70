import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseDaxdAddress } from '../../src/kubernetes/daxd-address.ts'
import { createDaxdClient } from '../../src/kubernetes/daxd-client.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

/** A server that answers as the test says, where daxd itself cannot be made to. */
async function scripted(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    request.resume()
    answer(request, response, seen.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

function client(address: string, options: { tokenFile?: string; timeoutMs?: number } = {}) {
  const made = createDaxdClient({ address, timeoutMs: 20_000, ...options })
  onTestFinished(() => made.close())
  return made
}

function json(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

test('addresses are host and port or a socket; anything else is refused', () => {
  expect(parseDaxdAddress('http://[::1]:7329')).toEqual({ kind: 'tcp', host: '::1', port: 7329 })
  expect(parseDaxdAddress('unix:/run/d.sock')).toEqual({ kind: 'unix', path: '/run/d.sock' })
  for (const text of ['https://a:1', 'http://a:1/v1', 'unix:run/d.sock', 'a:1', '']) {
    expect(() => parseDaxdAddress(text)).toThrow()
  }
})

test('a refusal is thrown at once, with daxd’s own problem', async () => {
  const daemon = await startTestDaemon()
  const refused = client(daemon.url).get('/v1/claims/missing')
  await expect(refused).rejects.toMatchObject({
    name: 'DaxdError',
    status: 404,
    problem: { code: 'no_such_claim', errno: 'ENOENT' },
  })
})

test('what may be repeated is repeated over 503 and lost answers, and nothing else', async () => {
  const server = await scripted((_request, response, count) => {
    if (count === 1) json(response, 503, { code: 'overloaded' })
    else if (count === 2) response.destroy()
    else json(response, 200, { count })
  })
  const { call } = client(server.url)
  expect((await call({ method: 'DELETE', path: '/v1/claims/a' })).body).toEqual({ count: 3 })

  const stubborn = await scripted((_request, response) => json(response, 503, {}))
  const post = client(stubborn.url).call({ method: 'POST', path: '/v1/leases', body: {} })
  await expect(post).rejects.toMatchObject({ status: 503 })
  expect(stubborn.seen).toEqual(['POST /v1/leases'])
})

test('a daxd that stays away is given up in the time that was given', async () => {
  const { call } = client('unix:/nonexistent/daxd.sock', { timeoutMs: 300 })
  await expect(call({ method: 'GET', path: '/v1/regions' })).rejects.toMatchObject({
    status: 0,
    problem: null,
    message: expect.stringContaining('daxd does not answer at unix:/nonexistent/daxd.sock'),
  })
})

test('a token that was replaced is read anew after a 401, once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-token-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const tokenFile = join(directory, 'token')
  writeFileSync(tokenFile, 'old\n')
  let valid = 'Bearer old'
  const server = await scripted((request, response) => {
    const isIn = request.headers.authorization === valid
    json(response, isIn ? 200 : 401, isIn ? { in: true } : { code: 'unauthenticated' })
  })
  const { get } = client(server.url, { tokenFile })
  expect(await get('/v1/a')).toEqual({ in: true })
  valid = 'Bearer new'
  writeFileSync(tokenFile, 'new\n')
  expect(await get('/v1/b')).toEqual({ in: true })
  valid = 'Bearer other'
  await expect(get('/v1/c')).rejects.toMatchObject({ status: 401 })
  expect(server.seen).toEqual(['/v1/a', '/v1/b', '/v1/b', '/v1/c', '/v1/c'].map((p) => `GET ${p}`))
})

test('a list is read to its end, page by page', async () => {
  const server = await scripted((_request, response, count) =>
    json(response, 200, { items: [count], next: count < 3 ? `c ${count}` : null }),
  )
  expect(await client(server.url).list('/v1/claims?holder=h')).toEqual([1, 2, 3])
  expect(server.seen).toEqual([
    'GET /v1/claims?holder=h&limit=1000',
    'GET /v1/claims?holder=h&limit=1000&cursor=c%201',
    'GET /v1/claims?holder=h&limit=1000&cursor=c%202',
  ])
})
