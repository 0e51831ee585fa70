/**
 * The free space of a region, as a device with some piece unit can use it. Pure; the region's
 * address range and everything allocated in it come from the caller.
 */
import { type Extent, endOf, gapsOf, totalSize } from './extent.ts'
import { invariant } from './invariant.ts'
import { alignDown, type Bytes, bytes, maxBytes } from './units.ts'

/**
 * The unit in which a region is handed out to a device: the larger of the region's granularity and
 * the device's align, both powers of two. Every piece is a multiple of it in base and in length;
 * the kernel checks only lengths.
 * Source: drivers/dax/bus.c `alloc_is_aligned`.
 */
export function pieceUnit(granularity: Bytes, align: Bytes): Bytes {
  const unit = maxBytes(granularity, align)
  invariant(unit > 0 && unit % granularity === 0 && unit % align === 0, 'units are powers of two', {
    granularity,
    align,
  })
  return unit
}

/**
 * The free gaps of `region` trimmed inward to multiples of `unit`, in address order; gaps without
 * a whole unit are left out. `taken` may be unsorted and, as a foreign host's can be, misaligned.
 */
export function alignedGaps(region: Extent, taken: readonly Extent[], unit: Bytes): Extent[] {
  const gaps: Extent[] = []
  for (const gap of gapsOf(region, taken)) {
    const end = alignDown(endOf(gap), unit)
    const rest = gap.start % unit
    const start = rest === 0 ? gap.start : gap.start + (unit - rest)
    if (start < end) gaps.push({ start: bytes(start), size: bytes(end - start) })
  }
  return gaps
}

/** What the gaps hold together, bytes. */
export function availableSize(gaps: readonly Extent[]): Bytes {
  return totalSize(gaps)
}

/** The size of the largest gap, bytes; 0 when there is none. */
export function maxAvailableExtent(gaps: readonly Extent[]): Bytes {
  return gaps.reduce((largest, gap) => maxBytes(largest, gap.size), bytes(0))
}
