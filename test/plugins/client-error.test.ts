import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen, problem, type ToyApp } from './toy-app.ts'

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
afterAll(() => toy.app.close())

/** Sends raw bytes and reads until the server closes. */
function talk(text: string): Promise<{ head: string; body: unknown }> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(new URL(toy.url).port), '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('end', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      resolve({ head, body: JSON.parse(body) })
    })
  })
}

const MALFORMED = {
  code: 'malformed',
  title: 'The request is malformed',
  status: 400,
  errno: 'EINVAL',
}

test.each([
  ['garbage', 'hello\r\n\r\n'],
  ['a NUL byte in the request line', 'GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a bad content length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'],
])('%s is answered 400 with a problem on the bare socket', async (_cause, text) => {
  const answer = await talk(text)
  expect(answer.head.split('\r\n')).toContain('HTTP/1.1 400 Bad Request')
  expect(answer.head.split('\r\n')).toContain('Content-Type: application/problem+json')
  expect(answer.body).toEqual(problem(MALFORMED, { detail: 'This is not an HTTP request.' }))
})

test('64 KiB of headers are 431, told before the client has written all of them', async () => {
  const answer = await talk(`GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(65_536)}\r\n\r\n`)
  expect(answer.body).toEqual(
    problem(
      { code: 'headers_too_large', title: 'The headers are too large', status: 431 },
      { detail: 'The request line and headers are too large.' },
    ),
  )
})

test('a service that was told garbage still serves', async () => {
  await talk('hello\r\n\r\n')
  const answer = await fetch(`${toy.url}/livez`)
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
})
