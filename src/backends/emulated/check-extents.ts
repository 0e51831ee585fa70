import { DaxError } from '../../core/errors.ts'
import { contains, type Extent, endOf, overlaps, totalSize } from '../../core/extent.ts'
import { invariant } from '../../core/invariant.ts'
import type { RegionNature } from '../../core/model.ts'
import type { DeviceShape } from '../../ports/backend.ts'

/**
 * Passes when the shape's extents lie inside the region and share no byte with each other, with
 * `others` (the region's other devices) or with what the region has reserved.
 * @throws DaxError `range_outside` (EINVAL), `range_taken` (EBUSY).
 */
export function checkExtents(
  region: RegionNature,
  { shape, others }: { readonly shape: DeviceShape; readonly others: readonly DeviceShape[] },
): void {
  const { extents, ranges } = shape
  invariant(totalSize(ranges) <= totalSize(extents), 'what is mappable is part of the device')
  const taken = [...region.reserved, ...others.flatMap((other) => other.extents)]
  extents.forEach((item, index) => {
    if (!contains(region, item)) {
      throw new DaxError('range_outside', `${shown(item)} is not inside region ${region.id}.`)
    }
    const hit = [...taken, ...extents.slice(0, index)].find((other) => overlaps(other, item))
    if (hit === undefined) return
    throw new DaxError('range_taken', `${shown(item)} overlaps ${shown(hit)}, which is taken.`)
  })
}

function shown(item: Extent): string {
  return `[0x${item.start.toString(16)}, 0x${endOf(item).toString(16)})`
}
