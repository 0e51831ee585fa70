import request from 'supertest'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listen, type ToyApp } from './toy-app.ts'

const DEBUG = 20
const INFO = 30

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
beforeEach(() => {
  toy.lines.length = 0
})
afterAll(() => toy.app.close())

function requestLines() {
  return toy.lines
    .filter((line) => line.msg === 'request')
    .map(({ level, method, path, status, code }) => ({ level, method, path, status, code }))
}

test('reads are told at debug, changes and refusals at info, one line each', async () => {
  await request(toy.url).get('/v1/things/a?limit=3')
  await request(toy.url).delete('/v1/things/a')
  await request(toy.url).get('/v1/refuse')
  await request(toy.url).get('/%zz')
  await request(toy.url).get('/nothing')
  expect(requestLines()).toEqual([
    { level: DEBUG, method: 'GET', path: '/v1/things/a', status: 200, code: undefined },
    { level: INFO, method: 'DELETE', path: '/v1/things/a', status: 204, code: undefined },
    { level: INFO, method: 'GET', path: '/v1/refuse', status: 507, code: 'no_space' },
    { level: INFO, method: 'GET', path: '/%zz', status: 400, code: 'malformed' },
    { level: INFO, method: 'GET', path: '/nothing', status: 404, code: 'no_route' },
  ])
})

test('successes of what tenants do all day are told at debug, refusals of it at info', async () => {
  await request(toy.url).post('/v1/often').send({})
  await request(toy.url).post('/v1/often').send({ wrong: 1 })
  expect(requestLines()).toEqual([
    { level: DEBUG, method: 'POST', path: '/v1/often', status: 204, code: undefined },
    { level: INFO, method: 'POST', path: '/v1/often', status: 400, code: 'malformed' },
  ])
})

test('a line carries the id that the client was given', async () => {
  const answer = await request(toy.url).get('/v1/things/a')
  expect(toy.lines.map((line) => line.request_id)).toEqual([answer.headers['x-request-id']])
})

test('a token that somebody puts where an id belongs is not in a line, but for its own id', async () => {
  const token = `daxd_0123456789abcdef_${'s'.repeat(43)}`
  await request(toy.url).get(`/v1/things/${token}?token=${token}`)
  await request(toy.url).get(`/nothing/${token}`)
  expect(requestLines().map(({ path }) => path)).toEqual([
    '/v1/things/daxd_0123456789abcdef_...',
    '/nothing/daxd_0123456789abcdef_...',
  ])
  expect(JSON.stringify(toy.lines)).not.toContain('sss')
})
