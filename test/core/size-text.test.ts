import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { formatSize, parseSize, SIZE_PATTERN } from '../../src/core/size-text.ts'
import { type Bytes, bytes } from '../../src/core/units.ts'

const MAX = Number.MAX_SAFE_INTEGER

function codeOf(action: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(action())}`
  } catch (error) {
    if (error instanceof DaxError) return error.code
    throw error
  }
}

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    ['4096', 4096],
    ['4k', 4096],
    ['4K', 4096],
    ['2m', 2 * 2 ** 20],
    ['3g', 3 * 2 ** 30],
    ['5T', 5 * 2 ** 40],
    ['7p', 7 * 2 ** 50],
    ['1KiB', 1024],
    ['1kib', 1024],
    ['1KIB', 1024],
    ['64MiB', 64 * 2 ** 20],
    ['2GiB', 2 * 2 ** 30],
    ['2tIb', 2 * 2 ** 40],
    ['1PiB', 2 ** 50],
    ['0x10', 16],
    ['0x10M', 16 * 2 ** 20],
    ['0xFf', 255],
    ['0x1b', 27],
    ['0x1g', 2 ** 30],
    ['0x1p', 2 ** 50],
    ['0xbeMiB', 0xbe * 2 ** 20],
    ['0x010', 16],
    ['0x0', 0],
    ['0x00000000000000000000000000000001', 1],
    ['0p', 0],
    ['9007199254740991', MAX],
    ['0x1fffffffffffff', MAX],
    ['8191t', 8191 * 2 ** 40],
  ])('reads %s exactly', (text, value) => {
    expect(parseSize(text)).toBe(value)
  })

  it.each([
    '',
    ' ',
    '4 G',
    ' 4',
    '4\n',
    '4GB',
    '4B',
    '4kb',
    '4Ki',
    '4i',
    '1.5G',
    '1.0',
    '010',
    '00',
    '0k0',
    '-1',
    '+1',
    '1e3',
    '0x',
    '0xg',
    'x10',
    '0X10',
    '0x1kk',
    'k',
    'KiB',
    '4e',
    '4_096',
    '4,096',
    '0b11',
    '0o17',
    'max',
    '\u0664',
    '0x-1',
    '4KiBs',
    '4\u017f',
    'NaN',
    'Infinity',
    'null',
    '4\u212a',
    '4\u0000',
  ])('refuses the text %j as malformed, since it is not of the grammar', (text) => {
    expect(codeOf(() => parseSize(text))).toBe('malformed')
  })

  it.each([
    '9007199254740992',
    '9007199254740993',
    '8p',
    '8192T',
    '8388608g',
    '0x20000000000000',
    '0x1'.padEnd(20, '0'),
    '99999999999999999',
    '1'.padEnd(100_000, '0'),
    '0x'.padEnd(100_000, 'f'),
    '9007199254740991k',
    '18446744073709551616',
  ])('refuses a text beyond 2^53-1 as overflow instead of rounding it (%#)', (text) => {
    expect(codeOf(() => parseSize(text))).toBe('overflow')
  })

  it.each([-1, 1.5, Number.NaN, -0.5, Number.NEGATIVE_INFINITY, -(2 ** 60), 2 ** 51 + 0.5])(
    'refuses the number %d as malformed, since it counts no bytes',
    (value) => {
      expect(codeOf(() => parseSize(value))).toBe('malformed')
    },
  )

  it.each([2 ** 53, 2 ** 53 + 2, 1e300, Number.POSITIVE_INFINITY])(
    'refuses the number %d as overflow, since it is beyond 2^53-1',
    (value) => {
      expect(codeOf(() => parseSize(value))).toBe('overflow')
    },
  )

  it('gives a number back as it is, and plain zero for the negative one', () => {
    expect([parseSize(0), parseSize(-0), parseSize(4096), parseSize(MAX)]).toStrictEqual([
      0,
      0,
      4096,
      MAX,
    ])
  })

  it('repeats no more than a piece of a long malformed text', () => {
    expect(() => parseSize('z'.repeat(10_000))).toThrow(/^.{60,200}$/)
  })

  it('reads what a big integer calculation reads, in decimal and in hex, with every suffix', () => {
    const suffixes = ['', 'k', 'm', 'g', 't', 'p'].flatMap((letter, power) =>
      [letter, letter.toUpperCase(), ...(letter === '' ? [] : [`${letter}iB`, `${letter}IB`])].map(
        (text) => ({ text, factor: 1024n ** BigInt(power) }),
      ),
    )
    const value = fc.oneof(fc.bigInt(0n, 2n ** 54n), fc.bigInt(0n, 20_000n))
    fc.assert(
      fc.property(value, fc.constantFrom(...suffixes), fc.boolean(), (count, suffix, hex) => {
        const text = `${hex ? `0x${count.toString(16)}` : count}${suffix.text}`
        const exact = count * suffix.factor
        if (exact > BigInt(MAX)) expect(codeOf(() => parseSize(text))).toBe('overflow')
        else expect(BigInt(parseSize(text))).toBe(exact)
      }),
    )
  })

  it('calls exactly the texts malformed that the wire pattern refuses', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789xXabfFkKmMgGtTpPiIB. -\n'), maxLength: 8 }),
      fc.string({ maxLength: 6 }),
    )
    fc.assert(
      fc.property(text, (candidate) => {
        const code = codeOf(() => parseSize(candidate))
        expect(code === 'malformed').toBe(!SIZE_PATTERN.test(candidate))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('SIZE_PATTERN', () => {
  it('needs no flags, so its source alone can stand in a JSON Schema', () => {
    expect(SIZE_PATTERN.flags).toBe('')
    expect(new RegExp(SIZE_PATTERN.source, 'u').test('0x10MiB')).toBe(true)
  })
})

describe('formatSize', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [512, '512 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KiB (1024 bytes)'],
    [67108864, '64 MiB (67108864 bytes)'],
    [1610612736, '1.5 GiB (1610612736 bytes)'],
    [2 ** 20 - 1, '1023.99 KiB (1048575 bytes)'],
    [1234567, '1.17 MiB (1234567 bytes)'],
    [3 * 2 ** 40, '3 TiB (3298534883328 bytes)'],
    [2 ** 50, '1 PiB (1125899906842624 bytes)'],
    [MAX, '7.99 PiB (9007199254740991 bytes)'],
  ])('shows %d as %s', (size, text) => {
    expect(formatSize(size as Bytes)).toBe(text)
  })

  it('never shows more than there is, and always the exact number', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (size) => {
        const text = formatSize(bytes(size))
        const parts = /^(?:([0-9.]+) ([KMGTP])iB \()?([0-9]+) bytes?\)?$/.exec(text)
        const power = ' KMGTP'.indexOf(parts?.[2] ?? ' ')
        expect(Number(parts?.[3])).toBe(size)
        expect(Number(parts?.[1] ?? parts?.[3]) * 1024 ** power).toBeLessThanOrEqual(size)
      }),
    )
  })
})
