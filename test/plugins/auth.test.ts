import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { createAuthenticator } from '../../src/identity/create-authenticator.ts'
import { listen, problem, type ToyApp } from './toy-app.ts'

/** A state directory without a token file. */
const NO_TOKENS = {
  recognise: () => ({ refusal: new DaxError('unauthorized', 'No.'), reason: '', isWrong: true }),
  isInUse: () => false,
  problem: () => null,
}

let toy: ToyApp
beforeAll(async () => {
  toy = await listen({
    authenticate: createAuthenticator({
      tokens: NO_TOKENS,
      adminToken: 'correct-horse',
      identities: null,
    }),
  })
})
afterAll(() => toy.app.close())

const PATHS = ['/v1/things/a', '/metrics', '/openapi.json', '/docs', '/nothing', '/v1/defect']

test.each(PATHS)('%s without a token is 401, whatever is there', async (path) => {
  const answer = await request(toy.url).get(path)
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="daxd"')
  expect(JSON.parse(answer.text)).toEqual(
    problem(
      { code: 'unauthorized', title: 'Credentials are missing or wrong', status: 401 },
      { detail: 'Valid credentials are needed.', instance: path },
    ),
  )
})

test.each([
  'Bearer wrong',
  'Bearer correct-horse2',
  'Bearer correct-hors',
  'Bearer',
  'Basic correct-horse',
  'correct-horse',
  'Bearer correct-horse more',
])('"%s" is 401', async (authorization) => {
  const answer = await request(toy.url).get('/v1/things/a').set({ authorization })
  expect(answer.status).toBe(401)
})

test.each(['Bearer correct-horse', 'bearer correct-horse'])(
  '"%s" admits',
  async (authorization) => {
    const answer = await request(toy.url).get('/v1/things/a').set({ authorization })
    expect(answer.status).toBe(200)
  },
)

test('the body of a stranger is not read', async () => {
  const answer = await request(toy.url)
    .post('/v1/things')
    .set('content-type', 'application/json')
    .send('{"broken')
  expect(answer.status).toBe(401)
})

test.each(['/livez', '/readyz'])('%s needs no token', async (path) => {
  expect((await request(toy.url).get(path)).status).toBe(200)
})

test('two Authorization headers are refused, whichever of them is right', async () => {
  const { hostname, port } = new URL(toy.url)
  const [right, wrong] = ['Bearer correct-horse', 'Bearer wrong']
  for (const two of [
    [right, wrong],
    [wrong, right],
    [right, right],
  ]) {
    const headers = ['host', 'a', ...two.flatMap((one) => ['Authorization', one])]
    const asked = get({ hostname, port, path: '/v1/things/a', headers, agent: false })
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(400)
  }
})

test('a TCP connection that its client has reset never passes for the unix socket', async () => {
  const seen: boolean[] = []
  const own = await listen({
    authenticate({ isLocalSocket }) {
      seen.push(isLocalSocket)
      return NO_TOKENS.recognise()
    },
  })
  const { port } = new URL(own.url)
  const text = 'GET /v1/things/a HTTP/1.1\r\nhost: a\r\n\r\n'
  const connections = Array.from({ length: 50 }, async () => {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(text.repeat(4), () => socket.resetAndDestroy())
    await once(socket, 'close')
  })
  await Promise.all(connections)
  await request(own.url).get('/v1/things/a')
  await own.app.close()
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.filter(Boolean)).toEqual([])
})
