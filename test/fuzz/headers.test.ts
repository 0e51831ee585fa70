import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Endpoint, endpointsOf, readDocument } from './support/document.ts'
import { furnish, settle } from './support/furnish.ts'
import { judge } from './support/judge.ts'
import { startLiveDaemon } from './support/live-daemon.ts'
import { questionOf } from './support/sample-body.ts'
import { PROPERTY_TIMEOUT_MS, runs } from './support/scale.ts'
import { newestRevision, readState } from './support/state.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

const daemon = await startLiveDaemon()
const document = await readDocument(daemon.url)
const { client } = daemon
afterAll(() => daemon.close())
afterEach(() => expect(daemon.defects()).toEqual([]))

const endpoints = endpointsOf(document)

const STRANGE_HEADERS: Readonly<Record<string, readonly string[]>> = {
  'if-match': ['', '*', '"', '""', '"1"', 'W/"1"', '"x"', '1, 2', '-1', '"99999999999999999999"'],
  prefer: ['', 'wait', 'wait=', 'wait=-1', 'wait=0', 'wait=1e9', 'wait=0x9', 'wait="0"', ';;,,='],
  'idempotency-key': ['', ' ', '\xff', 'a', '__proto__', '"quoted"', 'k'.repeat(255)],
  accept: ['', 'text/html', '*/*', 'application/json;q=0', 'text/event-stream', '\xff/\xff', '/'],
  'last-event-id': ['', '-1', '0', 'x', '1.5', '9007199254740991', '9007199254740992', '1, 1'],
  'content-encoding': ['gzip', 'br', 'identity', 'x', ''],
  authorization: ['Bearer', 'Bearer  ', 'Basic x', ''],
  expect: ['nothing'],
  'x-forwarded-for': ['%00', 'x'],
  'x-request-id': ['"; drop', 'x'.repeat(2000)],
  'x-http-method-override': ['DELETE'],
  cookie: ['__proto__=1; a=%00'],
  origin: ['null'],
  range: ['bytes=0-0,-1'],
}

const strangeHeaders = fc
  .uniqueArray(
    fc
      .constantFrom(...Object.keys(STRANGE_HEADERS))
      .chain((name) =>
        fc.tuple(fc.constant(name), fc.constantFrom(...(STRANGE_HEADERS[name] ?? []))),
      ),
    { minLength: 1, maxLength: 3, selector: ([name]) => name },
  )
  .map((pairs) => Object.fromEntries(pairs))

describe.each(endpoints)('$title', (endpoint: Endpoint) => {
  test(
    'keeps to its answers whatever its headers, and a refusal changes nothing',
    async () => {
      let state = await readState(client)
      if (endpoint.method !== 'GET') state = await furnish(client)
      const property = fc.asyncProperty(strangeHeaders, async (headers) => {
        const question = questionOf(endpoint, state)
        const { body, ...bare } = question
        const answer = await client.ask(
          endpoint.body === null
            ? { ...bare, headers }
            : { ...bare, headers: { ...JSON_HEADERS, ...headers }, body },
        )
        judge(answer, endpoint)
        if (answer.status === 202) await settle(client)
        if (endpoint.method === 'GET') return
        if (answer.status < 400) state = await readState(client, state.revision)
        else expect(await newestRevision(client, state.revision)).toBe(state.revision)
      })
      await fc.assert(property, { numRuns: runs(6) })
    },
    PROPERTY_TIMEOUT_MS,
  )
})
