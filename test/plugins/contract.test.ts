import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, problem, type ToyApp } from './toy-app.ts'

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
afterAll(() => toy.app.close())

const NO_ROUTE = {
  code: 'no_route',
  title: 'There is nothing at this path',
  status: 404,
  errno: 'ENOENT',
}
const NOT_ALLOWED = {
  code: 'method_not_allowed',
  title: 'The path has no such method',
  status: 405,
}
const MALFORMED = {
  code: 'malformed',
  title: 'The request is malformed',
  status: 400,
  errno: 'EINVAL',
}

describe('paths and methods', () => {
  test.each(['/nothing', '/v1/things/a/b', '/v1/things/', '/V1/things/a', '/docs/static/no.js'])(
    'GET %s is 404 because there is no such route',
    async (path) => {
      const answer = await request(toy.url).get(path)
      expect(answer.type).toBe('application/problem+json')
      expect(answer.status).toBe(404)
      expect(JSON.parse(answer.text)).toEqual(
        problem(NO_ROUTE, { detail: 'There is nothing at this path.', instance: path }),
      )
    },
  )

  test.each([
    ['delete', '/v1/things', 'POST'],
    ['put', '/v1/things/a', 'DELETE, GET, HEAD, PATCH'],
    ['options', '/v1/things/a', 'DELETE, GET, HEAD, PATCH'],
    ['propfind', '/v1/things/a', 'DELETE, GET, HEAD, PATCH'],
    ['get', '/v1/things/a/disable', 'POST'],
    ['post', '/livez?x=1', 'GET, HEAD'],
  ] as const)(
    '%s %s is 405 with Allow because the path has other methods',
    async (method, path, allow) => {
      const answer = await request(toy.url)[method](path)
      expect(answer.status).toBe(405)
      expect(answer.get('allow')).toBe(allow)
      expect(JSON.parse(answer.text)).toEqual(
        problem(NOT_ALLOWED, { detail: `The path takes ${allow}.`, instance: path.split('?')[0] }),
      )
    },
  )

  test('a body is not read when there is no route for it', async () => {
    const answer = await request(toy.url)
      .post('/v1/nothing')
      .set('content-type', 'application/json')
      .send('{"broken')
    expect(JSON.parse(answer.text).code).toBe('no_route')
  })

  test('HEAD answers as GET without the body', async () => {
    const answer = await request(toy.url).head('/v1/things/a')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-length']).toBe(String('{"id":"a","size":100}'.length))
    expect(answer.text).toBeUndefined()
  })

  test.each(['/v1/things/%zz', '/%zz', '/v1/nothing/%80'])(
    '%s is 400 because it is no percent-encoding',
    async (path) => {
      const answer = await request(toy.url).get(path)
      expect(answer.type).toBe('application/problem+json')
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(JSON.parse(answer.text)).toEqual(
        problem(MALFORMED, {
          detail: 'The path is not well-formed percent-encoding.',
          instance: path,
        }),
      )
    },
  )

  test('a NUL byte in a path is 400 because no identifier has one', async () => {
    const answer = await request(toy.url).get('/v1/things/a%00b')
    expect(JSON.parse(answer.text)).toEqual(
      problem(MALFORMED, {
        detail: '/path/id: must not contain control characters.',
        instance: '/v1/things/a%00b',
        issues: [{ path: '/path/id', message: 'must not contain control characters' }],
      }),
    )
  })

  test('an endless part of a path is 400 because identifiers are bounded', async () => {
    const answer = await request(toy.url).get(`/v1/things/${'a'.repeat(5000)}`)
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'malformed'])
  })
})

test('every answer has a request id and forbids caching and sniffing', async () => {
  for (const path of ['/v1/things/a', '/v1/refuse', '/nothing', '/metrics', '/%zz']) {
    const { headers } = await request(toy.url).get(path)
    expect([path, headers['cache-control'], headers['x-content-type-options']]).toEqual([
      path,
      'no-store',
      'nosniff',
    ])
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test("a client's request id is not taken over", async () => {
  const answer = await request(toy.url).get('/livez').set('x-request-id', 'mine')
  expect(answer.headers['x-request-id']).not.toBe('mine')
})
