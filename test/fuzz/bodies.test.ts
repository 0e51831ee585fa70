import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Endpoint, endpointsOf, readDocument } from './support/document.ts'
import type { Answer } from './support/exchange.ts'
import { furnish, settle } from './support/furnish.ts'
import { spoils, spoilt } from './support/hostile.ts'
import { faultsOf, type JsonSchema } from './support/json-schema.ts'
import { judge } from './support/judge.ts'
import { startLiveDaemon } from './support/live-daemon.ts'
import { livePath, plausible, plausiblePaths, plausibleQueries } from './support/plausible.ts'
import { breaksRule } from './support/sample-body.ts'
import { PROPERTY_TIMEOUT_MS, runs } from './support/scale.ts'
import { newestRevision, readState, type State } from './support/state.ts'
import { wireText, withLive } from './support/wire-text.ts'

const daemon = await startLiveDaemon()
const document = await readDocument(daemon.url)
const { client } = daemon
afterAll(() => daemon.close())
afterEach(() => expect(daemon.defects()).toEqual([]))

const takers = endpointsOf(document).flatMap(({ body, ...rest }) =>
  body === null ? [] : [{ ...rest, body }],
)

function send({ method }: Endpoint, target: string, body: string): Promise<Answer> {
  return client.ask({ method, target, headers: { 'content-type': 'application/json' }, body })
}

/** Not atomic, a batch would tell of a number beyond 2^53-1 inside a success and do the rest. */
function asWhole(value: unknown): unknown {
  const isBatch = typeof value === 'object' && value !== null && 'operations' in value
  return isBatch ? { ...value, atomic: true } : value
}

describe.each(takers)('$title', (endpoint: Endpoint & { readonly body: JsonSchema }) => {
  const { body: schema, components } = endpoint
  let state: State
  beforeAll(async () => {
    state = await furnish(client)
  })

  test(
    'refuses what its schema does not admit, and nothing changes',
    async () => {
      const target = withLive(livePath(endpoint), state)
      const spoiltBody = fc.tuple(plausible(schema, components).map(asWhole), spoils)
      const property = fc.asyncProperty(spoiltBody, async ([value, spoil]) => {
        const text = wireText(spoilt(value, spoil), state)
        fc.pre(faultsOf(JSON.parse(text), schema, components).length > 0)
        const answer = await send(endpoint, target, text)
        judge(answer, endpoint)
        // A number beyond 2^53-1 is well-formed, and 422. In a batch an operation before it may be
        // the first to fail, in any way.
        if (answer.status !== 400 && endpoint.path === '/v1/batch') {
          expect(answer.status).toBeGreaterThan(400)
        } else expect([400, 422]).toContain(answer.status)
      })
      await fc.assert(property, { numRuns: runs(25) })
      expect(await readState(client, state.revision)).toEqual(state)
    },
    PROPERTY_TIMEOUT_MS,
  )

  test(
    'never calls malformed what its schema admits, keeps to its answers, and a refusal changes nothing',
    async () => {
      const property = fc.asyncProperty(
        plausible(schema, components),
        plausiblePaths(endpoint),
        plausibleQueries(endpoint),
        async (value, path, query) => {
          const text = wireText(value, state)
          const answer = await send(endpoint, withLive(path + query, state), text)
          judge(answer, endpoint)
          if (answer.status === 400) expect(breaksRule(endpoint, JSON.parse(text))).toBe(true)
          if (answer.status === 202) await settle(client)
          if (answer.status < 400) state = await readState(client, state.revision)
          else expect(await newestRevision(client, state.revision)).toBe(state.revision)
        },
      )
      await fc.assert(property, { numRuns: runs(20) })
    },
    PROPERTY_TIMEOUT_MS,
  )
})
