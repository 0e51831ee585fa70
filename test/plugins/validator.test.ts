import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, type ToyApp } from './toy-app.ts'

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
afterAll(() => toy.app.close())

async function issuesOf(body: unknown): Promise<unknown> {
  const answer = await request(toy.url)
    .post('/v1/things')
    .send(body as object)
  expect([answer.status, answer.type]).toEqual([400, 'application/problem+json'])
  return JSON.parse(answer.text).issues
}

describe('issues point at what is wrong', () => {
  test('an unknown key is named', async () => {
    expect(await issuesOf({ id: 'a', size: 1, siez: 2, 'a/b~c': 3 })).toEqual([
      { path: '/body/siez', message: 'is not known here' },
      { path: '/body/a~1b~0c', message: 'is not known here' },
    ])
  })

  test('a label is named by a pointer that keeps its slash', async () => {
    expect(await issuesOf({ id: 'a', size: 1, labels: { 'k8s.io/app': 7 } })).toEqual([
      { path: '/body/labels/k8s.io~1app', message: expect.stringContaining('string') },
    ])
  })

  test('a bad label key says why', async () => {
    expect(await issuesOf({ id: 'a', size: 1, labels: { 'a\u0000': 'x' } })).toEqual([
      {
        path: '/body/labels/a\u0000',
        message: 'has a bad key: must not contain control characters',
      },
    ])
  })

  test('thousands of unknown keys are told as twenty', async () => {
    const keys = Array.from({ length: 5000 }, (_none, index) => [`k${index}`, 1])
    expect(await issuesOf({ id: 'a', size: 1, ...Object.fromEntries(keys) })).toHaveLength(20)
  })

  test('a key of a megabyte is not repeated whole', async () => {
    expect(await issuesOf({ id: 'a', size: 1, ['k'.repeat(900_000)]: 1 })).toEqual([
      { path: `/body/${'k'.repeat(128)}`, message: 'is not known here' },
    ])
  })

  test.each([
    ['?limit=0', '/query/limit'],
    ['?limit=1001', '/query/limit'],
    ['?limit=', '/query/limit'],
    ['?limit=1e2', '/query/limit'],
    ['?limit=1&limit=2', '/query/limit'],
    ['?limit=%zz', '/query/limit'],
    ['?cursor=%00', '/query/cursor'],
    ['?limti=1', '/query/limti'],
    ['?__proto__=1', '/query/__proto__'],
    ['?constructor=1', '/query/constructor'],
  ])('%s is refused at %s', async (query, path) => {
    const answer = await request(toy.url).get(`/v1/things/a${query}`)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text).issues).toEqual([{ path, message: expect.any(String) }])
    expect(JSON.parse(answer.text).instance).toBe('/v1/things/a')
  })

  test('a bad idempotency key is refused at its header', async () => {
    const answer = await request(toy.url)
      .post('/v1/things')
      .set('idempotency-key', 'x'.repeat(256))
      .send({ id: 'a', size: 1 })
    expect(JSON.parse(answer.text).issues).toEqual([
      {
        path: '/headers/idempotency-key',
        message: 'must be 1 to 255 printable ASCII characters',
      },
    ])
  })
})

test('a limit is a number for the handler, 100 when it is not given', async () => {
  const given = await request(toy.url).get('/v1/things/a?limit=7')
  const absent = await request(toy.url).get('/v1/things/a')
  expect([given.body, absent.body]).toEqual([
    { id: 'a', size: 7 },
    { id: 'a', size: 100 },
  ])
})
