import { type Coverage, createCoverage } from './coverage.ts'
import type { DeviceRange } from './device-range.ts'
import { createExclusiveWindows, type ExclusiveWindows } from './exclusive-windows.ts'
import { type Extent, extent, gapsOf } from './extent.ts'
import { createFreeSpace, type FreeSpace, type PlaceRequest } from './free-space.ts'
import { invariant } from './invariant.ts'
import type { Window } from './mapping-rules.ts'
import { createOrderedIndex, NONE, type OrderedIndex } from './ordered-index.ts'
import { type Align, alignDown, alignUp, type Bytes, bytes } from './units.ts'

/** What a mapping takes of a device; a shared one lets other shared ones in. */
export interface MappedWindow extends Window {
  readonly exclusive: boolean
}

/**
 * The address space of one device: which offsets its live mappings take, and where there is room.
 * Windows are multiples of the device's align, not empty and inside the device; any other is a
 * defect. Calls take O(log n) of n live mappings where nothing else is said. A tail of the device
 * that is shorter than its align is never handed out.
 */
export interface DeviceSpace {
  /**
   * The lowest of the best fits free of every live mapping, exclusive or shared, and of every unit
   * that lies across two ranges. Null only when there is none. Changes nothing.
   */
  find(request: PlaceRequest): Bytes | null
  /**
   * Numbers of the live mappings that forbid a window, at most `limit`, which is above 0: any that
   * overlap an exclusive one, the exclusive ones that overlap a shared one. Empty when it may be
   * granted. Refusing an exclusive window over shared mappings looks at all shared ones.
   */
  conflicts(window: MappedWindow, limit: number): number[]
  /**
   * Enters a mapping. It is a defect, and changes nothing, when something forbids the window or
   * the number of a shared one is known already. O((k + 1) log n) for a shared mapping, k being the
   * edges of other shared mappings inside its window.
   */
  insert(id: number, window: MappedWindow): void
  /** Takes a mapping out; one never inserted with this window is a defect and changes nothing. */
  remove(id: number, window: MappedWindow): void
  /** True when the window touches an align-sized unit that does not lie inside one range. */
  straddles(window: Window): boolean
  /** Bytes that `find` can still hand out, in whatever pieces. */
  freeBytes(): Bytes
  /** The longest request that `find` can place at this align, 0 when there is none. */
  largest(align: Align): Bytes
  liveCount(): number
}

/** The layout of a device; `ranges` is what can be mapped, in device order. */
export interface SpaceLayout {
  readonly size: Bytes
  readonly align: Align
  readonly ranges: readonly DeviceRange[]
}

/** The space of a device without mappings. Windows are placed in whole units inside its ranges. */
export function createDeviceSpace(layout: SpaceLayout): DeviceSpace {
  const parts = partsOf(layout)
  const { free, exclusive, shared } = parts
  return {
    find: (request) => free.find(request),
    conflicts: (window, limit) => conflicts(parts, window, limit),
    insert(id, window) {
      requireWholeUnits(parts, window)
      if (window.exclusive) insertExclusive(parts, id, window)
      else insertShared(parts, id, window)
    },
    remove(id, window) {
      if (window.exclusive) removeExclusive(parts, id, window)
      else removeShared(parts, id, window)
    },
    straddles: (window) => straddles(parts, window),
    freeBytes: () => free.freeBytes(),
    largest: (align) => free.largest(align),
    liveCount: () => exclusive.size() + shared.size,
  }
}

interface Parts {
  readonly align: Align
  /** The first byte beyond the last whole unit. */
  readonly end: Bytes
  /** Neither mapped nor blocked. */
  readonly free: FreeSpace
  readonly exclusive: ExclusiveWindows
  readonly shared: Map<number, Window>
  /** How many shared mappings lie over each byte. */
  readonly coverage: Coverage
  /** Units across two ranges: (end, start), no value. */
  readonly blocked: OrderedIndex
}

function partsOf(layout: SpaceLayout): Parts {
  const end = alignDown(layout.size, layout.align)
  const free = createFreeSpace(layout)
  const blocked = createOrderedIndex()
  for (const { start, size } of blockedIn(layout, end)) {
    free.take({ offset: start, length: size })
    blocked.insert({ primary: start + size, secondary: start }, 0)
  }
  const coverage = createCoverage()
  const exclusive = createExclusiveWindows()
  return { align: layout.align, end, free, exclusive, shared: new Map(), coverage, blocked }
}

/**
 * The units below `end` that do not lie wholly inside one range. A fault looks its whole unit up
 * in one range and gives SIGBUS otherwise, even where the next range is the neighbour in memory.
 * Source: device-dax.md 5, drivers/dax/device.c `dax_pgoff_to_phys`.
 */
function blockedIn({ align, ranges }: SpaceLayout, end: Bytes): Extent[] {
  if (end === 0) return []
  const whole: Extent[] = []
  for (const { offset, size } of ranges) {
    const first = alignUp(offset, align)
    const last = alignDown(bytes(offset + size), align)
    if (first < last) whole.push({ start: first, size: bytes(last - first) })
  }
  return gapsOf(extent(bytes(0), end), whole)
}

function requireWholeUnits(parts: Parts, window: Window): void {
  const { offset, length } = window
  invariant(length > 0, 'a mapping is not empty')
  invariant(offset % parts.align === 0, 'a mapping begins on a unit', offset)
  invariant(length % parts.align === 0, 'a mapping is of whole units', length)
  invariant(!straddles(parts, window), 'a mapping lies on usable units of the device', offset)
}

function straddles({ blocked, end }: Parts, { offset, length }: Window): boolean {
  if (offset + length > end) return true
  const position = blocked.ceiling({ primary: offset, secondary: Number.POSITIVE_INFINITY })
  return position !== NONE && blocked.keyAt(position).secondary < offset + length
}

function conflicts(parts: Parts, window: MappedWindow, limit: number): number[] {
  invariant(limit > 0, 'a refusal names at least one mapping')
  const ids = parts.exclusive.overlapping(window, limit)
  if (!window.exclusive || !parts.coverage.touches(window)) return ids
  for (const [id, other] of parts.shared) {
    if (ids.length >= limit) break
    if (isOver(other, window)) ids.push(id)
  }
  return ids
}

function isOver(left: Window, right: Window): boolean {
  return left.offset < right.offset + right.length && right.offset < left.offset + left.length
}

/** Exclusive, shared and blocked windows are all not free, so taking it finds every conflict. */
function insertExclusive(parts: Parts, id: number, window: Window): void {
  parts.free.take(window)
  parts.exclusive.add(id, window)
}

function removeExclusive(parts: Parts, id: number, window: Window): void {
  parts.exclusive.remove(id, window)
  parts.free.give(window)
}

function insertShared(parts: Parts, id: number, { offset, length }: Window): void {
  const { free, exclusive, shared, coverage } = parts
  const window = { offset, length }
  invariant(!shared.has(id), 'a number is inserted once', { id })
  const isAllowed = exclusive.overlapping(window, 1).length === 0
  invariant(isAllowed, 'a shared mapping overlaps no exclusive one', { id })
  shared.set(id, window)
  for (const part of coverage.add(window)) free.take(part)
}

function removeShared(parts: Parts, id: number, window: Window): void {
  const { free, shared, coverage } = parts
  const known = shared.get(id)
  const isSame = known?.offset === window.offset && known.length === window.length
  invariant(isSame, 'a mapping is removed with the window it was inserted with', { id })
  shared.delete(id)
  for (const part of coverage.remove(window)) free.give(part)
}
