import { DaxError } from '../../core/errors.ts'
import { type Extent, endOf, extent } from '../../core/extent.ts'
import { STATIC_GRANULARITY, staticRawSize, staticUsable } from '../../core/static-geometry.ts'
import { alignDown, alignUp, bytes } from '../../core/units.ts'
import type { Memmap } from '../../core/vocabulary.ts'
import { type DaxctlDevice, usageOf } from './recorded-daxctl.ts'
import { DEFAULT_ALIGN, type RecordedDevice } from './topology.ts'

/**
 * The device of a namespace that daxctl listed, and so with its real place. Only the mappable
 * range is in the listing: what lies in front of it is found by trying which memmap leaves it,
 * the first of them for a namespace of odd size, which one without labels may have.
 * @throws DaxError `malformed` when it has not exactly one range.
 */
export function pinnedDevice(
  region: number,
  listed: DaxctlDevice,
  memmaps: readonly [Memmap, ...Memmap[]],
): RecordedDevice {
  const { chardev, align = DEFAULT_ALIGN, target_node } = listed
  const [range] = listed.ranges
  if (range === undefined || listed.ranges.length > 1) {
    throw new DaxError('malformed', `${chardev} has not one range, as a namespace's device has.`)
  }
  const fits = memmaps.find((memmap) => rawExtent(range, { align, memmap }) !== null)
  const memmap = fits ?? memmaps[0]
  const raw = rawExtent(range, { align, memmap }) ?? leastExtent(range)
  const shape = { align, memmap, extents: [raw], ranges: [range], size: range.size }
  return { region, chardev, ...shape, target_node, ...usageOf(listed) }
}

/** What the namespace takes off its region; null when it does not leave this very range. */
function rawExtent(
  range: Extent,
  { align, memmap }: Pick<RecordedDevice, 'align' | 'memmap'>,
): Extent | null {
  const granularity = STATIC_GRANULARITY
  const end = alignUp(endOf(range), granularity)
  const size = staticRawSize({ usable: range.size, align, memmap, granularity })
  if (size > end) return null
  const raw = extent(bytes(end - size), size)
  const usable = staticUsable({ ...raw, align, memmap })
  return usable.start === range.start && usable.size === range.size ? raw : null
}

/** The range and the metadata right in front of it. */
function leastExtent(range: Extent): Extent {
  const start = alignDown(bytes(Math.max(0, range.start - 1)), STATIC_GRANULARITY)
  return extent(start, bytes(endOf(range) - start))
}
