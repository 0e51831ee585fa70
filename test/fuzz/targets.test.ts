import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Endpoint, endpointsOf, parametersOf, readDocument } from './support/document.ts'
import type { Answer } from './support/exchange.ts'
import { furnish, settle } from './support/furnish.ts'
import { judge } from './support/judge.ts'
import { startLiveDaemon } from './support/live-daemon.ts'
import { livePath, plausiblePaths, plausibleQueries } from './support/plausible.ts'
import { sampleBody } from './support/sample-body.ts'
import { PROPERTY_TIMEOUT_MS, runs } from './support/scale.ts'
import { newestRevision, readState } from './support/state.ts'
import { wireText, withLive } from './support/wire-text.ts'

const daemon = await startLiveDaemon()
const document = await readDocument(daemon.url)
const { client } = daemon
afterAll(() => daemon.close())
afterEach(() => expect(daemon.defects()).toEqual([]))

const endpoints = endpointsOf(document)

/** Texts of a path's step or a query's value, as they go on the wire. */
const STRANGE_TEXTS = [
  '%00',
  'a%00b',
  '%',
  '%zz',
  '%ff',
  '%c3%28',
  '%ed%a0%80',
  '%f4%90%80%80',
  '%2e%2e%2f',
  '..%2f..%2fetc%2fpasswd',
  '%2F',
  '%3F',
  '%23',
  '%20',
  '+',
  '-1',
  '-0',
  '01',
  '1.5',
  '1e3',
  '0x1',
  '9007199254740992',
  '1e400',
  'NaN',
  'Infinity',
  '9'.repeat(300),
  'x'.repeat(1100),
  '%F0%9F%92%A9',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  'dax0.0;rm',
  'dax00.0',
  '*',
  ':id',
  '{id}',
  "'%20OR%201=1--",
] as const
const strangeTexts = fc.constantFrom(...STRANGE_TEXTS)

const STRANGE_QUERIES = [
  '?',
  '??',
  '?&&&',
  '?=',
  '?=1',
  '?%',
  '?%zz=1',
  '?__proto__=1',
  '?__proto__[x]=1',
  '?constructor=1',
  '?limit[]=1',
  '?limit[$gt]=1',
  '?a=%00',
  `?${'a=1&'.repeat(2000)}`,
  `?q=${'x'.repeat(8000)}`,
] as const

let state = await furnish(client)

/** Sends it with a body that fits, where one is needed. */
function send(endpoint: Endpoint, target: string): Promise<Answer> {
  const { method } = endpoint
  const accept = 'application/json'
  const sample = sampleBody(endpoint)
  const question = { method, target: withLive(target, state) }
  if (sample === null) return client.ask({ ...question, headers: { accept } })
  const headers = { accept, 'content-type': 'application/json' }
  return client.ask({ ...question, headers, body: wireText(sample, state) })
}

describe.each(endpoints)('$title', (endpoint: Endpoint) => {
  const queries = fc.oneof(
    plausibleQueries(endpoint),
    fc.constantFrom(...STRANGE_QUERIES),
    fc.tuple(plausibleQueries(endpoint), strangeTexts).map(([query, text]) => `${query}${text}`),
    fc
      .tuple(
        fc.constantFrom('id', ...parametersOf(endpoint, 'query').map(({ name }) => name)),
        strangeTexts,
      )
      .map(([name, text]) => `?${name}=${text}`),
  )
  const paths = fc.oneof(
    { weight: 3, arbitrary: plausiblePaths(endpoint) },
    {
      weight: endpoint.path.includes('{') ? 3 : 0,
      arbitrary: strangeTexts.map((text) => endpoint.path.replace(/\{\w+\}/, () => text)),
    },
  )

  test(
    'keeps to its answers whatever its path and query, and a refusal changes nothing',
    async () => {
      if (endpoint.method !== 'GET') state = await furnish(client)
      const property = fc.asyncProperty(paths, queries, async (path, query) => {
        const answer = await send(endpoint, path + query)
        judge(answer, endpoint)
        if (answer.status === 202) await settle(client)
        if (endpoint.method === 'GET') return
        if (answer.status < 400) state = await readState(client, state.revision)
        else expect(await newestRevision(client, state.revision)).toBe(state.revision)
      })
      await fc.assert(property, { numRuns: runs(12) })
      expect(await newestRevision(client, state.revision)).toBe(state.revision)
    },
    PROPERTY_TIMEOUT_MS,
  )

  test('refuses a query parameter that it does not have', async () => {
    const required = parametersOf(endpoint, 'query').filter((one) => one.required)
    const others = required.map(({ name }) => `&${name}=0`).join('')
    const answer = await send(endpoint, `${livePath(endpoint)}?unknown=1${others}`)
    judge(answer, endpoint)
    expect([answer.status, JSON.parse(answer.text).issues]).toEqual([
      400,
      [{ path: '/query/unknown', message: 'is not known here' }],
    ])
  })

  const repeatable = parametersOf(endpoint, 'query').map(({ name }) => name)
  test.each(repeatable)('refuses %s given twice', async (name) => {
    const answer = await send(endpoint, `${livePath(endpoint)}?${name}=1&${name}=1`)
    judge(answer, endpoint)
    const { issues } = JSON.parse(answer.text) as { issues: { path: string }[] }
    expect([answer.status, issues.map(({ path }) => path)]).toEqual([400, [`/query/${name}`]])
  })
})

const listings = endpoints.filter((endpoint) =>
  parametersOf(endpoint, 'query').some(({ name }) => name === 'cursor'),
)
const CURSORS = ['nothing.1', 'region', '.', 'region.-1', 'region.1.1', 'region.01', 'event.1E3']
test.each(listings)('$title refuses a cursor that it did not give', async (endpoint) => {
  const own = `${endpoint.path.slice('/v1/'.length, -1)}.`
  for (const cursor of [...CURSORS, own, `${own}-1`, `${own}${'z'.repeat(400)}`]) {
    const answer = await send(endpoint, `${endpoint.path}?cursor=${cursor}`)
    judge(answer, endpoint)
    expect([cursor, answer.status, JSON.parse(answer.text).code]).toEqual([
      cursor,
      400,
      'bad_cursor',
    ])
  }
})
