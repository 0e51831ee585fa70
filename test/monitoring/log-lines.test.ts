/** What a line of the log leads to: the caller's own log, the trace, the events, the audit. */
import { expect, test } from 'vitest'
import { clientRequestId } from '../../src/plugins/client-request-id.ts'
import { type RunningDaemon, startDaemon, stateDirectory } from '../crash/support/daemon.ts'

const TEST_TIMEOUT_MS = 60_000
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'

type Line = Readonly<Record<string, unknown>>

function requestLines({ log }: RunningDaemon): Line[] {
  return (log as unknown as Line[]).filter(({ msg }) => msg === 'request')
}

async function put(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${url}/v1/tenants/red`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"quota":{}}',
  })
}

async function json(url: string): Promise<{ items: Line[] }> {
  return (await fetch(url)).json() as Promise<{ items: Line[] }>
}

test(
  'a change is found in the events and the audit by the revisions and the id of its line',
  async () => {
    const daemon = await startDaemon(stateDirectory())
    const { url } = daemon
    const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-00`
    const answer = await put(url, { 'x-request-id': 'job-17:red', traceparent })
    expect(answer.status).toBe(201)
    const revision = Number(JSON.parse(answer.headers.get('etag') ?? ''))
    await daemon.end('SIGTERM').catch(() => undefined)
    const [line] = requestLines(daemon)
    expect(line).toEqual({
      level: 30,
      time: expect.any(Number),
      pid: daemon.pid,
      hostname: expect.any(String),
      request_id: answer.headers.get('x-request-id'),
      client_request_id: 'job-17:red',
      trace_id: TRACE_ID,
      method: 'PUT',
      path: '/v1/tenants/red',
      status: 201,
      duration_ms: expect.any(Number),
      revisions: { first: revision, last: revision },
      actor: 'anyone',
      role: 'admin',
      via: 'anyone',
      source: '127.0.0.1',
      msg: 'request',
    })
  },
  TEST_TIMEOUT_MS,
)

test(
  'the audit has an entry with the same request id and the same revisions as the line',
  async () => {
    const daemon = await startDaemon(stateDirectory())
    const { url } = daemon
    const id = (await put(url, {})).headers.get('x-request-id')
    await fetch(`${url}/v1/tenants/red`, { method: 'DELETE' })
    const { items } = await json(`${url}/v1/audit`)
    const calls = items.filter(({ request_id }) => request_id !== null)
    const found = await json(`${url}/v1/audit?request_id=${id}`)
    expect(found.items).toEqual(calls.slice(0, 1))
    const lines = requestLines(daemon)
    const tied = ({ request_id, revisions }: Line): object => ({ request_id, revisions })
    expect(lines.map(tied)).toEqual(calls.map(tied))
    expect(lines[0]?.['request_id']).toBe(id)
  },
  TEST_TIMEOUT_MS,
)

test.each(['a b', 'x'.repeat(129), 'a"b', 'é', '', ['one', 'two']])(
  "a caller's id that could not stand in a log as it is (%j) is left out",
  (given) => {
    expect(clientRequestId({ 'x-request-id': given as string })).toBe(null)
  },
)
