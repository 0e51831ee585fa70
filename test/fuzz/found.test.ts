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

test('a slice with an align below that of every pool is no_pool, and no defect', async () => {
  const pool = { name: 'pool', region: 0, size: '64m', pool: true }
  expect((await send('POST', '/v1/namespaces', pool)).status).toBe(201)
  const wanted = { size: '2m', align: 4096, sharing: 'slice', holder: 'pod-a' }
  const answer = await send('PUT', '/v1/claims/a', wanted)
  expect(answer).toEqual({
    status: 507,
    body: {
      type: 'urn:daxd:error:no_pool',
      title: 'No pool namespace fits the request',
      status: 507,
      detail: 'No enabled pool fits the claim.',
      instance: '/v1/claims/a',
      code: 'no_pool',
      errno: 'ENOSPC',
      issues: [{ path: '/namespaces/pool', message: 'its align is 2097152' }],
    },
  })
  expect(daemon.defects()).toEqual([])
})
