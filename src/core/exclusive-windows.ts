import { invariant } from './invariant.ts'
import type { Window } from './mapping-rules.ts'
import { createOrderedIndex, type Key, NONE } from './ordered-index.ts'

/** Windows that overlap no other, each under an id. Every call takes O(log n). */
export interface ExclusiveWindows {
  /** Adds a window; one that overlaps another is a defect and changes nothing. */
  add(id: string, window: Window): void
  /** Takes out a window; one that is not there under this id is a defect and changes nothing. */
  remove(id: string, window: Window): void
  /** The ids over any byte of the window, in address order, at most `limit`. O(log n + limit). */
  overlapping(window: Window, limit: number): string[]
  size(): number
}

/** No windows yet. */
export function createExclusiveWindows(): ExclusiveWindows {
  /** (end, offset) -> place in `ids`. Disjoint windows have the same order by end as by offset. */
  const places = createOrderedIndex()
  /** A place that is in `vacant` keeps its last id until it is used again. */
  const ids: string[] = []
  const vacant: number[] = []

  function overlapping(window: Window, limit: number): string[] {
    const found: string[] = []
    const end = window.offset + window.length
    let position = places.ceiling({ primary: window.offset, secondary: Number.POSITIVE_INFINITY })
    while (found.length < limit && position !== NONE && places.keyAt(position).secondary < end) {
      found.push(idAt(ids, places.valueAt(position)))
      position = places.next(position)
    }
    return found
  }

  return {
    add(id, window) {
      const isAlone = overlapping(window, 1).length === 0
      invariant(isAlone && window.length > 0, 'an exclusive window overlaps no other', window)
      const place = vacant.pop() ?? ids.length
      ids[place] = id
      places.insert(keyOf(window), place)
    },
    remove(id, window) {
      const position = places.find(keyOf(window))
      invariant(position !== NONE, 'a window that is removed was added', { id })
      const place = places.valueAt(position)
      invariant(idAt(ids, place) === id, 'a window is removed by the id it was added with', { id })
      places.remove(keyOf(window))
      vacant.push(place)
    },
    overlapping,
    size: () => places.size(),
  }
}

function keyOf({ offset, length }: Window): Key {
  return { primary: offset + length, secondary: offset }
}

function idAt(ids: readonly string[], place: number): string {
  const id = ids[place]
  invariant(id !== undefined, 'a place in use has an id', place)
  return id
}
