import { invariant } from './invariant.ts'
import { add, type Bytes, bytes } from './units.ts'

/** A half-open range `[start, start + size)` of physical addresses or offsets; `size` > 0. */
export interface Extent {
  readonly start: Bytes
  readonly size: Bytes
}

/**
 * An extent from its first byte and its size.
 * @throws DaxError EOVERFLOW `overflow` when its end is beyond 2^53-1.
 */
export function extent(start: Bytes, size: Bytes): Extent {
  invariant(size > 0, 'an extent is not empty', { start, size })
  add(start, size)
  return { start, size }
}

/** The first byte after the extent. */
export function endOf(item: Extent): Bytes {
  return bytes(item.start + item.size)
}

/** True when the extents have a byte in common; neighbours that touch have none. */
export function overlaps(left: Extent, right: Extent): boolean {
  return left.start < endOf(right) && right.start < endOf(left)
}

/** True when `inner` lies wholly inside `outer`. */
export function contains(outer: Extent, inner: Extent): boolean {
  return inner.start >= outer.start && endOf(inner) <= endOf(outer)
}

/** True when both are the same extents in the same order; what else the items carry is left out. */
export function isSamePlaces(left: readonly Extent[], right: readonly Extent[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ start, size }, at) => start === right[at]?.start && size === right[at]?.size)
  )
}

/** The sum of the sizes. */
export function totalSize(items: readonly { readonly size: Bytes }[]): Bytes {
  let total = bytes(0)
  for (const item of items) total = add(total, item.size)
  return total
}

/** A copy in address order. */
export function byStart<T extends Extent>(items: readonly T[]): T[] {
  return [...items].sort((left, right) => left.start - right.start)
}

/**
 * The free gaps of `whole` between the extents of `taken`, in address order. `taken` need not be
 * sorted; parts of it outside `whole` are ignored, overlaps among them are allowed.
 */
export function gapsOf(whole: Extent, taken: readonly Extent[]): Extent[] {
  const gaps: Extent[] = []
  const end = endOf(whole)
  let cursor = whole.start
  for (const item of byStart(taken)) {
    if (item.start >= end) break
    if (item.start > cursor) gaps.push({ start: cursor, size: bytes(item.start - cursor) })
    if (endOf(item) > cursor) cursor = endOf(item)
  }
  if (cursor < end) gaps.push({ start: cursor, size: bytes(end - cursor) })
  return gaps
}
