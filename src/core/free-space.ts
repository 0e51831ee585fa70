import type { Extent } from './extent.ts'
import { invariant } from './invariant.ts'
import type { Window } from './mapping-rules.ts'
import {
  createOrderedIndex,
  type Key,
  NONE,
  type OrderedIndex,
  type Position,
} from './ordered-index.ts'
import { ALIGNS, type Align, alignDown, type Bytes, bytes, isAlign } from './units.ts'

/** What a place has to offer; `length` is a multiple of the space's align, bytes. */
export interface PlaceRequest {
  readonly length: Bytes
  /** The space's align or a larger one. */
  readonly align: Align
}

/**
 * The free bytes of `[0, size)` as maximal extents. Windows are multiples of the space's align,
 * not empty and inside the space; any other is a defect. A tail shorter than the align is never
 * free. Every search and change takes O(log n) of n free extents.
 */
export interface FreeSpace {
  /**
   * Best fit: of the free extents that hold the request, the one with the fewest usable bytes at
   * that align, then the lowest. Null only when no extent holds it. Changes nothing.
   */
  find(request: PlaceRequest): Bytes | null
  /** Takes a window that is wholly free; any other is a defect and changes nothing. */
  take(window: Window): void
  /** Gives back a window that is wholly taken; any other is a defect and changes nothing. */
  give(window: Window): void
  /** True when every byte of the window is free. */
  isFree(window: Window): boolean
  freeBytes(): Bytes
  /** The longest request that `find` can place at this align, 0 when there is none. */
  largest(align: Align): Bytes
  /** In address order. */
  extents(): Extent[]
}

/** A space that is free as a whole; what is beyond the last whole unit can never be had. */
export function createFreeSpace(layout: {
  readonly size: Bytes
  readonly align: Align
}): FreeSpace {
  const { align } = layout
  const space: Space = {
    end: alignDown(layout.size, align),
    align,
    holes: createOrderedIndex(),
    fits: ALIGNS.filter((each) => each >= align).map(fitOf),
    freeBytes: 0,
  }
  if (space.end > 0) addHole(space, { start: 0, end: space.end })
  return {
    find: (request) => find(space, request),
    take: (window) => take(space, window),
    give: (window) => give(space, window),
    isFree: (window) => holeAround(space, spanOf(space, window)) !== NONE,
    freeBytes: () => bytes(space.freeBytes),
    largest(wanted) {
      const { index } = fitFor(space, wanted)
      const last = index.last()
      return bytes(last === NONE ? 0 : index.keyAt(last).primary)
    },
    extents: () => extentsOf(space),
  }
}

interface Space {
  /** The first byte that can never be free. */
  readonly end: number
  readonly align: Align
  /** The free extents, (end, 0) -> start: taking the front of one changes no key. */
  readonly holes: OrderedIndex
  readonly fits: readonly Fit[]
  freeBytes: number
}

/** The free extents with anything usable at one align: (usable bytes, aligned start), no value. */
interface Fit {
  readonly align: Align
  readonly index: OrderedIndex
}

/** `[start, end)`, bytes. */
interface Span {
  readonly start: number
  readonly end: number
}

function fitOf(value: number): Fit {
  invariant(isAlign(value), 'a fit is of one of the aligns', value)
  return { align: value, index: createOrderedIndex() }
}

function fitFor(space: Space, align: Align): Fit {
  const fit = space.fits.find((each) => each.align === align)
  invariant(fit !== undefined, 'a place is not asked for below the align of the space', align)
  return fit
}

function find(space: Space, { length, align }: PlaceRequest): Bytes | null {
  invariant(length > 0 && length % space.align === 0, 'a length is a multiple of the align', length)
  const { index } = fitFor(space, align)
  const position = index.ceiling({ primary: length, secondary: 0 })
  if (position === NONE) return null
  const offset = bytes(index.keyAt(position).secondary)
  invariant(offset % align === 0, 'a place is aligned', offset)
  return offset
}

