import { connect } from 'node:net'
import { afterAll, afterEach, expect, test } from 'vitest'
import { startLiveDaemon } from './support/live-daemon.ts'
import { newestRevision, readState } from './support/state.ts'
import { type RawAnswer, talk } from './support/talk.ts'

const daemon = await startLiveDaemon()
const { client, port } = daemon
afterAll(() => daemon.close())
afterEach(async () => {
  expect(daemon.defects()).toEqual([])
  const answer = await client.ask({ method: 'GET', target: '/livez' })
  expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}'])
})

const HOST = 'Host: a\r\n'
const LEASE = '{"holder":"pod-a","ttl_ms":3600000}'
const POST = `POST /v1/leases HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`
const GET = `GET /livez HTTP/1.1\r\n${HOST}`
const WHOLE_POST = `${POST}Content-Length: ${LEASE.length}\r\n\r\n${LEASE}`
const CHUNKED = 'Transfer-Encoding: chunked\r\n'

/** Status and, of a problem, its code. */
function told({ status, type, body }: RawAnswer): readonly unknown[] {
  if (type !== 'application/problem+json') return [status, type]
  return [status, (JSON.parse(body) as { code: string }).code]
}

const MALFORMED = [400, 'malformed']
const TOO_LARGE = [413, 'body_too_large']
const LIVE = [200, 'application/json; charset=utf-8']
const CREATED = [201, 'application/json; charset=utf-8']

