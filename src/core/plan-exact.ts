import { DaxError } from './errors.ts'
import { byStart, contains, type Extent, endOf } from './extent.ts'
import { type Bytes, isMultiple } from './units.ts'

export interface ExactRequest {
  readonly region: Extent
  /** Everything allocated in the region. */
  readonly taken: readonly Extent[]
  /** The places asked for, in device order. */
  readonly ranges: readonly Extent[]
  /** See `pieceUnit`. */
  readonly unit: Bytes
}

/**
 * The places asked for, in the order given, when a device can have them exactly. The kernel's
 * `mapping` attribute checks less: it silently does nothing for a misaligned length and takes any
 * start (drivers/dax/bus.c `mapping_store`).
 *
 * @throws DaxError EINVAL `misaligned_range`, `range_outside`; EBUSY `range_taken` when a range
 *   overlaps an allocation or another of the ranges.
 */
export function planExact(request: ExactRequest): Extent[] {
  for (const range of request.ranges) checkPlace(range, request)
  checkFree(request)
  return [...request.ranges]
}

function checkPlace(range: Extent, { region, unit }: ExactRequest): void {
  if (!isMultiple(range.start, unit) || !isMultiple(range.size, unit)) {
    throw new DaxError(
      'misaligned_range',
      `The range ${shown(range)} is not a multiple of ${unit} bytes in start and size.`,
    )
  }
  if (!contains(region, range)) {
    throw new DaxError(
      'range_outside',
      `The range ${shown(range)} lies outside the region ${shown(region)}.`,
    )
  }
}

interface Claimed extends Extent {
  readonly asked: boolean
}

/**
 * One sweep in address order. An extent collides with the furthest-reaching one before it, except
 * that two allocations may overlap each other: a foreign host's books are not ours to judge.
 */
function checkFree({ taken, ranges }: ExactRequest): void {
  const claimed: Claimed[] = [
    ...taken.map(({ start, size }) => ({ start, size, asked: false })),
    ...ranges.map(({ start, size }) => ({ start, size, asked: true })),
  ]
  let furthestTaken: Claimed | undefined
  let furthestAsked: Claimed | undefined
  for (const item of byStart(claimed)) {
    if (furthestAsked !== undefined && endOf(furthestAsked) > item.start) {
      throw overlap(furthestAsked, item)
    }
    if (item.asked) {
      if (furthestTaken !== undefined && endOf(furthestTaken) > item.start) {
        throw overlap(item, furthestTaken)
      }
      furthestAsked = item
    } else if (furthestTaken === undefined || endOf(item) > endOf(furthestTaken)) {
      furthestTaken = item
    }
  }
}

function overlap(range: Claimed, other: Claimed): DaxError {
  // Where the memory of others begins and ends is told by the region's map, to who may read that.
  const what = other.asked ? `another range of the request, ${shown(other)}` : 'an allocation'
  return new DaxError('range_taken', `The range ${shown(range)} overlaps ${what}.`)
}

/** As /proc/iomem shows a range: hex, end inclusive. */
function shown(range: Extent): string {
  return `0x${range.start.toString(16)}-0x${(endOf(range) - 1).toString(16)}`
}
