import { type Extent, totalSize } from './extent.ts'
import { invariant } from './invariant.ts'
import { type Bytes, bytes } from './units.ts'

/**
 * The device's extents, in device order, after shrinking it to `size` from the tail: whole last
 * extents go, the new last one is trimmed, what stays keeps its place. 0 leaves none. `size` is at
 * most the device's own; that it is a multiple of the piece unit is the caller's to check.
 * Source: drivers/dax/bus.c `dev_dax_shrink`.
 */
export function planShrink(own: readonly Extent[], size: Bytes): Extent[] {
  invariant(size <= totalSize(own), 'a shrink does not grow', size)
  const kept: Extent[] = []
  let remaining = size
  for (const item of own) {
    if (remaining === 0) break
    const part = bytes(Math.min(item.size, remaining))
    kept.push({ start: item.start, size: part })
    remaining = bytes(remaining - part)
  }
  invariant(totalSize(kept) === size, 'a shrink leaves what was asked', size)
  return kept
}