test.each([
  ['garbage', 'hello\r\n\r\n', MALFORMED],
  ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), MALFORMED],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', MALFORMED],
  ['a version that is none', `GET /livez HTTP/9.9\r\n${HOST}\r\n`, MALFORMED],
  ['an unknown method', `FOO /livez HTTP/1.1\r\n${HOST}\r\n`, MALFORMED],
  ['lines without carriage returns', 'GET /livez HTTP/1.1\nHost: a\n\n', MALFORMED],
  ['a space in the path', `GET /v1/leases/a b HTTP/1.1\r\n${HOST}\r\n`, MALFORMED],
  ['a NUL in the path', `GET /v1/leases/\0 HTTP/1.1\r\n${HOST}\r\n`, MALFORMED],
  [
    'bytes beyond ASCII in the path',
    Buffer.from(`GET /\xff HTTP/1.1\r\n\r\n`, 'latin1'),
    MALFORMED,
  ],
  ['a NUL in a header', `${GET}X: a\0b\r\n\r\n`, MALFORMED],
  ['a carriage return in a header', `${GET}X: a\rb\r\n\r\n`, MALFORMED],
  ['a folded header', `${GET}X: a\r\n b\r\n\r\n`, MALFORMED],
  ['a space before the colon', `${GET}X : a\r\n\r\n`, MALFORMED],
  ['a header without a name', `${GET}: a\r\n\r\n`, MALFORMED],
  ['2500 headers', `${GET}${'a: b\r\n'.repeat(2500)}\r\n`, [431, 'headers_too_large']],
  ['a header of 1 MB', `${GET}X: ${'x'.repeat(1e6)}\r\n\r\n`, [431, 'headers_too_large']],
  ['a path of 1 MB', `GET /${'x'.repeat(1e6)} HTTP/1.1\r\n\r\n`, [431, 'headers_too_large']],
  ['a negative length', `${POST}Content-Length: -5\r\n\r\nhello`, MALFORMED],
  ['a length in hex', `${POST}Content-Length: 0x5\r\n\r\nhello`, MALFORMED],
  ['a length beyond 64 bits', `${POST}Content-Length: 99999999999999999999\r\n\r\n`, MALFORMED],
  ['a length of 8 PiB', `${POST}Content-Length: 9007199254740991\r\n\r\nhello`, TOO_LARGE],
  ['two lengths', `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, MALFORMED],
  ['a length and chunks', `${POST}Content-Length: 5\r\n${CHUNKED}\r\n0\r\n\r\n`, MALFORMED],
  ['an unknown coding', `${POST}Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n`, MALFORMED],
  ['a chunk without a size', `${POST}${CHUNKED}\r\nzz\r\n{}\r\n0\r\n\r\n`, MALFORMED],
  ['a chunk of a negative size', `${POST}${CHUNKED}\r\n-2\r\n{}\r\n0\r\n\r\n`, MALFORMED],
  ['a chunk beyond 64 bits', `${POST}${CHUNKED}\r\n${'f'.repeat(20)}\r\n{}`, MALFORMED],
  ['a chunk longer than it says', `${POST}${CHUNKED}\r\n1\r\n{}\r\n0\r\n\r\n`, MALFORMED],
  ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', MALFORMED],
  ['two Hosts', `${GET}hOST: b\r\n\r\n`, MALFORMED],
  [
    'a line feed sent in the path',
    `GET /v1/leases/a%0d%0aX:%201 HTTP/1.1\r\n${HOST}\r\n`,
    MALFORMED,
  ],
  ['an unknown expectation', `${POST}Expect: x\r\nContent-Length: 2\r\n\r\n{}`, MALFORMED],
  ['HTTP/1.0', 'GET /livez HTTP/1.0\r\n\r\n', LIVE],
  ['an upgrade that is not offered', `${GET}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`, LIVE],
])('%s is answered once, and nothing changes', async (_cause, bytes, answer) => {
  const before = await readState(client)
  const answers = await talk(port, bytes, 1)
  expect(answers.map(told)).toEqual([answer])
  if (answer[0] !== 200) expect(JSON.parse(answers[0]?.body ?? '').status).toBe(answer[0])
  expect(await readState(client, before.revision)).toEqual(before)
})

test('a change followed by garbage is told as made, and then the garbage is refused', async () => {
  const before = await newestRevision(client, 0)
  const answers = await talk(port, `${WHOLE_POST}\0garbage\r\n\r\n`)
  expect(answers.map(told)).toEqual([CREATED, MALFORMED])
  expect(await newestRevision(client, before)).toBe(JSON.parse(answers[0]?.body ?? '').revision)
})

test('requests in one go are answered in their order, each with its own answer', async () => {
  const bytes = `${WHOLE_POST}${GET}\r\n${POST}Content-Length: 2\r\n\r\n{}`.repeat(20)
  const answers = await talk(port, bytes, 60)
  expect(answers.map(told)).toEqual(
    Array.from({ length: 20 }, () => [CREATED, LIVE, MALFORMED]).flat(),
  )
})

test('a request smuggled after a refused body is not served', async () => {
  const before = await newestRevision(client, 0)
  const bytes = `${POST}Content-Length: 9007199254740991\r\n\r\n${WHOLE_POST}`
  expect((await talk(port, bytes)).map(told)).toEqual([TOO_LARGE])
  expect(await newestRevision(client, before)).toBe(before)
})

test('garbage on a connection that carries events breaks no frame of them', async () => {
  const heard = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET /v1/events HTTP/1.1\r\n${HOST}\r\n`)
    })
    socket.setEncoding('utf8')
    socket.on('error', reject)
    socket.on('data', async (chunk) => {
      if (text === '') {
        socket.write('\0garbage\r\n\r\n')
        const headers = { 'content-type': 'application/json' }
        await client.ask({ method: 'POST', target: '/v1/leases', headers, body: LEASE })
      }
      text += chunk
      if (!text.includes('"type":"created"')) return
      socket.destroy()
      resolve(text)
    })
  })
  expect(heard.match(/^(?:HTTP\/1\.1 .*|event: .*)$/gm)).toEqual([
    'HTTP/1.1 200 OK',
    'event: lease',
  ])
})

test('clients that leave in the middle of a request change nothing and leave nothing open', async () => {
  const before = await readState(client)
  const parts = [
    'GET /liv',
    POST,
    `${POST}Content-Length: 100\r\n\r\n{"hol`,
    `${POST}${CHUNKED}\r\n2\r\n{`,
  ]
  for (const bytes of parts) {
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
      socket.once('error', reject)
      socket.once('close', () => resolve())
      socket.resume()
    })
  }
  expect(await readState(client, before.revision)).toEqual(before)
})

test('a hundred clients that are slow to ask keep nobody else from being served', async () => {
  const sockets = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = connect(port, '127.0.0.1')
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write(`${POST}Content-Length: 100\r\nX: `)
      return socket
    }),
  )
  const answers = await talk(port, `${WHOLE_POST}${GET}\r\n`, 2)
  for (const socket of sockets) socket.destroy()
  expect(answers.map(told)).toEqual([CREATED, LIVE])
})
