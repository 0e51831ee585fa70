/**
 * May this be mapped? `api.md` "Mapping checks", steps 2 to 8, one guard a rule, in that order.
 * The kernel's side is section 3 of `device-dax.md`: the checks of mm/mmap.c come first, then
 * drivers/dax/device.c `check_vma`. Where daxd refuses what the kernel lets pass, the guard says
 * so.
 */
import type { DeviceLife } from './device.ts'
import type { DeviceRange } from './device-range.ts'
import { DaxError } from './errors.ts'
import { type Align, add, type Bytes, isAlign, isMultiple } from './units.ts'
import {
  type Access,
  MAP_FLAGS,
  type MapFlag,
  type Memmap,
  type Mode,
  type Prot,
} from './vocabulary.ts'

/** What a caller wants to map. */
export interface MapRequest {
  /** Bytes; 0 is representable so that it can be refused in its turn. */
  readonly length: Bytes
  /** Bytes from the device's start; absent lets the broker choose. */
  readonly offset?: Bytes
  /** What the offset shall be a multiple of; absent means the device's align. */
  readonly align?: Bytes
  readonly flags: readonly string[]
  readonly prot: readonly Prot[]
  readonly dontfork: boolean
  readonly exclusive: boolean
}

/** The part of a handle that the rules look at. */
export interface MapHandle {
  readonly generation: number
  readonly access: Access
}

/** `[offset, offset + length)` in a device's own address space, bytes. */
export interface Window {
  readonly offset: Bytes
  readonly length: Bytes
}

/** The part of a device that the rules look at. */
export interface MapSubject {
  readonly life: DeviceLife
  readonly size: Bytes
  readonly align: Align
  readonly memmap: Memmap
  readonly mode: Mode
  readonly ranges: readonly DeviceRange[]
  /** True when an align-sized unit of the window lies across two ranges. */
  straddles(window: Window): boolean
}

/** A request that passed steps 2 to 8, with duplicates folded and the align settled. */
export interface CheckedMapping {
  readonly length: Bytes
  /** Null when the broker has to choose. */
  readonly offset: Bytes | null
  readonly align: Align
  readonly flags: readonly MapFlag[]
  readonly prot: readonly Prot[]
  readonly dontfork: boolean
  readonly exclusive: boolean
}

/**
 * Steps 2 (from the generation on) to 8; the first rule broken decides. `unsupported_align` stands
 * first in step 6, because what the offset is measured against must be settled before it is.
 * Overlap and holes (steps 9 and 10) are the broker's.
 *
 * @throws DaxError in this order: `stale_generation`, `access_denied`; `zero_length`, `overflow`,
 *   `unknown_flag`; `draining`, `device_disabled`, `system_ram`; `not_shared`, `hugetlb`;
 *   `unsupported_align`, `misaligned_offset`, `misaligned_length`; `needs_dontfork`;
 *   `out_of_range`, `straddles_ranges`.
 */
export function checkMapping(
  request: MapRequest,
  handle: MapHandle,
  device: MapSubject,
): CheckedMapping {
  requireGeneration(handle, device)
  requireAccess(handle, request)
  requireLength(request)
  requireRepresentableEnd(request)
  const flags = requireKnownFlags(request)
  requireEnabled(device)
  requireDevdax(device)
  requireShared(flags)
  refuseHugetlb(flags)
  const align = requireSupportedAlign(request, device)
  requireAlignedOffset(request, align)
  requireAlignedLength(request, device)
  requireDontfork(request, device)
  requireInside(request, device)
  requireWholeUnits(request, device)
  return {
    length: request.length,
    offset: request.offset ?? null,
    align,
    flags,
    prot: [...new Set(request.prot)],
    dontfork: request.dontfork,
    exclusive: request.exclusive,
  }
}

/**
 * Refuses a new handle unless the device can be mapped through it. A system-ram device is told so
 * before that it is disabled, because enabling it would not help.
 * Source: device-dax.md 2.1, `chrdev_open` finds no cdev unless device_dax is bound; that daxd
 * refuses a dead device even where a cached cdev would let the open pass is stricter on purpose.
 *
 * @throws DaxError `draining` (EBUSY), `system_ram`, `device_disabled` (ENXIO).
 */
export function checkOpen(device: Pick<MapSubject, 'life' | 'mode'>): void {
  if (device.life.state !== 'draining') requireDevdax(device)
  requireEnabled(device)
}

/**
 * Step 2: a handle lives and dies with the generation it was opened in. Source: device-dax.md 2.4;
 * a rebound kernel device would serve old files again, daxd is stricter on purpose.
 */
function requireGeneration(handle: MapHandle, { life }: MapSubject): void {
  if (handle.generation === life.generation) return
  throw new DaxError(
    'stale_generation',
    `The handle is of generation ${handle.generation}, the device of ${life.generation}.`,
  )
}

/** Step 2: PROT_WRITE without a write-open is EACCES. Source: device-dax.md 3.1, point 11. */
function requireAccess({ access }: MapHandle, { prot }: MapRequest): void {
  if (access === 'rw' || !prot.includes('PROT_WRITE')) return
  throw new DaxError('access_denied', 'The handle is read-only and PROT_WRITE was asked for.')
}

/** Step 3. Source: device-dax.md 3.1, point 3. */
function requireLength({ length }: MapRequest): void {
  if (length === 0) throw new DaxError('zero_length', 'A mapping of 0 bytes cannot be made.')
}

/**
 * Step 3: the end must be a number that the wire can carry. Source: device-dax.md 3.1, point 5;
 * the kernel's bound is an unsigned long of pages, daxd's is 2^53-1 bytes.
 */
