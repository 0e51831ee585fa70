import { checkSize } from '../core/check-size.ts'
import { rangesOf } from '../core/device-range.ts'
import { DaxError } from '../core/errors.ts'
import { type Extent, endOf, extent, totalSize } from '../core/extent.ts'
import type { NamespaceRequest, RegionRecord } from '../core/model.ts'
import { planExact } from '../core/plan-exact.ts'
import { planGrowth } from '../core/plan-growth.ts'
import { planShrink } from '../core/plan-shrink.ts'
import { alignedGaps, availableSize, maxAvailableExtent, pieceUnit } from '../core/region-space.ts'
import { formatSize } from '../core/size-text.ts'
import { staticUsable } from '../core/static-geometry.ts'
import { type Align, alignDown, type Bytes, bytes } from '../core/units.ts'
import type { Memmap, Mode } from '../core/vocabulary.ts'
import type { DeviceShape } from '../ports/backend.ts'
import { takenIn } from './region-figures.ts'
import { type ShareLimit, shareFor, shareLimit, shareOf } from './shares.ts'
import type { StateView } from './world/state.ts'

/** What the shape of a device depends on besides the books. */
export interface Ground {
  readonly view: StateView
  readonly region: RegionRecord
  /** As the host says ({@link Backend.memoryBlock}). */
  readonly memoryBlock: Bytes | null
}

/**
 * How a namespace would be made of a region's free memory: exact places, nothing changed.
 *
 * @throws DaxError `unsupported_align`, `unsupported`, `unsupported_ranges`, `zero_size`,
 *   `misaligned_size`, `too_small`, `misaligned_range`, `range_outside`, `range_taken`,
 *   `ranges_mismatch`, `no_memory_block`, `no_such_share`, `share_exhausted`, `no_space`.
 */
export function shapeNew(ground: Ground, request: NamespaceRequest): DeviceShape {
  const { view, region } = ground
  const align = request.align ?? region.align
  requireAlign(region, align)
  const memmap = requireMemmap(region, request.memmap)
  const unit = pieceUnit(region.granularity, align)
  const limit = shareLimit(view, region, shareFor(region, request))
  const room: Room = { taken: takenIn(view, region), unit, limit }
  const extents =
    request.ranges === undefined
      ? placeNew(region, request, room)
      : placeExactly(region, request, room)
  const most = mostOf(region, request, room)
  // What is too small once its metadata are off may have no larger size to suggest.
  return withinReach(most, null, () =>
    shapeOf(ground, { align, memmap, mode: request.mode, extents }),
  )
}

/** The shape of a device made of these extents. @throws DaxError `too_small`, `no_memory_block` */
function shapeOf(
  { region, memoryBlock }: Ground,
  wanted: {
    readonly align: Align
    readonly memmap: Memmap
    readonly mode: Mode
    readonly extents: readonly Extent[]
  },
): DeviceShape {
  const { align, memmap, mode, extents } = wanted
  const usable = region.kind === 'static' ? extents.map((raw) => usableOf(raw, wanted)) : extents
  if (mode === 'system-ram' && extents.length > 0) requireMemoryBlock(usable, memoryBlock)
  return { align, memmap, mode, extents, ranges: rangesOf(usable) }
}

export interface Reshape {
  readonly size: Bytes
  readonly align: Align
  readonly mode: Mode
}

/**
 * The shape of a namespace's device after a change of size, align or mode.
 * Source: drivers/dax/bus.c `dev_dax_resize` and `align_store`.
 * @throws DaxError as {@link shapeNew}, `unsupported` for the size of a static namespace.
 */
export function shapeChanged(
  ground: Ground,
  device: DeviceShape & { readonly uid: string },
  change: Reshape,
  contiguous: boolean,
): DeviceShape {
  const { view, region } = ground
  requireAlign(region, change.align)
  const own = device.extents
  const before = totalSize(own)
  const unit = pieceUnit(region.granularity, change.align)
  if (region.kind === 'static' && change.size !== before) {
    throw new DaxError('unsupported', 'A namespace of a static region keeps its size.')
  }
  if (change.size > 0) checkSize({ size: change.size, unit })
  if (change.align !== device.align) requireAlignedExtents(own, change.align)
  const taken = takenIn(view, region, device.uid)
  const limit = shareLimit(view, region, shareOf(view, device))
  if (change.size > before) {
    requireWithin(region, bytes(change.size - before), { taken: [...taken, ...own], unit, limit })
  }
  const { placement } = region
  const extents =
    change.size > before
      ? planGrowth({
          region,
          taken,
          own,
          bytes: bytes(change.size - before),
          unit,
          placement,
          contiguous,
        })
      : planShrink(own, change.size)
  return shapeOf(ground, { ...change, memmap: device.memmap, extents })
}

interface Room {
  readonly taken: readonly Extent[]
  readonly unit: Bytes
  readonly limit: ShareLimit | null
}

