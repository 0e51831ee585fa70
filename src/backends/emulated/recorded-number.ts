/** Numbers as `daxctl list` and `ndctl list` print them, with or without `-u`. */
import { z } from 'zod'
import { type Bytes, bytes } from '../../core/units.ts'

const BINARY_UNITS = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50 }
const DECIMAL_UNITS = { kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 }

/** Source: ndctl's util/json.c `display_size`: rounded to two digits in both systems. */
const HUMAN_SIZE = /^(\d+\.\d\d) ([KMGTP]iB) \((\d+\.\d\d) ([kKMGTP]B)\)$/

/** Half of the last digit shown. */
const ROUNDING = 0.005

/** A count of bytes or pages: a number, hex text, or a size for people. */
export const recordedNumber = z.union([z.number(), z.string()]).transform((input, context) => {
  const value = parseRecordedNumber(input)
  if (value !== null) return value
  context.issues.push({ code: 'custom', input, message: 'is no number of 0..2^53-1' })
  return z.NEVER
})

/** A size above 0, bytes. */
export const recordedSize = recordedNumber.refine((value) => value > 0, 'is zero')

/**
 * The number that was printed, null when it is none of 0..2^53-1. Of a size for people, which has
 * lost its last digits, the roundest binary number that would print so: what memory comes in.
 */
export function parseRecordedNumber(input: number | string): Bytes | null {
  const value = typeof input === 'number' ? input : (fromHuman(input) ?? fromDigits(input))
  return Number.isSafeInteger(value) && value >= 0 ? bytes(value) : null
}

function fromDigits(text: string): number {
  return /^(?:0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : Number.NaN
}

function fromHuman(text: string): number | null {
  const [, binary, binaryUnit = '', decimal, decimalUnit = ''] = HUMAN_SIZE.exec(text) ?? []
  const unit = BINARY_UNITS[binaryUnit as keyof typeof BINARY_UNITS]
  const otherUnit = DECIMAL_UNITS[decimalUnit as keyof typeof DECIMAL_UNITS]
  if (unit === undefined || otherUnit === undefined) return null
  const from = Math.max(
    (Number(binary) - ROUNDING) * unit,
    (Number(decimal) - ROUNDING) * otherUnit,
  )
  const to = Math.min((Number(binary) + ROUNDING) * unit, (Number(decimal) + ROUNDING) * otherUnit)
  return roundestBetween(from, to)
}

/** The multiple of the highest power of two; NaN when no integer lies between. */
function roundestBetween(from: number, to: number): number {
  for (let step = 2 ** 52; step >= 1; step /= 2) {
    const candidate = Math.ceil(from / step) * step
    if (candidate <= to) return candidate
  }
  return Number.NaN
}
