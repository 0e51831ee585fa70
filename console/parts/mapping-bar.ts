import type { DeviceUsersView } from '../../client/src/index.ts'
import { type Drawn, html } from './html.ts'

/** Mappings drawn; beyond so many they would be thinner than a line. */
const DRAWN_MAX = 400
const WIDTH = 1000
const HEIGHT = 14
const PART_MIN = 2

/** A device from its first to its last byte, with what is mapped of it by the books. */
export function MappingBar({
  size,
  holders,
}: {
  readonly size: number
  readonly holders: DeviceUsersView['holders']
}): Drawn {
  const mappings = holders.flatMap((holder) =>
    holder.kind === 'mapping' && holder.length !== undefined && holder.offset !== undefined
      ? [{ id: holder.id, offset: holder.offset, length: holder.length }]
      : [],
  )
  if (mappings.length === 0 || size === 0) return null
  return html`<svg
    class="mappings"
    viewBox=${`0 0 ${WIDTH} ${HEIGHT}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="ground" width=${WIDTH} height=${HEIGHT} />
    ${mappings.slice(0, DRAWN_MAX).map(
      ({ id, offset, length }) =>
        html`<rect
          key=${id}
          class="mapped"
          x=${(offset / size) * WIDTH}
          width=${Math.max(PART_MIN, (length / size) * WIDTH - 1)}
          height=${HEIGHT}
        />`,
    )}
  </svg>` as Drawn
}
