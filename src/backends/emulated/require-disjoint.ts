import { DaxError } from '../../core/errors.ts'
import { byStart, type Extent, endOf } from '../../core/extent.ts'

/** @throws DaxError `malformed` when two extents share a byte or one lies outside. */
export function requireDisjoint(region: Extent, extents: readonly Extent[]): void {
  let cursor = region.start
  for (const item of byStart(extents)) {
    if (item.start < cursor || endOf(item) > endOf(region)) {
      throw new DaxError('malformed', 'The devices overlap each other or leave their region.')
    }
    cursor = endOf(item)
  }
}
