import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, type ToyApp } from './toy-app.ts'

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
afterAll(() => toy.app.close())

const MIB = 1024 * 1024

async function post(body: string | Buffer, type = 'application/json') {
  // Supertest would write a Buffer as JSON under a JSON type.
  const answer = await fetch(`${toy.url}/v1/things`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': type },
  })
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: (await answer.json()) as { code?: string },
  }
}

describe('bodies', () => {
  test('of duplicate keys the last counts', async () => {
    const answer = await post('{"id":"a","id":"b","size":1}')
    expect([answer.status, answer.body]).toEqual([201, { id: 'b', size: 1 }])
  })

  test.each([
    ['cut off', '{"id":'],
    ['not JSON', 'id=a'],
    ['blank', '  '],
    ['nested 1 MiB deep', '['.repeat(MIB - 10)],
    ['nested deep and closed', '['.repeat(MIB / 2 - 10) + ']'.repeat(MIB / 2 - 10)],
    ['with a __proto__ key', '{"id":"a","size":1,"__proto__":{"x":1}}'],
    ['with an escaped __proto__ key', '{"id":"a","size":1,"\\u005f_proto__":{"x":1}}'],
    ['with a nested __proto__ key', '{"id":"a","size":1,"labels":{"__proto__":"x"}}'],
    ['with a constructor.prototype', '{"id":"a","size":1,"constructor":{"prototype":{}}}'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['null', 'null'],
    ['a text', '"a"'],
    ['with a NUL in a name', '{"id":"a\\u0000","size":1}'],
    ['with a raw NUL', '{"id":"a\u0000","size":1}'],
    ['with half a surrogate pair in a label', '{"id":"a","size":1,"labels":{"k":"\\ud800"}}'],
  ])('%s: 400 malformed, as a problem', async (_cause, body) => {
    const answer = await post(body)
    expect([answer.status, answer.type, answer.body.code]).toEqual([
      400,
      'application/problem+json',
      'malformed',
    ])
  })

  test('10 MB are 413 because of the limit', async () => {
    const answer = await request(toy.url)
      .post('/v1/things')
      .set('content-type', 'application/json')
      .send(`"${'a'.repeat(10_000_000)}"`)
    expect([answer.status, answer.type, JSON.parse(answer.text).code]).toEqual([
      413,
      'application/problem+json',
      'body_too_large',
    ])
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    'application/jsonx',
    'json',
  ])('%s for a POST is 415', async (type) => {
    const answer = await post('{"id":"a","size":1}', type)
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type'])
  })

  test('a body without a type is 415', async () => {
    const answer = await fetch(`${toy.url}/v1/things`, {
      method: 'POST',
      body: new TextEncoder().encode('{"id":"a","size":1}'),
    })
    expect(answer.status).toBe(415)
  })

  test('a compressed body is 415 because it is not unpacked', async () => {
    const answer = await fetch(`${toy.url}/v1/things`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    })
    expect(answer.status).toBe(415)
  })

  test('a charset of the JSON type is no obstacle', async () => {
    const answer = await post('{"id":"a","size":1}', 'application/json; charset=utf-8')
    expect(answer.status).toBe(201)
  })

  test.each(['application/json', 'application/merge-patch+json'])(
    'a PATCH takes %s',
    async (type) => {
      const answer = await request(toy.url)
        .patch('/v1/things/a')
        .set('content-type', type)
        .send('{"labels":{"a":null,"b":"c"}}')
      expect([answer.status, answer.body]).toEqual([200, { labels: { a: null, b: 'c' } }])
    },
  )

  test('an absent body is {} where the body is optional, with and without a type', async () => {
    const bare = await request(toy.url).post('/v1/things/a/disable')
    const typed = await request(toy.url)
      .post('/v1/things/a/disable')
      .set('content-type', 'application/json')
    expect([bare.body, typed.body]).toEqual([{ if_busy: 'refuse' }, { if_busy: 'refuse' }])
  })

  test('an absent body is 400 where one is needed', async () => {
    const answer = await request(toy.url).post('/v1/things')
    expect([answer.status, JSON.parse(answer.text).issues]).toEqual([
      400,
      [{ path: '/body', message: expect.any(String) }],
    ])
  })

  test('a DELETE with a type and no body is no error', async () => {
    const answer = await request(toy.url)
      .delete('/v1/things/a')
      .set('content-type', 'application/json')
    expect([answer.status, answer.text]).toEqual([204, ''])
  })
})
