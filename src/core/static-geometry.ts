/**
 * libnvdimm's geometry of a devdax namespace: how much of what it takes off the region can be
 * mapped. The info block and, with memmap `dev`, the struct pages lie in front; the data begin and
 * end at multiples of max(align, sub-section).
 *
 * Source: drivers/nvdimm/pfn_devs.c `nd_pfn_init`. The kernel enables no namespace with memmap
 * `none`; on the emulated host such a one keeps its info block and nothing else.
 */
import { DaxError } from './errors.ts'
import { type Extent, extent } from './extent.ts'
import { invariant } from './invariant.ts'
import { formatSize } from './size-text.ts'
import {
  type Align,
  add,
  alignDown,
  alignUp,
  type Bytes,
  bytes,
  isMultiple,
  KIB,
  MIB,
  maxBytes,
  PAGE_SIZE,
} from './units.ts'
import type { Memmap } from './vocabulary.ts'

/** Sizes of static namespaces are multiples of it. Source: the region's `align` under libnvdimm. */
export const STATIC_GRANULARITY = bytes(16 * MIB)

/** What can be mapped as device memory at the least. Source: `memremap_compat_align`, generic. */
export const SUBSECTION = bytes(2 * MIB)

/** Info block and what is kept in front of it. Source: `SZ_8K` in `nd_pfn_init`. */
const INFO_BLOCK_SIZE = bytes(8 * KIB)

/** Source: `MAX_STRUCT_PAGE_SIZE` in drivers/nvdimm/nd.h. */
const STRUCT_PAGE_BYTES = 64

export interface StaticSlice {
  readonly start: Bytes
  /** What is taken off the region. */
  readonly size: Bytes
  readonly align: Align
  readonly memmap: Memmap
}

/**
 * The part of a static namespace that can be mapped.
 * @throws DaxError EINVAL `too_small` with `suggested_size` when nothing is left,
 *   `misaligned_start` when the start is no multiple of {@link SUBSECTION}; EOVERFLOW `overflow`.
 */
export function staticUsable(slice: StaticSlice): Extent {
  if (!isMultiple(slice.start, SUBSECTION)) {
    throw new DaxError(
      'misaligned_start',
      `The start 0x${slice.start.toString(16)} is not a multiple of ${formatSize(SUBSECTION)}.`,
    )
  }
  const unit = maxBytes(slice.align, SUBSECTION)
  const from = alignUp(add(slice.start, metadataSize(slice.size, slice.memmap)), unit)
  const to = alignDown(add(slice.start, slice.size), unit)
  if (from >= to) throw tooSmall(slice, unit)
  return extent(from, bytes(to - from))
}

/**
 * The smallest size to take off the region, a multiple of `granularity` and `align`, of which at
 * least `usable` bytes can be mapped when the start is a multiple of both.
 * @throws DaxError EOVERFLOW `overflow` when there is none up to 2^53-1.
 */
export function staticRawSize(wanted: {
  readonly usable: Bytes
  readonly align: Align
  readonly memmap: Memmap
  readonly granularity: Bytes
}): Bytes {
  const step = maxBytes(wanted.align, wanted.granularity)
  const unit = maxBytes(wanted.align, SUBSECTION)
  invariant(isMultiple(step, unit), 'a granularity is whole sub-sections', wanted.granularity)
  // The metadata only grow with the size, so going up from the smallest candidate ends at the
  // smallest solution; each round adds at most 1/64 of the last, so few are needed.
  let raw = step
  for (;;) {
    const offset = alignUp(metadataSize(raw, wanted.memmap), unit)
    const needed = alignUp(add(offset, wanted.usable), step)
    if (needed <= raw) return raw
    raw = needed
  }
}

function metadataSize(size: Bytes, memmap: Memmap): Bytes {
  if (memmap !== 'dev' || size <= INFO_BLOCK_SIZE) return INFO_BLOCK_SIZE
  const pages = Math.floor((size - INFO_BLOCK_SIZE) / PAGE_SIZE)
  return add(INFO_BLOCK_SIZE, bytes(pages * STRUCT_PAGE_BYTES))
}

function tooSmall({ start, size, align, memmap }: StaticSlice, unit: Bytes): DaxError {
  // A start between two units loses at most one of them to both ends together.
  const usable = isMultiple(start, unit) ? unit : bytes(2 * unit)
  return new DaxError(
    'too_small',
    `Of ${formatSize(size)} nothing is left to map at align ${formatSize(align)}` +
      ` with memmap ${memmap}.`,
    { suggested_size: staticRawSize({ usable, align, memmap, granularity: STATIC_GRANULARITY }) },
  )
}
