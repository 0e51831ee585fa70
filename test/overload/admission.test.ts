import { once } from 'node:events'
import { expect, test } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { gatedApp, OVERLOADED, post, told } from './gated-app.ts'

const length = (queue: string) => `daxd_queue_length{queue="${queue}"}`
const refusals = (queue: string) => `daxd_queue_refusals_total{queue="${queue}"}`

test('reads beyond their bound are 503 and do nothing, changes and probes are served meanwhile', async () => {
  const app = await gatedApp({ limits: { reads: 2 } })
  const first = [fetch(`${app.url}/v1/gate`), fetch(`${app.url}/v1/gate`)]
  await app.reaches(length('reads'), 2)
  expect(await told(await fetch(`${app.url}/v1/gate`))).toEqual(OVERLOADED)
  expect((await fetch(`${app.url}/livez`)).status).toBe(200)
  const change = post(app, 'change')
  await app.reaches(length('changes'), 1)
  expect(app.begun).toEqual(['read', 'read', 'change'])
  app.releaseAll()
  const answers = await Promise.all([...first, change])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  await app.reaches(length('reads'), 0)
  expect((await fetch(`${app.url}/v1/gate`)).status).toBe(200)
  expect(await app.metric(refusals('reads'))).toBe(1)
})

test('calls that chose to wait have a bound of their own and hold up no other change', async () => {
  const app = await gatedApp({ limits: { waits: 1, changes: 1 } })
  const prefer = { prefer: 'respond-async, wait=300' }
  const first = post(app, 'waits', 0, prefer)
  await app.reaches(length('waits'), 1)
  expect(await told(await post(app, 'waits too', 0, prefer))).toEqual(OVERLOADED)
  const second = post(app, 'change')
  await app.reaches(length('changes'), 1)
  expect(await told(await post(app, 'change too'))).toEqual(OVERLOADED)
  app.releaseAll()
  expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200])
  expect(app.begun).toEqual(['waits', 'change'])
})

test('a client that goes away gives its places back, those of pipelined requests too', async () => {
  const app = await gatedApp({ limits: { reads: 3 } })
  const socket = await app.talk('GET /v1/gate HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3))
  await app.reaches(length('reads'), 3)
  expect(await told(await fetch(`${app.url}/v1/gate`))).toEqual(OVERLOADED)
  socket.destroy()
  await app.reaches(length('reads'), 0)
  app.releaseAll()
  expect((await fetch(`${app.url}/v1/gate`)).status).toBe(200)
  expect(await app.metric(length('reads'))).toBe(0)
})

test('changes are refused while the disk has fallen behind, and reads are served', async () => {
  let isBehind = true
  const refuseChange = (): DaxError | null =>
    isBehind ? new DaxError('overloaded', 'The disk is slow.', { retry_after_s: 1 }) : null
  const app = await gatedApp({ parts: { refuseChange } })
  app.releaseAll()
  expect(await told(await post(app, 'late'))).toEqual(OVERLOADED)
  expect((await fetch(`${app.url}/v1/gate`)).status).toBe(200)
  isBehind = false
  expect((await post(app, 'in time')).status).toBe(200)
  expect(app.begun).toEqual(['read', 'in time'])
})

test('large bodies beyond the bytes for them are 503 before they are sent, small ones are served', async () => {
  const app = await gatedApp({ limits: { largeBodyBytes: 100, largeBodiesBytes: 1000 } })
  app.releaseAll()
  const head = 'POST /v1/gate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
  const slow = await app.talk(`${head}Content-Length: 900\r\n\r\n{`)
  await app.reaches(length('large_body_bytes'), 900)
  const second = await app.talk(`${head}Content-Length: 200\r\n\r\n`)
  const [answer] = await once(second, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 503 /)
  const chunked = await app.talk(`${head}Transfer-Encoding: chunked\r\n\r\n`)
  expect(String((await once(chunked, 'data'))[0])).toMatch(/^HTTP\/1.1 503 /)
  expect((await post(app, 'small')).status).toBe(200)
  slow.destroy()
  await app.reaches(length('large_body_bytes'), 0)
  expect((await post(app, 'large', 200)).status).toBe(200)
  expect(app.begun).toEqual(['small', 'large'])
})

test('large bodies are worked on one at a time in their order, small ones do not wait for them', async () => {
  const app = await gatedApp({ limits: { largeBodyBytes: 100, largeWaiting: 2 } })
  const large = [post(app, 'a', 200)]
  while (app.begun.length < 1) await app.metric(length('changes'))
  for (const [index, name] of ['b', 'c'].entries()) {
    large.push(post(app, name, 200))
    await app.reaches(length('large_bodies'), index + 1)
  }
  expect(await told(await post(app, 'd', 200))).toEqual(OVERLOADED)
  const small = post(app, 'small')
  await app.reaches(length('changes'), 2)
  expect(app.begun).toEqual(['a', 'small'])
  app.releaseAll()
  const answers = await Promise.all([...large, small])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(app.begun).toEqual(['a', 'small', 'b', 'c'])
  expect(await app.metric(refusals('large_bodies'))).toBe(1)
})

test('a client that leaves the line of large bodies holds up nobody behind it', async () => {
  const app = await gatedApp({ limits: { largeBodyBytes: 100 } })
  const first = post(app, 'a', 200)
  while (app.begun.length < 1) await app.metric(length('changes'))
  const body = JSON.stringify({ name: 'gone', fill: 'x'.repeat(200) })
  const head = `POST /v1/gate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`
  const leaving = await app.talk(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  await app.reaches(length('large_bodies'), 1)
  const last = post(app, 'last', 200)
  await app.reaches(length('large_bodies'), 2)
  leaving.destroy()
  await app.reaches(length('large_bodies'), 1)
  app.releaseAll()
  expect((await Promise.all([first, last])).map(({ status }) => status)).toEqual([200, 200])
  expect(app.begun).toEqual(['a', 'last'])
})

test('an answer that its client does not take is cut off, so that it keeps no place for ever', async () => {
  const app = await gatedApp({ limits: { answerTakenMs: 100 } })
  const socket = await app.talk('GET /v1/large HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.on('error', () => undefined)
  socket.pause()
  await app.reaches(length('reads'), 1)
  await app.reaches(length('reads'), 0)
  let taken = 0
  socket.on('data', (chunk: Buffer) => {
    taken += chunk.length
  })
  socket.resume()
  await once(socket, 'close')
  expect(taken).toBeLessThan(32 * 1024 * 1024)
})

test.each([
  ['request line', 'GET /v1'],
  ['headers', 'GET /v1/gate HTTP/1.1\r\nHost: a\r\nX-Slow: '],
  [
    'body',
    'POST /v1/gate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  ],
])('a request whose %s does not arrive in time is 408 and its connection ends', async (_, text) => {
  const app = await gatedApp({ requestTimeoutMs: 300 })
  const socket = await app.talk(text)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 408 /)
  expect(app.begun).toEqual([])
})
