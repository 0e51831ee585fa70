import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alternativeNames } from '../../src/plugins/client-certificate.ts'

/** As Node writes a name since it quotes what could mislead (CVE-2021-44532). */
function written([kind, value]: readonly [string, string]): string {
  return `${kind}:${/[",'\\]/.test(value) ? JSON.stringify(value) : value}`
}

test('alternative names are read as Node writes them', () => {
  expect(alternativeNames('DNS:a.example, URI:spiffe://x/y, IP Address:::1')).toEqual([
    ['DNS', 'a.example'],
    ['URI', 'spiffe://x/y'],
    ['IP Address', '::1'],
  ])
  expect(alternativeNames('')).toEqual([])
})

test('a name with a comma or a quote in it stays one name', () => {
  const kind = fc.constantFrom('DNS', 'URI', 'email')
  const value = fc.string({ unit: fc.constantFrom('a', '.', ':', ',', ' ', '"', '\\', '/') })
  fc.assert(
    fc.property(fc.array(fc.tuple(kind, value), { maxLength: 4 }), (names) => {
      expect(alternativeNames(names.map(written).join(', '))).toEqual(names)
    }),
  )
})

test('a text of another form has no names, rather than some', () => {
  expect(alternativeNames('DNS:a.example, "URI:b')).toEqual([])
  expect(alternativeNames('DNS:a"b, URI:c')).toEqual([])
})