function requireRepresentableEnd({ offset, length }: MapRequest): void {
  if (offset !== undefined) add(offset, length)
}

/**
 * Step 3. Source: device-dax.md 3.1, point 11. The kernel refuses unknown flags only under
 * MAP_SHARED_VALIDATE and drops them silently under MAP_SHARED; daxd is stricter on purpose.
 */
function requireKnownFlags({ flags }: MapRequest): readonly MapFlag[] {
  const folded = [...new Set(flags)]
  if (folded.every(isMapFlag)) return folded
  const unknown = folded.filter((flag) => !isMapFlag(flag))
  throw new DaxError('unknown_flag', `Unknown mmap flags: ${unknown.join(', ')}.`)
}

function isMapFlag(flag: string): flag is MapFlag {
  return (MAP_FLAGS as readonly string[]).includes(flag)
}

/**
 * Step 4: a device that is not alive is ENXIO before anything else the driver looks at; one that
 * drains is daxd's own notion. Source: device-dax.md 3.2, row 1.
 */
function requireEnabled({ life }: Pick<MapSubject, 'life'>): void {
  if (life.state === 'enabled') return
  if (life.state === 'draining') {
    throw new DaxError('draining', 'The device is draining and takes no new users.')
  }
  throw new DaxError(
    'device_disabled',
    `The device is ${life.state}; its last generation is ${life.generation}.`,
  )
}

/** Step 4: under kmem a device is never alive. Source: device-dax.md 1.2. */
function requireDevdax({ mode }: Pick<MapSubject, 'mode'>): void {
  if (mode === 'devdax') return
  throw new DaxError('system_ram', 'The device is in mode system-ram and cannot be mapped.')
}

/**
 * Step 5: all private mappings fail, read-only ones too. Source: device-dax.md 3.2, row 2, as
 * fixed in v4.10 by "device-dax: fail all private mapping attempts".
 */
function requireShared(flags: readonly MapFlag[]): void {
  const shared = flags.includes('MAP_SHARED') || flags.includes('MAP_SHARED_VALIDATE')
  if (shared && !flags.includes('MAP_PRIVATE')) return
  throw new DaxError(
    'not_shared',
    `A dax device maps only MAP_SHARED or MAP_SHARED_VALIDATE, not [${flags.join(', ')}].`,
  )
}

/** Step 5: MAP_HUGETLB belongs to hugetlbfs files. Source: device-dax.md 3.1, point 2. */
function refuseHugetlb(flags: readonly MapFlag[]): void {
  if (!flags.includes('MAP_HUGETLB')) return
  throw new DaxError('hugetlb', 'MAP_HUGETLB is for hugetlbfs; the align decides the page size.')
}

/**
 * Step 6: the align asked for is one that the architecture has, and not finer than the device's.
 * The kernel knows no align of a mapping; daxd lets a caller ask for a coarser offset.
 * Source of the list: device-dax.md 1.6.
 */
function requireSupportedAlign(request: MapRequest, device: MapSubject): Align {
  const align = request.align ?? device.align
  if (isAlign(align) && align >= device.align) return align
  throw new DaxError(
    'unsupported_align',
    `${align} is not one of 4096, 2097152, 1073741824 from the device's ${device.align} on.`,
  )
}

/**
 * Step 6. Source: device-dax.md 3.2, row 3 and its notes: the kernel checks the address, not the
 * offset, and under MAP_FIXED lets a misaligned offset pass with undefined faults later. daxd is
 * stricter on purpose.
 */
function requireAlignedOffset({ offset }: MapRequest, align: Align): void {
  if (offset === undefined || isMultiple(offset, align)) return
  throw new DaxError('misaligned_offset', `Offset ${offset} is not a multiple of ${align}.`)
}

/** Step 6: start and end are multiples of the device's align. Source: device-dax.md 3.2, row 3. */
function requireAlignedLength({ length }: MapRequest, { align }: MapSubject): void {
  if (isMultiple(length, align)) return
  throw new DaxError('misaligned_length', `Length ${length} is not a multiple of ${align}.`)
}

/** Step 7: without struct pages a fork cannot be followed. Source: device-dax.md 3.2, row 4. */
function requireDontfork({ dontfork }: MapRequest, { memmap }: MapSubject): void {
  if (memmap !== 'none' || dontfork) return
  throw new DaxError('needs_dontfork', 'The device has memmap none; ask for dontfork.')
}

/**
 * Step 8. The kernel accepts a window beyond the device and answers its faults with SIGBUS
 * (device-dax.md 3.2, notes); daxd is stricter on purpose. Without an offset the length must fit.
 */
function requireInside({ offset, length }: MapRequest, { size }: MapSubject): void {
  const end = offset === undefined ? length : add(offset, length)
  if (end <= size) return
  const where = offset === undefined ? '' : ` at offset ${offset}`
  throw new DaxError('out_of_range', `${length} bytes${where} go beyond the device's ${size}.`)
}

/**
 * Step 8. Source: device-dax.md 5, a unit across two ranges cannot be translated and faults; the
 * kernel finds that out only at the fault, daxd is stricter on purpose.
 */
function requireWholeUnits({ offset, length }: MapRequest, device: MapSubject): void {
  if (offset === undefined || !device.straddles({ offset, length })) return
  throw new DaxError(
    'straddles_ranges',
    `A unit of ${device.align} bytes in ${length} at offset ${offset} lies across two of the ` +
      `device's ${device.ranges.length} ranges.`,
  )
}
