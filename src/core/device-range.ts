import { type Extent, endOf } from './extent.ts'
import { invariant } from './invariant.ts'
import { add, type Bytes, bytes } from './units.ts'

/**
 * One physical range of a device. `offset` is where it begins in the device's own address space,
 * so a device's ranges are ordered by `offset`, not by `start`.
 * Source: drivers/dax/dax-private.h `struct dev_dax_range` (there `pgoff`, in pages).
 */
export interface DeviceRange extends Extent {
  readonly offset: Bytes
}

/** The ranges of a device whose extents follow each other in this order. */
export function rangesOf(extents: readonly Extent[]): DeviceRange[] {
  let offset = bytes(0)
  return extents.map(({ start, size }) => {
    const range = { offset, start, size }
    offset = add(offset, size)
    return range
  })
}

/** The physical pieces under `[offset, offset + length)` of a device, in device order. */
export function piecesUnder(
  ranges: readonly DeviceRange[],
  window: { readonly offset: Bytes; readonly length: Bytes },
): DeviceRange[] {
  const windowEnd = add(window.offset, window.length)
  const pieces: DeviceRange[] = []
  for (const range of ranges) {
    const from = Math.max(range.offset, window.offset)
    const to = Math.min(range.offset + range.size, windowEnd)
    if (from >= to) continue
    const start = bytes(range.start + (from - range.offset))
    const piece = { offset: bytes(from), start, size: bytes(to - from) }
    invariant(endOf(piece) <= endOf(range), 'a piece lies inside its range')
    pieces.push(piece)
  }
  return pieces
}
