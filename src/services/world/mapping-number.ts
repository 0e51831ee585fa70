import { invariant } from '../../core/invariant.ts'

const PREFIX = 'm-'
/** The digits that a number up to 2^53-1 has in base 36. */
const DIGITS_MAX = 11

/** The id of the mapping with this number. */
export function mappingId(number: number): string {
  return PREFIX + number.toString(36)
}

/** The number in the id of a mapping; null for a text that no mapping can have as its id. */
export function parseMappingId(id: string): number | null {
  if (!id.startsWith(PREFIX) || id.length > PREFIX.length + DIGITS_MAX) return null
  const number = Number.parseInt(id.slice(PREFIX.length), 36)
  // `m-007` and `m-7 ` would be read as 7 as well.
  return Number.isSafeInteger(number) && number >= 0 && mappingId(number) === id ? number : null
}

/**
 * The number in the id of a mapping of ours. A million mappings are known by their numbers in
 * several indexes, where a number takes 8 bytes and a text takes 32.
 */
export function mappingNumber(id: string): number {
  const number = parseMappingId(id)
  invariant(number !== null, 'the id of a mapping is m- and its number in base 36', { id })
  return number
}
