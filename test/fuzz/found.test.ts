/** What the fuzzing has found, each named after the mistake. */
import { afterAll, expect, test } from 'vitest'
import { startLiveDaemon } from './support/live-daemon.ts'

const daemon = await startLiveDaemon()
const { client } = daemon
afterAll(() => daemon.close())

async function send(method: string, target: string, body: object, more = {}) {
  const headers = { 'content-type': 'application/json', ...more }
  const answer = await client.ask({ method, target, headers, body: JSON.stringify(body) })
  return { status: answer.status, body: JSON.parse(answer.text) }
}

test('a slice with an align below that of its pool is served, and no defect', async () => {
  const pool = { name: 'pool', region: 0, size: '64m', pool: true }
  expect((await send('POST', '/v1/namespaces', pool)).status).toBe(201)
  const wanted = { size: 4096, align: 4096, sharing: 'slice', holder: 'pod-a' }
  const answer = await send('PUT', '/v1/claims/a', wanted)
  expect(answer).toMatchObject({
    status: 201,
    body: { namespace: 'pool', align: 4096, offset: 0, length: 2 ** 21 },
  })
  expect(daemon.defects()).toEqual([])
})
