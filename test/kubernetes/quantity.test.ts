import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfQuantity, quantityOfBytes } from '../../src/kubernetes/quantity.ts'

describe('bytesOfQuantity', () => {
  it.each([
    ['0', 0n],
    ['40Gi', 40n * 1024n ** 3n],
    ['4Mi', 4n * 1024n ** 2n],
    ['1Ei', 1024n ** 6n],
    ['1E', 10n ** 18n],
    ['1E3', 1000n],
    ['1e-3', 1n],
    ['12e+2', 1200n],
    ['1.5Gi', 1536n * 1024n ** 2n],
    ['.5Ki', 512n],
    ['5.', 5n],
    ['+7k', 7000n],
    ['100m', 1n],
    ['1500m', 2n],
    ['2000000000n', 2n],
    ['1u', 1n],
    ['-0', 0n],
    ['9007199254740993', 9007199254740993n],
    ['1.1Ki', 1127n],
  ])('reads %s as %s bytes, rounded up to a whole one', (text, value) => {
    expect(bytesOfQuantity(text)).toBe(value)
  })

  it.each(['', '.', 'Gi', '1GiB', '1 Gi', '1gi', '-1', '1K', '1e', '0x10', '1e31', '1,5', '1ki'])(
    'refuses %j, which is no amount of memory',
    (text) => expect(() => bytesOfQuantity(text)).toThrow(RangeError),
  )

  it('refuses a text longer than any amount', () => {
    expect(() => bytesOfQuantity('1'.repeat(65))).toThrow(RangeError)
  })

  it('agrees with a decimal fraction reckoned in whole numbers', () => {
    const parts = fc.record({
      whole: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      part: fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 12 }),
      binary: fc.constantFrom('', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'),
    })
    fc.assert(
      fc.property(parts, ({ whole, part, binary }) => {
        const power = BigInt(['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].indexOf(binary))
        const unit = 10n ** BigInt(part.length)
        const exact = (whole * unit + BigInt(`0${part}`)) * 1024n ** power
        const value = bytesOfQuantity(`${whole}.${part}${binary}`)
        expect(value * unit >= exact && (value - 1n) * unit < exact).toBe(true)
      }),
    )
  })
})

describe('quantityOfBytes', () => {
  it.each([
    [0n, '0'],
    [1n, '1'],
    [1536n, '1536'],
    [1024n, '1Ki'],
    [42n * 1024n ** 3n, '42Gi'],
    [1024n ** 6n * 2048n, '2048Ei'],
  ])('writes %s bytes as %s, the canonical form', (value, text) => {
    expect(quantityOfBytes(value)).toBe(text)
  })

  it('is undone by reading, whatever the number', () => {
    const amounts = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 53n }), fc.nat(6))
    fc.assert(
      fc.property(amounts, ([value, power]) => {
        const bytes = value * 1024n ** BigInt(power)
        expect(bytesOfQuantity(quantityOfBytes(bytes))).toBe(bytes)
      }),
    )
  })

  it('has nothing to say of less than nothing', () => {
    expect(() => quantityOfBytes(-1n)).toThrow(RangeError)
  })
})
