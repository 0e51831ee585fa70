import { type Extent, totalSize } from './extent.ts'
import type { RegionMapItem } from './region-map.ts'
import { alignedGaps, maxAvailableExtent, pieceUnit } from './region-space.ts'
import { type Align, type Bytes, bytes } from './units.ts'

/** What can be had of the free bytes at one align. */
export interface AlignSummary {
  readonly align: Align
  /** Holes with at least one whole unit. */
  readonly holes: number
  /** Bytes in whole units of the align and the region's granularity. */
  readonly usable_size: Bytes
  /** The longest run of whole units in one hole. */
  readonly max_extent: Bytes
}

/** Holes of one class: from `min_size` to below twice that, a power of two. */
export interface HoleClass {
  readonly min_size: Bytes
  readonly holes: number
  readonly size: Bytes
}

/** How a region is filled, and how scattered what is left of it is. */
export interface RegionSummary {
  readonly size: Bytes
  readonly allocated_size: Bytes
  readonly free_size: Bytes
  /** Pieces in use, each of one owner. */
  readonly allocations: number
  readonly holes: number
  /** Bytes of the largest hole, 0 when nothing is free. */
  readonly largest_hole: Bytes
  /** The part of the free bytes outside the largest hole: 0 when they are one piece or none. */
  readonly fragmentation: number
  /** By align, as the region supports them. */
  readonly aligns: readonly AlignSummary[]
  /** The classes that have holes, smallest first. */
  readonly hole_sizes: readonly HoleClass[]
}

/** Digits of {@link RegionSummary.fragmentation} behind the point. */
const FRAGMENTATION_DIGITS = 4

/** Sums up a region's map; pieces are handed out in whole units of `granularity` and an align. */
export function summarizeRegion(
  items: readonly RegionMapItem[],
  units: { readonly granularity: Bytes; readonly aligns: readonly Align[] },
): RegionSummary {
  const holes = items.filter(({ state }) => state === 'free')
  const size = totalSize(items)
  const free = totalSize(holes)
  const largest = maxAvailableExtent(holes)
  const scattered = free === 0 ? 0 : 1 - largest / free
  return {
    size,
    allocated_size: bytes(size - free),
    free_size: free,
    allocations: items.length - holes.length,
    holes: holes.length,
    largest_hole: largest,
    fragmentation: Number(scattered.toFixed(FRAGMENTATION_DIGITS)),
    aligns: units.aligns.map((align) => {
      const unit = pieceUnit(units.granularity, align)
      const gaps = holes.flatMap((hole) => alignedGaps(hole, [], unit))
      return {
        align,
        holes: gaps.length,
        usable_size: totalSize(gaps),
        max_extent: maxAvailableExtent(gaps),
      }
    }),
    hole_sizes: classesOf(holes),
  }
}

function classesOf(holes: readonly Extent[]): HoleClass[] {
  const classes = new Map<number, { holes: number; size: number }>()
  for (const { size } of holes) {
    const least = 2 ** Math.floor(Math.log2(size))
    const known = classes.get(least) ?? { holes: 0, size: 0 }
    classes.set(least, { holes: known.holes + 1, size: known.size + size })
  }
  return [...classes]
    .sort(([left], [right]) => left - right)
    .map(([least, { holes: count, size }]) => ({
      min_size: bytes(least),
      holes: count,
      size: bytes(size),
    }))
}
