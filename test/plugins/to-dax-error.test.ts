import { expect, test } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { toDaxError } from '../../src/plugins/to-dax-error.ts'

const foreign = (members: object) => Object.assign(new Error('a secret'), members)

test('an expected failure is itself', () => {
  const error = new DaxError('busy', 'It is in use.')
  expect(toDaxError(error)).toBe(error)
})

test.each([
  [{ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }, 'body_too_large'],
  [{ code: 'FST_ERR_CTP_INVALID_CONTENT_LENGTH', statusCode: 400 }, 'malformed'],
  [{ code: 'FST_ERR_MAX_PARAM_LENGTH', statusCode: 414 }, 'malformed'],
  [{ code: 'FST_ERR_HANDLER_TIMEOUT', statusCode: 503 }, 'overloaded'],
  [{ code: 'ECONNRESET', statusCode: 400 }, 'malformed'],
  [{ statusCode: 404 }, 'no_route'],
  [{ statusCode: 403 }, 'malformed'],
])('what the framework refuses (%j) is %s, without its text', (members, code) => {
  const error = toDaxError(foreign(members))
  expect(error?.code).toBe(code)
  expect(error?.message).not.toContain('secret')
})

test.each([
  ['a broken invariant', new InvariantViolation('a promise')],
  ['a foreign error', foreign({})],
  ['a foreign error that says 500', foreign({ statusCode: 500 })],
  [
    'a failure of the framework',
    foreign({ code: 'FST_ERR_REP_INVALID_PAYLOAD_TYPE', statusCode: 500 }),
  ],
  ['an errno of the host that nobody translated', foreign({ code: 'ENOENT', errno: -2 })],
  ['an object that looks like an error', { statusCode: 404 }],
  ['nothing', undefined],
])('%s is a defect', (_cause, thrown) => {
  expect(toDaxError(thrown)).toBeNull()
})
