import { afterAll, afterEach, expect, test } from 'vitest'
import { type Endpoint, endpointsOf, readDocument } from './support/document.ts'
import type { Question } from './support/exchange.ts'
import { furnish } from './support/furnish.ts'
import { judge } from './support/judge.ts'
import { startLiveDaemon } from './support/live-daemon.ts'
import { questionOf } from './support/sample-body.ts'
import { readState } from './support/state.ts'

const MIB = 1024 * 1024
const JSON_HEADERS = { 'content-type': 'application/json' }

const UNSUPPORTED: [number, string] = [415, 'unsupported_media_type']
const MALFORMED: [number, string] = [400, 'malformed']
const TOO_LARGE: [number, string] = [413, 'body_too_large']

const typed = (type: string): Partial<Question> => ({ headers: { 'content-type': type } })
const encoded = (coding: string): Partial<Question> => ({
  headers: { ...JSON_HEADERS, 'content-encoding': coding },
})

const daemon = await startLiveDaemon()
const document = await readDocument(daemon.url)
const { client } = daemon
const state = await furnish(client)
afterAll(() => daemon.close())
// Nothing that is sent here is ever accepted, so nothing ever changes.
afterEach(async () => {
  expect(daemon.defects()).toEqual([])
  expect(await readState(client, state.revision)).toEqual(state)
})

const takers = endpointsOf(document).filter(({ body }) => body !== null)

/** Status and code of a refusal that is as it should be. */
async function refusalOf(endpoint: Endpoint, question: Question): Promise<[number, string]> {
  const answer = await client.ask(question)
  judge(answer, endpoint)
  return [answer.status, (JSON.parse(answer.text) as { code: string }).code]
}

/** Every way to say a body wrongly, with what it is refused with. */
const WRONG_BODIES: readonly (readonly [string, [number, string], Partial<Question>])[] = [
  ['no media type', UNSUPPORTED, { headers: {} }],
  ...[
    ...['', ' ', '/', 'json', '*/*', 'text/plain', 'text/json', 'application/jsonp'],
    ...['application/vnd.api+json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
    ...['application/json, application/json', 'application/\xffjson', 'application/json x'],
  ].map((type) => [`the media type "${type}"`, UNSUPPORTED, typed(type)] as const),
  ['a compressed body', UNSUPPORTED, encoded('gzip')],
  ['an unknown coding', UNSUPPORTED, encoded('identity, x')],
  ['white space', MALFORMED, { body: ' \r\n\t ' }],
  ['null', MALFORMED, { body: 'null' }],
  ['a list', MALFORMED, { body: '[]' }],
  ['a number beyond all', MALFORMED, { body: '1e400' }],
  ['NaN', MALFORMED, { body: '{"size":NaN}' }],
  ['single quotes', MALFORMED, { body: "{'size':1}" }],
  ['a comma too many', MALFORMED, { body: '{"labels":{},}' }],
  ['a comment', MALFORMED, { body: '{}//' }],
  ['two documents', MALFORMED, { body: '{}{}' }],
  ['a raw control character', MALFORMED, { body: '{"holder":"a\u0000"}' }],
  ['deep lists', MALFORMED, { body: '['.repeat(500_000) }],
  ['deep objects', MALFORMED, { body: '{"labels":'.repeat(90_000) }],
  ['deep and well-formed', MALFORMED, { body: `${'['.repeat(400_000)}${']'.repeat(400_000)}` }],
  ['many keys', MALFORMED, { body: `{${'"k":1,'.repeat(100_000)}"k":1}` }],
  ['__proto__', MALFORMED, { body: '{"__proto__":{"size":1}}' }],
  ['__proto__ in labels', MALFORMED, { body: '{"labels":{"__proto__":"x"}}' }],
  ['__proto__ escaped', MALFORMED, { body: '{"\\u005f_proto__":{}}' }],
  ['constructor.prototype', MALFORMED, { body: '{"constructor":{"prototype":{}}}' }],
  ['bytes that are no UTF-8', MALFORMED, { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) }],
  ['a surrogate in UTF-8', MALFORMED, { body: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]) }],
  ['UTF-16', MALFORMED, { body: Buffer.from('{}', 'utf16le') }],
  ['10 MB', TOO_LARGE, { body: Buffer.alloc(10 * MIB, ' ') }],
  ['10 MB of unknown length', TOO_LARGE, { body: Buffer.alloc(10 * MIB, ' '), chunked: true }],
]

test.each(takers)(
  '$title refuses every wrong way to send a body, and nothing changes',
  async (endpoint) => {
    for (const [cause, refusal, wrong] of WRONG_BODIES) {
      const question = { ...questionOf(endpoint, state), headers: JSON_HEADERS, ...wrong }
      expect([cause, ...(await refusalOf(endpoint, question))]).toEqual([cause, ...refusal])
    }
  },
)

const needers = takers.filter(({ operation }) => operation.requestBody?.required)

test.each(needers)('$title refuses an empty body', async (endpoint) => {
  const question = { ...questionOf(endpoint, state), headers: JSON_HEADERS }
  expect(await refusalOf(endpoint, { ...question, body: '' })).toEqual(MALFORMED)
})

test.each(takers)(
  '$title refuses a body that ends too soon, wherever it ends',
  async (endpoint) => {
    const question = questionOf(endpoint, state)
    const cut = Math.max(1, Math.ceil(question.body.length / 40))
    for (let end = 1; end < question.body.length; end += cut) {
      const headers = JSON_HEADERS
      const body = question.body.slice(0, end)
      const refusal = await refusalOf(endpoint, { ...question, headers, body })
      expect([body, ...refusal]).toEqual([body, ...MALFORMED])
    }
  },
)
