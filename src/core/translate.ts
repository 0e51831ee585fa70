/**
 * What a fault does: from a byte of a device to its physical address. Source of everything here:
 * `device-dax.md` section 5, drivers/dax/device.c `__dev_dax_{pte,pmd,pud}_fault` and
 * `dax_pgoff_to_phys`.
 */
import { type DeviceRange, piecesUnder } from './device-range.ts'
import { DaxError } from './errors.ts'
import { totalSize } from './extent.ts'
import { invariant } from './invariant.ts'
import { type Align, add, alignDown, alignUp, type Bytes, bytes, isMultiple } from './units.ts'

/** The page-table level that an entry sits on: 4 KiB, 2 MiB or 1 GiB. */
export type FaultLevel = 'pte' | 'pmd' | 'pud'

/** What becomes of a fault: an entry, a retry with the next smaller size, or the signal. */
export type FaultOutcome = 'map' | 'fallback' | 'sigbus'

/** How a device is laid out; `ranges` are in device order and leave no gap. */
export interface DeviceLayout {
  readonly ranges: readonly DeviceRange[]
  readonly align: Align
}

/** Where one byte of a device is. */
export interface Translation {
  /** Physical address of the byte itself. */
  readonly physical: Bytes
  /** Bytes from the device's start, as asked, not rounded to the unit. */
  readonly device_offset: Bytes
  readonly level: FaultLevel
  /** What one entry maps, bytes: always the device's align. */
  readonly page_size: Align
  /** The range that holds the unit. */
  readonly range: DeviceRange
}

/** In the order in which the kernel tries them. */
const FAULT_SIZES: readonly { readonly level: FaultLevel; readonly size: Align }[] = [
  { level: 'pud', size: bytes(1073741824) as Align },
  { level: 'pmd', size: bytes(2097152) as Align },
  { level: 'pte', size: bytes(4096) as Align },
]

/**
 * The fault at byte `offset` of a device. As in the kernel the whole align-sized unit is looked
 * up, from its first page on, and has to end inside the range that its first page is in. The
 * physical start of the unit is not checked against the align; the kernel does not either.
 *
 * @throws DaxError `out_of_range` (EINVAL) when the offset is beyond the device, `fault` (SIGBUS)
 *   when its unit does not lie wholly inside one range.
 */
export function translate(query: DeviceLayout & { readonly offset: Bytes }): Translation {
  const { ranges, align, offset } = query
  const range = rangeAt(ranges, offset)
  if (range === undefined) {
    throw new DaxError('out_of_range', `Offset ${offset} is not inside the device.`)
  }
  const unit = alignDown(offset, align)
  const skipped = unit - range.offset
  if (skipped < 0 || skipped + align > range.size) {
    throw new DaxError(
      'fault',
      `The ${align} bytes at offset ${unit} do not lie wholly inside one range.`,
    )
  }
  return {
    physical: bytes(range.start + (offset - range.offset)),
    device_offset: offset,
    level: levelOf(align),
    page_size: align,
    range,
  }
}

/** What the fault handler of `faultSize` does on a device of `align`; both in bytes. */
export function faultOutcome(faultSize: Align, align: Align): FaultOutcome {
  if (faultSize === align) return 'map'
  return faultSize > align ? 'fallback' : 'sigbus'
}

/**
 * True when some align-sized unit that the window touches does not lie wholly inside one range,
 * so that a byte of it would fault. Ranges that are neighbours in memory are still two ranges. A
 * window beyond the device has such units; an empty window touches none.
 *
 * @throws DaxError `overflow` when the last unit would end beyond 2^53-1.
 */
export function straddles(
  { ranges, align }: DeviceLayout,
  window: { readonly offset: Bytes; readonly length: Bytes },
): boolean {
  if (window.length === 0) return false
  const first = alignDown(window.offset, align)
  const end = alignUp(add(window.offset, window.length), align)
  const units = { offset: first, length: bytes(end - first) }
  const pieces = piecesUnder(ranges, units)
  if (totalSize(pieces) !== units.length) return true
  // The first piece begins on a unit, so units are whole as long as every piece ends on one.
  return pieces.some((piece) => !isMultiple(piece.size, align))
}

function rangeAt(ranges: readonly DeviceRange[], offset: Bytes): DeviceRange | undefined {
  return ranges.find((range) => offset >= range.offset && offset - range.offset < range.size)
}

/** Larger faults fall back and smaller ones are never reached, so each align has one level. */
function levelOf(align: Align): FaultLevel {
  const fault = FAULT_SIZES.find(({ size }) => faultOutcome(size, align) !== 'fallback')
  invariant(fault?.size === align, 'the first fault that does not fall back maps', { align })
  return fault.level
}
