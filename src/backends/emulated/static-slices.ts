/** Where the namespaces of a static region lie, as far as a recording leaves it open. */
import { DaxError } from '../../core/errors.ts'
import { type Extent, endOf, totalSize } from '../../core/extent.ts'
import { alignedGaps } from '../../core/region-space.ts'
import { STATIC_GRANULARITY } from '../../core/static-geometry.ts'
import { alignDown, alignUp, type Bytes, bytes } from '../../core/units.ts'

/** A slice of the region that some namespace takes. */
export interface Slice<T> {
  readonly size: Bytes
  /** A multiple of the granularity at which it has to begin. */
  readonly step: Bytes
  readonly owner: T
}

export type PlacedSlice<T> = Slice<T> & Extent

export interface FreeSpace {
  readonly available_size: Bytes
  readonly max_available_extent: Bytes
}

/**
 * Lays `slices` out, in their order, around what is `pinned`, so that the free space comes out as
 * recorded: what no namespace accounts for becomes one more slice, of owner null, and holes no
 * larger than the largest recorded lie between the slices. Figures that contradict the
 * namespaces, as rounded ones may, give way to them.
 * @throws DaxError `malformed` when a slice fits nowhere.
 */
export function layOut<T>(
  region: Extent,
  slices: readonly Slice<T>[],
  { pinned, free }: { readonly pinned: readonly Extent[]; readonly free: FreeSpace },
): PlacedSlice<T | null>[] {
  const gaps = alignedGaps(region, pinned, STATIC_GRANULARITY)
  const room = totalSize(gaps) - totalSize(slices)
  const all: Slice<T | null>[] = [...slices]
  if (room > free.available_size) {
    const size = bytes(room - free.available_size)
    all.push({ size, step: STATIC_GRANULARITY, owner: null })
  }
  const packed = pack(gaps, all)
  return gaps.flatMap((gap, index) => spread(gap, packed[index] ?? [], free.max_available_extent))
}

/** First fit, in order: the slices of each gap, as far in front as they can be. */
function pack<T>(gaps: readonly Extent[], slices: readonly Slice<T>[]): PlacedSlice<T>[][] {
  const packed = gaps.map((gap) => ({ gap, cursor: gap.start, placed: [] as PlacedSlice<T>[] }))
  for (const slice of slices) {
    const home = packed.find(
      ({ gap, cursor }) => alignUp(cursor, slice.step) + slice.size <= endOf(gap),
    )
    if (home === undefined) {
      throw new DaxError('malformed', 'The namespaces do not fit into their region.')
    }
    const start = alignUp(home.cursor, slice.step)
    home.placed.push({ ...slice, start })
    home.cursor = bytes(start + slice.size)
  }
  return packed.map(({ placed }) => placed)
}

/** Moves slices back so that a hole of at most `holeMax` lies behind each, the last ones first. */
function spread<T>(
  gap: Extent,
  packed: readonly PlacedSlice<T>[],
  holeMax: Bytes,
): PlacedSlice<T>[] {
  let end: number = endOf(gap)
  const moved = packed.toReversed().map((slice) => {
    const wanted = end - holeMax - slice.size
    const start = wanted > slice.start ? alignDown(bytes(wanted), slice.step) : slice.start
    end = start
    return { ...slice, start }
  })
  return moved.reverse()
}
