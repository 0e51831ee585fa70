/**
 * Where a device's next bytes come from. Pure: may run more than once for one request.
 *
 * Source: drivers/dax/bus.c `dev_dax_resize`: gaps are scanned in address order; one that directly
 * follows the device's own last range (the one with the highest device offset) extends it, any
 * other becomes a new range behind it. Unlike the kernel's, a plan is all or nothing.
 */
import { DaxError } from './errors.ts'
import { type Extent, endOf, totalSize } from './extent.ts'
import { invariant } from './invariant.ts'
import { alignedGaps, availableSize, maxAvailableExtent } from './region-space.ts'
import { formatSize } from './size-text.ts'
import { add, type Bytes, bytes, isMultiple } from './units.ts'
import type { Placement } from './vocabulary.ts'

export interface GrowthRequest {
  readonly region: Extent
  /** Everything allocated in the region; whether `own` is in it or not makes no difference. */
  readonly taken: readonly Extent[]
  /** The device's extents in device order; empty for a new device. */
  readonly own: readonly Extent[]
  /** What to add, above 0. */
  readonly bytes: Bytes
  /** See `pieceUnit`. */
  readonly unit: Bytes
  readonly placement: Placement
  /** A new device gets one extent, an existing one grows only in place. */
  readonly contiguous: boolean
}

/**
 * The device's extents after growing, in device order: those of `own` keep their device offsets
 * and places, the last one may be longer.
 *
 * `first-fit` takes gaps as the kernel does. `best-fit` extends in place as far as that goes; what
 * remains goes into the smallest gap that holds it, after the largest gaps while none does. Among
 * equal gaps the lowest address wins.
 *
 * @throws DaxError ENOSPC `no_space` with `available_size` and `max_available_extent`; EINVAL
 *   `misaligned_size` when `bytes` is not a multiple of `unit`.
 */
export function planGrowth(request: GrowthRequest): Extent[] {
  const { region, taken, own, unit } = request
  invariant(request.bytes > 0, 'a growth adds something')
  if (!isMultiple(request.bytes, unit)) {
    throw new DaxError(
      'misaligned_size',
      `${formatSize(request.bytes)} to add are not a multiple of ${formatSize(unit)}.`,
    )
  }
  const gaps = alignedGaps(region, [...taken, ...own], unit)
  const grown = joined(own, fill(gapsToFill(request, gaps), request.bytes))
  invariant(totalSize(grown) === add(totalSize(own), request.bytes), 'a growth adds what was asked')
  invariant(!request.contiguous || grown.length <= Math.max(own.length, 1), 'contiguous stays so')
  return grown
}

function gapsToFill(request: GrowthRequest, gaps: readonly Extent[]): readonly Extent[] {
  if (request.contiguous) return [singleGap(request, gaps)]
  if (availableSize(gaps) < request.bytes) throw noSpace(request, gaps)
  return request.placement === 'first-fit' ? gaps : bestFit(request, gaps)
}

function singleGap(request: GrowthRequest, gaps: readonly Extent[]): Extent {
  const isNew = request.own.length === 0
  const places = isNew ? gaps : gaps.filter((gap) => followsOwn(request, gap))
  const fitting = places.filter((gap) => gap.size >= request.bytes)
  const [chosen] = request.placement === 'first-fit' ? fitting : smallestFirst(fitting)
  if (chosen === undefined) throw noSpace(request, gaps)
  return chosen
}

function bestFit(request: GrowthRequest, gaps: readonly Extent[]): Extent[] {
  const chosen = gaps.filter((gap) => followsOwn(request, gap))
  const others = gaps.filter((gap) => !followsOwn(request, gap)).sort(largerFirst)
  let remaining = request.bytes - totalSize(chosen)
  for (const gap of others) {
    if (remaining <= 0) break
    if (gap.size >= remaining) {
      // The larger gaps are all used up, so any other that holds the rest is still free.
      const unused = others.slice(others.indexOf(gap))
      const holding = unused.filter(({ size }) => size >= remaining)
      return [...chosen, ...smallestFirst(holding).slice(0, 1)]
    }
    chosen.push(gap)
    remaining -= gap.size
  }
  return chosen
}

function followsOwn(request: GrowthRequest, gap: Extent): boolean {
  const last = request.own.at(-1)
  return last !== undefined && gap.start === endOf(last)
}

function smallestFirst(gaps: readonly Extent[]): Extent[] {
  return [...gaps].sort((left, right) => left.size - right.size || left.start - right.start)
}

function largerFirst(left: Extent, right: Extent): number {
  return right.size - left.size || left.start - right.start
}

/** The first `wanted` bytes of the gaps, in the order given. */
function fill(gaps: readonly Extent[], wanted: Bytes): Extent[] {
  const pieces: Extent[] = []
  let remaining = wanted
  for (const gap of gaps) {
    if (remaining === 0) break
    const size = bytes(Math.min(gap.size, remaining))
    pieces.push({ start: gap.start, size })
    remaining = bytes(remaining - size)
  }
  invariant(remaining === 0, 'the chosen gaps hold what was asked', remaining)
  return pieces
}

/** `own` and the pieces behind it; a piece that directly follows the last extent lengthens it. */
function joined(own: readonly Extent[], pieces: readonly Extent[]): Extent[] {
  const all = [...own]
  for (const piece of pieces) {
    const last = all.at(-1)
    if (last !== undefined && endOf(last) === piece.start) {
      all[all.length - 1] = { start: last.start, size: add(last.size, piece.size) }
    } else {
      all.push(piece)
    }
  }
  return all
}

function noSpace(request: GrowthRequest, gaps: readonly Extent[]): DaxError {
  const available = availableSize(gaps)
  const largest = maxAvailableExtent(gaps)
  const inPlace = totalSize(gaps.filter((gap) => followsOwn(request, gap)))
  const onlyInPlace =
    request.contiguous && request.own.length > 0
      ? `; a contiguous device grows only in place, where it has ${formatSize(inPlace)}`
      : ''
  return new DaxError(
    'no_space',
    `${formatSize(request.bytes)} were asked for, ${formatSize(available)} are available in units` +
      ` of ${formatSize(request.unit)}, the largest extent ${formatSize(largest)}${onlyInPlace}.`,
    { available_size: available, max_available_extent: largest },
  )
}
