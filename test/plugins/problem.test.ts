import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemView } from '../../schemas/index.ts'
import { listen, problem, type ToyApp } from './toy-app.ts'

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
afterAll(() => toy.app.close())

test('an expected failure is told with its code, errno and facts', async () => {
  const answer = await request(toy.url).get('/v1/refuse?x=1')
  const document = JSON.parse(answer.text)
  expect([answer.status, answer.type]).toEqual([507, 'application/problem+json'])
  expect(document).toEqual(
    problem(
      {
        code: 'no_space',
        title: 'The region has not enough room',
        status: 507,
        errno: 'ENOSPC',
      },
      {
        detail: 'Only 4096 bytes are free.',
        instance: '/v1/refuse',
        available_size: 4096,
        max_available_extent: 4096,
        holders: [{ kind: 'process', pid: 7, comm: 'qemu' }],
      },
    ),
  )
  expect(problemView.strict().safeParse(document).error).toBeUndefined()
})

test('overload says when to come again, in whole seconds', async () => {
  const answer = await request(toy.url).get('/v1/overload')
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '3'])
})

test.each([
  ['a broken invariant', '/v1/defect'],
  ['a foreign error', '/v1/crash'],
  ['a thrown text', '/v1/text'],
  ['an answer that breaks its schema', '/v1/wrong-answer'],
])('%s is a bare 500 and logged whole', async (_cause, path) => {
  toy.lines.length = 0
  const answer = await request(toy.url).get(path)
  expect(answer.type).toBe('application/problem+json')
  expect(JSON.parse(answer.text)).toEqual(
    problem({ code: 'internal', title: 'Internal error', status: 500 }, { instance: path }),
  )
  const [line] = toy.lines.filter((entry) => entry.msg === 'defect')
  expect(line).toMatchObject({ level: 50, request_id: answer.headers['x-request-id'] })
  expect(line?.err).toBeDefined()
})

test('the log of a defect has its message and its stack', async () => {
  toy.lines.length = 0
  await request(toy.url).get('/v1/crash')
  const [line] = toy.lines.filter((entry) => entry.msg === 'defect')
  expect(line?.err).toMatchObject({
    type: 'TypeError',
    message: 'secret is not a function',
    stack: expect.stringContaining('toy-app.ts'),
  })
})

test('an answer has no keys that its schema does not know', async () => {
  const answer = await request(toy.url).get('/v1/things/a')
  expect(answer.body).toEqual({ id: 'a', size: 100 })
})
