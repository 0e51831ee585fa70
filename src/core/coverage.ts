import { invariant } from './invariant.ts'
import type { Window } from './mapping-rules.ts'
import { createOrderedIndex, NONE, type OrderedIndex, type Position } from './ordered-index.ts'
import { type Bytes, bytes } from './units.ts'

/**
 * How many windows lie over each byte of a device: windows may overlap. A change takes
 * O((1 + k) log n), k being the edges of other windows inside the window.
 */
export interface Coverage {
  /** Adds a window; returns the parts that nothing covered before, in address order. */
  add(window: Window): Window[]
  /**
   * Takes a window back; returns the parts that nothing covers now, in address order. A window of
   * which a part is not covered is a defect and changes nothing.
   */
  remove(window: Window): Window[]
  /** True when some window lies over some byte of this one. O(log n). */
  touches(window: Window): boolean
}

/** Coverage by no window yet. */
export function createCoverage(): Coverage {
  /**
   * (offset, 0) -> how many windows cover the bytes from there to the next step. Two steps in a
   * row never have the same count.
   */
  const steps = createOrderedIndex()
  steps.insert({ primary: 0, secondary: 0 }, 0)
  return {
    add: (window) => shift(steps, window, 1),
    remove(window) {
      invariant(isCovered(steps, window), 'a window that is taken back covers its bytes', window)
      return shift(steps, window, -1)
    },
    touches(window) {
      const position = floorOf(steps, window.offset)
      if (steps.valueAt(position) > 0) return true
      // The step after one of nothing is one of something.
      const next = steps.next(position)
      return next !== NONE && steps.keyAt(next).primary < window.offset + window.length
    },
  }
}

/** Adds `change` to every count in the window; returns the parts whose count is or was 0. */
function shift(steps: OrderedIndex, window: Window, change: 1 | -1): Window[] {
  const end = window.offset + window.length
  invariant(window.length > 0, 'a window is not empty')
  stepAt(steps, window.offset)
  stepAt(steps, end)
  const parts: Window[] = []
  let position = floorOf(steps, window.offset)
  let offset: number = window.offset
  while (offset < end) {
    const before = steps.valueAt(position)
    const after = before + change
    invariant(after >= 0, 'a count of windows is not negative')
    steps.setValueAt(position, after)
    position = steps.next(position)
    invariant(position !== NONE, 'the window ends at a step')
    const next = steps.keyAt(position).primary
    if (before === 0 || after === 0) parts.push(partOf(offset, next))
    offset = next
  }
  dropIdleStep(steps, window.offset)
  dropIdleStep(steps, end)
  return parts
}

function isCovered(steps: OrderedIndex, window: Window): boolean {
  const end = window.offset + window.length
  let position = floorOf(steps, window.offset)
  while (position !== NONE && steps.keyAt(position).primary < end) {
    if (steps.valueAt(position) === 0) return false
    position = steps.next(position)
  }
  return true
}

/** The step that byte `offset` belongs to; there is one at 0. */
function floorOf(steps: OrderedIndex, offset: number): Position {
  const position = steps.floor({ primary: offset, secondary: 0 })
  invariant(position !== NONE, 'every byte belongs to a step', offset)
  return position
}

/** Makes a step begin at `offset`. */
function stepAt(steps: OrderedIndex, offset: number): void {
  const position = floorOf(steps, offset)
  if (steps.keyAt(position).primary === offset) return
  steps.insert({ primary: offset, secondary: 0 }, steps.valueAt(position))
}

/** Drops the step at `offset` when it says no more than the one before it. */
function dropIdleStep(steps: OrderedIndex, offset: number): void {
  if (offset === 0) return
  const before = steps.valueAt(floorOf(steps, offset - 1))
  const key = { primary: offset, secondary: 0 }
  if (steps.valueAt(steps.find(key)) === before) steps.remove(key)
}

function partOf(offset: number, end: number): { offset: Bytes; length: Bytes } {
  return { offset: bytes(offset), length: bytes(end - offset) }
}
