import { invariant } from './invariant.ts'
import type { Window } from './mapping-rules.ts'
import { createOrderedIndex, type Key, NONE } from './ordered-index.ts'

/** Windows that overlap no other, each under a number. Every call takes O(log n). */
export interface ExclusiveWindows {
  /** Adds a window; one that overlaps another is a defect and changes nothing. */
  add(id: number, window: Window): void
  /** Takes out a window; one not there under this number is a defect and changes nothing. */
  remove(id: number, window: Window): void
  /** The numbers over a byte of the window, in address order, at most `limit`. O(log n + limit). */
  overlapping(window: Window, limit: number): number[]
  size(): number
}

/** No windows yet. */
export function createExclusiveWindows(): ExclusiveWindows {
  /** (end, offset) -> number. Disjoint windows have the same order by end as by offset. */
  const windows = createOrderedIndex()

  function overlapping(window: Window, limit: number): number[] {
    const found: number[] = []
    const end = window.offset + window.length
    let position = windows.ceiling({ primary: window.offset, secondary: Number.POSITIVE_INFINITY })
    while (found.length < limit && position !== NONE && windows.keyAt(position).secondary < end) {
      found.push(windows.valueAt(position))
      position = windows.next(position)
    }
    return found
  }

  return {
    add(id, window) {
      const isAlone = overlapping(window, 1).length === 0
      invariant(isAlone && window.length > 0, 'an exclusive window overlaps no other', window)
      windows.insert(keyOf(window), id)
    },
    remove(id, window) {
      const position = windows.find(keyOf(window))
      invariant(position !== NONE, 'a window that is removed was added', { id })
      const isSame = windows.valueAt(position) === id
      invariant(isSame, 'a window is removed by the number it was added with', { id })
      windows.remove(keyOf(window))
    },
    overlapping,
    size: () => windows.size(),
  }
}

function keyOf({ offset, length }: Window): Key {
  return { primary: offset + length, secondary: offset }
}
