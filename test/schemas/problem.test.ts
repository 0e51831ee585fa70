import { describe, expect, test } from 'vitest'
import { problemView } from '../../schemas/index.ts'
import { CODES, type ErrorCode } from '../../src/core/error-codes.ts'
import { problemDocument } from '../../src/core/problem-document.ts'

describe('problem documents', () => {
  test.each(Object.keys(CODES) as ErrorCode[])('of %s keep to the wire schema', (code) => {
    const document = problemDocument({
      code,
      detail: 'A sentence.',
      instance: '/v1/things',
      facts: {
        issues: [{ path: '/body', message: 'is bad' }],
        holders: [
          { kind: 'handle', id: 'h', holder: 'a', tenant: null, chardev: 'dax0.1', generation: 1 },
          {
            kind: 'mapping',
            id: 'm',
            holder: 'a',
            tenant: null,
            chardev: 'dax0.1',
            generation: 1,
            offset: 0,
            length: 4096,
          },
          { kind: 'process', pid: 1, comm: 'a' },
          { kind: 'claim', id: 'c' },
        ],
        suggested_size: 1,
        available_size: 0,
        max_available_extent: 0,
        failed_index: 0,
        retry_after_s: 1,
      },
    })
    expect(problemView.strict().parse(document)).toEqual(document)
  })

  test('leave out what is not known', () => {
    expect(problemDocument({ code: 'precondition_failed' })).toEqual({
      type: 'urn:daxd:error:precondition_failed',
      title: 'The object has changed',
      status: 412,
      code: 'precondition_failed',
    })
  })
})
