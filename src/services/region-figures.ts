import type { Extent } from '../core/extent.ts'
import type { RegionRecord } from '../core/model.ts'
import { type RegionMapItem, regionMap } from '../core/region-map.ts'
import { alignedGaps, availableSize, maxAvailableExtent } from '../core/region-space.ts'
import type { Bytes } from '../core/units.ts'
import { need } from './lookup.ts'
import type { StateView } from './world/state.ts'

/** Everything allocated in a region, whoever made it; `except` leaves one device out. */
export function takenIn(view: StateView, region: RegionRecord, except?: string): Extent[] {
  const taken: Extent[] = [...region.reserved]
  for (const uid of view.index.devicesOf(region.id)) {
    if (uid !== except) taken.push(...need(view, 'device', uid).extents)
  }
  return taken
}

export interface RegionFigures {
  readonly available_size: Bytes
  readonly max_available_extent: Bytes
}

/** What can still be had of a region, in whole units of its granularity. */
export function regionFigures(view: StateView, region: RegionRecord): RegionFigures {
  const gaps = alignedGaps(region, takenIn(view, region), region.granularity)
  return { available_size: availableSize(gaps), max_available_extent: maxAvailableExtent(gaps) }
}

/** The whole address range of a region, in order, without gaps. */
export function regionMapOf(view: StateView, region: RegionRecord): RegionMapItem[] {
  const allocations = [...view.index.devicesOf(region.id)].flatMap((uid) => {
    const { extents, chardev, namespace } = need(view, 'device', uid)
    return extents.map((extent) => ({
      extent,
      chardev,
      ...(namespace === null ? {} : { namespace }),
    }))
  })
  const reserved = region.reserved.map((extent) => ({ extent }))
  return regionMap(region, [...allocations, ...reserved])
}
