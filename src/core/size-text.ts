/** Sizes as people write and read them. Grammar: `api.md`, "Conventions". */
import { DaxError } from './errors.ts'
import { type Bytes, bytes, GIB, KIB, MIB, TIB } from './units.ts'

const PIB = 1024 * TIB

/** Largest first, so that the first one not above a value is the one to show it in. */
const SUFFIXES = [
  { letter: 'p', name: 'PiB', size: PIB },
  { letter: 't', name: 'TiB', size: TIB },
  { letter: 'g', name: 'GiB', size: GIB },
  { letter: 'm', name: 'MiB', size: MIB },
  { letter: 'k', name: 'KiB', size: KIB },
] as const

/** 2^53-1 has 16 decimal and 14 hex digits; what has more significant ones need not be read. */
const SIGNIFICANT_DIGITS_MAX = 16

/** How much of a malformed text an error repeats. */
const ECHO_CHARACTERS_MAX = 40

/**
 * A size as text: decimal or `0x` hex digits and an optional binary suffix. Without flags, so that
 * a JSON Schema can carry its source as it is. Groups: the digits, the suffix's first letter.
 */
export const SIZE_PATTERN = /^(0|[1-9][0-9]*|0x[0-9a-fA-F]+)(?:([kKmMgGtTpP])(?:[iI][bB])?)?$/

/**
 * The bytes that a number or a text of {@link SIZE_PATTERN} stands for, exactly; never rounded.
 * @throws DaxError EINVAL `malformed`; EOVERFLOW `overflow` beyond 2^53-1.
 */
export function parseSize(input: number | string): Bytes {
  return typeof input === 'number' ? fromNumber(input) : fromText(input)
}

/** A size for people, exact in parentheses: `64 MiB (67108864 bytes)`, `512 bytes`. */
export function formatSize(size: Bytes): string {
  const exact = size === 1 ? '1 byte' : `${size} bytes`
  const unit = SUFFIXES.find((suffix) => suffix.size <= size)
  if (unit === undefined) return exact
  // Cut, not rounded: no free space is shown larger than it is, and 1024 KiB never appears.
  const rounded = Math.floor((size / unit.size) * 100) / 100
  return `${rounded} ${unit.name} (${exact})`
}

function fromNumber(input: number): Bytes {
  if (Number.isNaN(input) || input < 0 || (Number.isFinite(input) && !Number.isInteger(input))) {
    throw new DaxError('malformed', `A size is a whole number of bytes, not ${input}.`)
  }
  if (!Number.isSafeInteger(input)) throw overflow(String(input))
  // JSON has a negative zero, which a size has not.
  return bytes(Math.abs(input))
}

function fromText(input: string): Bytes {
  const shown = JSON.stringify(input.slice(0, ECHO_CHARACTERS_MAX))
  const [, digits, letter] = SIZE_PATTERN.exec(input) ?? []
  if (digits === undefined) {
    throw new DaxError(
      'malformed',
      `A size is decimal or 0x-hex digits with an optional suffix such as MiB, not ${shown}.`,
    )
  }
  if (digits.replace(/^0x0*/, '').length > SIGNIFICANT_DIGITS_MAX) throw overflow(shown)
  const total = BigInt(digits) * BigInt(sizeOf(letter))
  if (total > BigInt(Number.MAX_SAFE_INTEGER)) throw overflow(shown)
  return bytes(Number(total))
}

function sizeOf(letter: string | undefined): number {
  const lower = letter?.toLowerCase()
  return SUFFIXES.find((suffix) => suffix.letter === lower)?.size ?? 1
}

function overflow(shown: string): DaxError {
  return new DaxError('overflow', `The size ${shown} is beyond 2^53-1 bytes.`)
}
