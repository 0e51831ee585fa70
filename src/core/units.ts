/**
 * Units of the core. Sizes, offsets and physical addresses are bytes in 0..2^53-1: `api.md` fixes
 * that bound for the wire, so a `number` holds every value exactly and what is larger is refused
 * before it gets here.
 */
import { DaxError } from './errors.ts'
import { invariant } from './invariant.ts'

declare const unit: unique symbol

/** A length, an offset or a physical address in bytes, 0..2^53-1. Build with {@link bytes}. */
export type Bytes = number & { readonly [unit]: 'Bytes' }

export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB
export const TIB = 1024 * GIB

/** The base page; mapping page offsets are counted in it. */
export const PAGE_SIZE = (4 * KIB) as Bytes

/**
 * The alignments a dax device can have on x86-64: PAGE, PMD and PUD size.
 * Source: drivers/dax/dax-private.h `dax_align_valid`.
 */
export const ALIGNS = [4096, 2097152, 1073741824] as const

/** One of {@link ALIGNS}, in bytes. */
export type Align = (typeof ALIGNS)[number] & Bytes

/** The value as {@link Bytes}; anything but an integer in 0..2^53-1 is a defect of the caller. */
export function bytes(value: number): Bytes {
  invariant(Number.isSafeInteger(value) && value >= 0, 'bytes are an integer in 0..2^53-1', value)
  return value as Bytes
}

/** True when `value` is an alignment that the kernel accepts. */
export function isAlign(value: number): value is Align {
  return (ALIGNS as readonly number[]).includes(value)
}

/**
 * The sum of two byte counts.
 * @throws DaxError EOVERFLOW `overflow` when it is beyond 2^53-1.
 */
export function add(left: Bytes, right: Bytes): Bytes {
  const total = left + right
  if (Number.isSafeInteger(total)) return total as Bytes
  throw new DaxError('overflow', `${left} + ${right} bytes is beyond 2^53-1.`)
}

/** True when `value` is a multiple of `unitSize`. No bit operators: they truncate to 32 bits. */
export function isMultiple(value: Bytes, unitSize: Bytes): boolean {
  return value % unitSize === 0
}

/** The largest multiple of `unitSize` that is not above `value`. */
export function alignDown(value: Bytes, unitSize: Bytes): Bytes {
  return bytes(value - (value % unitSize))
}

/**
 * The smallest multiple of `unitSize` that is not below `value`.
 * @throws DaxError EOVERFLOW `overflow` when there is none up to 2^53-1.
 */
export function alignUp(value: Bytes, unitSize: Bytes): Bytes {
  const rest = value % unitSize
  return rest === 0 ? value : add(value, bytes(unitSize - rest))
}

/** The larger of two byte counts. */
export function maxBytes(left: Bytes, right: Bytes): Bytes {
  return left > right ? left : right
}
