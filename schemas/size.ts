/**
 * Sizes on input: bytes as a JSON integer, or as text with a binary suffix. What is well-formed
 * but beyond 2^53-1 passes here, in either form: the service refuses it with EOVERFLOW (422).
 */
import { z } from 'zod'
import { SIZE_PATTERN } from '../src/core/size-text.ts'

const MESSAGE =
  'must be bytes: an integer that is not negative, or text as "4096", "0x1000", "2m" or "2MiB"'

/** 1e400 is Infinity once parsed: a number beyond 2^53-1, not a malformed one. */
function isSize(value: unknown): boolean {
  if (typeof value === 'string') return SIZE_PATTERN.test(value)
  if (typeof value !== 'number' || value < 0) return false
  return value === Number.POSITIVE_INFINITY || Number.isInteger(value)
}

const textSchema = {
  type: 'string',
  pattern: SIZE_PATTERN.source,
  examples: ['2MiB', '0x200000', '16g'],
}

export const sizeInput = z.custom<number | string>(isSize, MESSAGE).meta({
  id: 'Size',
  description:
    'Bytes, 0..2^53-1 (beyond is EOVERFLOW), as an integer or as decimal or 0x-hex digits with ' +
    'an optional binary suffix.',
  anyOf: [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, textSchema],
})
export type SizeInput = z.output<typeof sizeInput>

/** A size in a query string, where every value is text. */
export const sizeText = z
  .string()
  .regex(SIZE_PATTERN, 'must be bytes: text as "4096", "0x1000", "2m" or "2MiB"')
