import { expect } from 'vitest'
import { CODES } from '../../../src/core/error-codes.ts'
import { PROBLEM_TYPE } from '../../../src/plugins/problem.ts'
import type { Endpoint } from './document.ts'
import type { Answer } from './exchange.ts'
import { type Components, faultsOf } from './json-schema.ts'

/** Failures that the contract has for want of room, of support, of the host or of time. */
const DOCUMENTED_FAILURES = [501, 502, 503, 507]

/** Expects that an answer is one that the document promises of its endpoint. */
export function judge(answer: Answer, endpoint: Endpoint): void {
  const documented = endpoint.operation.responses[String(answer.status)]
  if (documented === undefined) judgeRefusal(answer, endpoint.components)
  else if (answer.status === 204) expect([answer.text, answer.type]).toEqual(['', ''])
  else if (!answer.type.startsWith('text/')) {
    const schema = documented.content?.['application/json']?.schema ?? {}
    expect(answer.type).toBe('application/json; charset=utf-8')
    expect(faultsOf(JSON.parse(answer.text), schema, endpoint.components)).toEqual([])
  }
}

/** Expects a refusal, or a failure that the contract has, told as a problem of the closed table. */
function judgeRefusal(answer: Answer, components: Components): void {
  const isRefusal = answer.status >= 400 && answer.status < 500
  expect([answer.status, isRefusal || DOCUMENTED_FAILURES.includes(answer.status)]).toEqual([
    answer.status,
    true,
  ])
  expect([answer.status, answer.type]).toEqual([answer.status, PROBLEM_TYPE])
  const problem = JSON.parse(answer.text) as { code: keyof typeof CODES; status: number }
  expect(faultsOf(problem, { $ref: '#/components/schemas/Problem' }, components)).toEqual([])
  expect(problem.status).toBe(answer.status)
  expect(problem).toMatchObject({
    type: `urn:daxd:error:${problem.code}`,
    title: CODES[problem.code].title,
  })
  if (answer.status === 503) expect(answer.headers['retry-after']).toMatch(/^\d+$/)
}
