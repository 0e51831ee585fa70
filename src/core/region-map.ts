import { type Extent, endOf, totalSize } from './extent.ts'
import { invariant } from './invariant.ts'
import { type Bytes, bytes } from './units.ts'

/** A part of a region that is not free, and whose it is; reserved bytes have no owner. */
export interface Allocation {
  readonly extent: Extent
  readonly chardev?: string
  readonly namespace?: string
}

/** A stretch of a region that is all free or all of one allocation. */
export interface RegionMapItem extends Extent {
  readonly state: 'free' | 'allocated'
  readonly chardev?: string
  readonly namespace?: string
}

/**
 * The whole address range of `region` in order, without gaps or overlaps. Allocations may come in
 * any order; parts of them outside the region are left out, and where two overlap, the one that
 * starts lower (of equal starts, the one named first) is shown.
 */
export function regionMap(region: Extent, allocated: readonly Allocation[]): RegionMapItem[] {
  const items: RegionMapItem[] = []
  const end = endOf(region)
  let cursor = region.start
  const sorted = [...allocated].sort((left, right) => left.extent.start - right.extent.start)
  for (const allocation of sorted) {
    const from = bytes(Math.max(cursor, allocation.extent.start))
    const to = bytes(Math.min(end, endOf(allocation.extent)))
    if (from >= to) continue
    if (from > cursor) items.push(free(cursor, from))
    const size = bytes(to - from)
    items.push({ start: from, size, state: 'allocated', ...ownerOf(allocation) })
    cursor = to
  }
  if (cursor < end) items.push(free(cursor, end))
  invariant(totalSize(items) === region.size, 'a map covers its region')
  return items
}

function free(from: Bytes, to: Bytes): RegionMapItem {
  return { start: from, size: bytes(to - from), state: 'free' }
}

function ownerOf({ chardev, namespace }: Allocation): Pick<Allocation, 'chardev' | 'namespace'> {
  return {
    ...(chardev === undefined ? {} : { chardev }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}