function take(space: Space, window: Window): void {
  const taken = spanOf(space, window)
  const position = holeAround(space, taken)
  invariant(position !== NONE, 'a window that is taken is wholly free', window)
  const { holes } = space
  const hole = { start: holes.valueAt(position), end: holes.keyAt(position).primary }
  const head = hole.start < taken.start ? { start: hole.start, end: taken.start } : null
  const tail = taken.end < hole.end ? { start: taken.end, end: hole.end } : null
  if (tail === null) holes.remove({ primary: hole.end, secondary: 0 })
  else holes.setValueAt(position, tail.start)
  if (head !== null) holes.insert({ primary: head.end, secondary: 0 }, head.start)
  refit(space, hole, tail ?? head)
  if (tail !== null && head !== null) refit(space, null, head)
  space.freeBytes -= window.length
  invariant(space.freeBytes >= 0, 'no more is taken than was free')
}

function give(space: Space, window: Window): void {
  const { holes } = space
  const given = spanOf(space, window)
  const near = holes.ceiling({ primary: given.start, secondary: 0 })
  const left = near !== NONE && holes.keyAt(near).primary === given.start ? near : NONE
  const after = left === NONE ? near : holes.next(left)
  const start = left === NONE ? given.start : holes.valueAt(left)
  if (after !== NONE) {
    invariant(holes.valueAt(after) >= given.end, 'a window that is given is wholly taken', window)
  }
  const isRight = after !== NONE && holes.valueAt(after) === given.end
  const end = isRight ? holes.keyAt(after).primary : given.end
  const right = isRight ? { start: given.end, end } : null
  if (isRight) holes.setValueAt(after, start)
  else holes.insert({ primary: end, secondary: 0 }, start)
  if (left !== NONE) {
    holes.remove({ primary: given.start, secondary: 0 })
    refit(space, { start, end: given.start }, null)
  }
  refit(space, right, { start, end })
  space.freeBytes += window.length
  invariant(space.freeBytes <= space.end, 'no more is free than there is')
}

function addHole(space: Space, hole: Span): void {
  space.holes.insert({ primary: hole.end, secondary: 0 }, hole.start)
  refit(space, null, hole)
  space.freeBytes += hole.end - hole.start
}

/** Where the free extent stands that the span lies wholly inside, or NONE. */
function holeAround({ holes }: Space, span: Span): Position {
  const position = holes.ceiling({ primary: span.end, secondary: 0 })
  return position !== NONE && holes.valueAt(position) <= span.start ? position : NONE
}

/** Replaces one free extent by another, or none, in every index by usable bytes. */
function refit({ fits }: Space, before: Span | null, after: Span | null): void {
  for (const { align, index } of fits) {
    const old = before === null ? null : usableOf(before, align)
    const fresh = after === null ? null : usableOf(after, align)
    // Most small changes leave what is usable at a large align as it was.
    if (old?.primary === fresh?.primary && old?.secondary === fresh?.secondary) continue
    if (old !== null) index.remove(old)
    if (fresh !== null) index.insert(fresh, 0)
  }
}

/** How an extent can be used at an align, null when not at all. */
function usableOf({ start, end }: Span, align: Align): Key | null {
  const rest = start % align
  const aligned = rest === 0 ? start : start + (align - rest)
  return aligned < end ? { primary: end - aligned, secondary: aligned } : null
}

function spanOf(space: Space, { offset, length }: Window): Span {
  const { align, end } = space
  invariant(length > 0, 'a window is not empty')
  invariant(offset % align === 0 && length % align === 0, 'a window is aligned', { offset, length })
  invariant(offset + length <= end, 'a window is inside the space', { offset, length, end })
  return { start: offset, end: offset + length }
}

function extentsOf({ holes }: Space): Extent[] {
  const extents: Extent[] = []
  for (let position = holes.first(); position !== NONE; position = holes.next(position)) {
    const start = holes.valueAt(position)
    extents.push({ start: bytes(start), size: bytes(holes.keyAt(position).primary - start) })
  }
  return extents
}
