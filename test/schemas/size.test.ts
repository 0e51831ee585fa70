import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sizeInput, sizeText } from '../../schemas/index.ts'

const accepts = (value: unknown) => sizeInput.safeParse(value).success

describe('sizes on input', () => {
  test.each([
    0,
    1,
    4096,
    2 ** 53,
    1e300,
    JSON.parse('1e400'),
    '0',
    '4096',
    '0x1000',
    '2m',
    '2M',
    '2MiB',
    '2mib',
    '16g',
    '1P',
    '9'.repeat(100),
  ])('%s passes: well-formed, and what is too large is for the service to refuse', (value) => {
    expect(accepts(value)).toBe(true)
  })

  test.each([
    -1,
    1.5,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    '',
    ' 4',
    '4 G',
    '4GB',
    '1.5G',
    '010',
    '-1',
    '+1',
    '0x',
    '1e3',
    '٣',
    '1b',
    null,
    undefined,
    true,
    [4096],
    {},
    4096n,
  ])('%s is malformed', (value) => {
    expect(accepts(value)).toBe(false)
  })

  test('every integer of 0..2^53-1 passes as a number and as its text', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect([
          accepts(value),
          accepts(String(value)),
          accepts(`0x${value.toString(16)}`),
        ]).toEqual([true, true, true])
      }),
    )
  })

  test('a text passes exactly when a query takes it, too', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0179xaFkgMiB.- ') }), (text) => {
        expect(accepts(text)).toBe(sizeText.safeParse(text).success)
      }),
    )
  })

  test('the JSON schema says integer or text of the same pattern', () => {
    const { $defs } = z.toJSONSchema(z.object({ size: sizeInput }), { unrepresentable: 'any' })
    const [integer, text] = Object.values($defs ?? {})[0]?.anyOf ?? []
    expect(integer).toEqual({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
    const pattern = new RegExp((text as { pattern: string }).pattern, 'u')
    expect(['2MiB', '0x10', '010', '2MB'].map((size) => pattern.test(size))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})