/** @throws DaxError `share_exhausted`, or `no_space` where the rest is kept for shares. */
function requireWithin(region: RegionRecord, size: Bytes, { taken, unit, limit }: Room): void {
  if (limit === null || size <= limit.most) return
  throw limit.refusal(alignedGaps(region, taken, unit))
}

function placeNew(region: RegionRecord, request: NamespaceRequest, room: Room): Extent[] {
  const { taken, unit } = room
  const contiguous = request.contiguous || region.kind === 'static'
  const most = mostOf(region, request, room)
  const size = request.size === 'max' ? most : (request.size ?? bytes(0))
  if (request.size === 'max' && most === 0) {
    requireWithin(region, unit, room)
    throw new DaxError('no_space', `Region ${region.id} has nothing left.`, {
      available_size: 0,
      max_available_extent: 0,
    })
  }
  withinReach(most, most > 0 ? most : null, () => checkSize({ size, unit }))
  requireWithin(region, size, room)
  const { placement } = region
  return planGrowth({ region, taken, own: [], bytes: size, unit, placement, contiguous })
}

/**
 * A suggestion must succeed, so it is never more than what can be had; `instead` takes the place
 * of one that is.
 */
function withinReach<T>(most: Bytes, instead: Bytes | null, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof DaxError)) throw error
    const { suggested_size: suggested, ...facts } = error.facts
    if (suggested === undefined || suggested <= most) throw error
    const better = instead === null ? facts : { ...facts, suggested_size: instead }
    throw new DaxError(error.code, error.message, better)
  }
}

/** The largest size that the request could ask for now. */
function mostOf(region: RegionRecord, request: NamespaceRequest, room: Room): Bytes {
  const { taken, unit, limit } = room
  const gaps = alignedGaps(region, taken, unit)
  const contiguous = request.contiguous || region.kind === 'static'
  const most = contiguous ? maxAvailableExtent(gaps) : availableSize(gaps)
  return limit === null ? most : bytes(Math.min(most, alignDown(limit.most, unit)))
}

function placeExactly(region: RegionRecord, request: NamespaceRequest, room: Room): Extent[] {
  const wanted = request.ranges ?? []
  if (region.kind === 'static') {
    throw new DaxError('unsupported_ranges', `Region ${region.id} is static: it takes a size only.`)
  }
  const ranges = wanted.map(({ start, size }) => extent(start, size))
  const total = totalSize(ranges)
  if (request.size !== undefined && request.size !== total) {
    const asked = request.size === 'max' ? '"max"' : formatSize(request.size)
    const detail = `The ranges add up to ${formatSize(total)}, the size asked for is ${asked}.`
    throw new DaxError('ranges_mismatch', detail)
  }
  const isSplit = ranges.some(
    (range, at) => at > 0 && range.start !== endOf(ranges[at - 1] ?? range),
  )
  if (request.contiguous && isSplit) {
    throw new DaxError('ranges_mismatch', 'A contiguous namespace has its ranges end to end.')
  }
  const exact = planExact({ region, taken: room.taken, ranges, unit: room.unit })
  requireWithin(region, total, room)
  return exact
}

function usableOf(raw: Extent, { align, memmap }: { align: Align; memmap: Memmap }): Extent {
  return staticUsable({ start: raw.start, size: raw.size, align, memmap })
}

function requireAlign(region: RegionRecord, align: Align): void {
  if (region.supported_aligns.includes(align)) return
  const supported = region.supported_aligns.join(', ')
  const detail = `Region ${region.id} supports alignments ${supported}, not ${align}.`
  throw new DaxError('unsupported_align', detail)
}

/** A dynamic region's devices share its memmap; a static namespace has its own. */
function requireMemmap(region: RegionRecord, memmap: Memmap | undefined): Memmap {
  if (memmap === undefined || memmap === region.memmap) return region.memmap
  if (region.kind === 'static' && memmap !== 'none') return memmap
  const detail = `Region ${region.id} (${region.kind}) cannot have a device with memmap ${memmap}.`
  throw new DaxError('unsupported', detail)
}

function requireAlignedExtents(extents: readonly Extent[], align: Align): void {
  const odd = extents.find(({ start, size }) => start % align !== 0 || size % align !== 0)
  if (odd === undefined) return
  throw new DaxError(
    'unsupported_align',
    `The range at 0x${odd.start.toString(16)} of ${odd.size} bytes is no multiple of ${align}.`,
  )
}

/** Source: drivers/dax/kmem.c `dax_kmem_range`: ranges are trimmed inward to memory blocks. */
function requireMemoryBlock(ranges: readonly Extent[], block: Bytes | null): void {
  if (block === null) {
    throw new DaxError('unsupported', 'This kernel has no memory hotplug, so no mode system-ram.')
  }
  for (const { start, size } of ranges) {
    const first = Math.ceil(start / block) * block
    if (first + block <= start + size) return
  }
  const detail = `No range holds a whole aligned memory block of ${formatSize(block)}.`
  throw new DaxError('no_memory_block', detail)
}
