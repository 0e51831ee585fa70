/** The newest known state of all objects of one kind, as lists and events told it in any order. */
import { type ReadonlySignal, signal } from '@preact/signals'

interface Stored {
  readonly revision: number
}

export interface Table<T extends Stored> {
  /** Grows with every redraw that shows something new; read it to be drawn again. */
  readonly version: ReadonlySignal<number>
  get(id: string): T | undefined
  /** All of them; the same array until something changes. */
  rows(): readonly T[]
  readonly size: number
  /** Takes what is newer than what is known. True when it was. */
  put(row: T): boolean
  /** Takes what may be as new as what is known, but has other figures. */
  replace(row: T): void
  /** Takes a deletion at a revision, unless the name has a newer bearer. */
  remove(id: string, revision: number): boolean
  /** Forgets everything; what is put from now on may be older than what was known. */
  clear(): void
  /** From a load's begin to its end, deletions are kept: pages may come late. */
  remember(isLoading: boolean): void
  /** Tells readers, when something has changed since the last time. */
  tell(): void
}

/** An empty table of objects whose keys `keyOf` knows. */
export function createTable<T extends Stored>(keyOf: (row: T) => string): Table<T> {
  const known = new Map<string, T>()
  const deleted = new Map<string, number>()
  const version = signal(0)
  let cached: readonly T[] | null = null
  let isRemembering = false
  let isTold = true

  function changed(): true {
    cached = null
    isTold = false
    return true
  }

  return {
    version,
    get: (id) => known.get(id),
    rows() {
      cached ??= [...known.values()]
      return cached
    },
    get size() {
      return known.size
    },
    put(row) {
      const id = keyOf(row)
      const newest = Math.max(known.get(id)?.revision ?? -1, deleted.get(id) ?? -1)
      if (row.revision <= newest) return false
      known.set(id, row)
      return changed()
    },
    replace(row) {
      const id = keyOf(row)
      if (row.revision < (known.get(id)?.revision ?? 0)) return
      known.set(id, row)
      changed()
    },
    remove(id, revision) {
      if (isRemembering) deleted.set(id, revision)
      const row = known.get(id)
      if (row === undefined || row.revision > revision) return false
      known.delete(id)
      return changed()
    },
    clear() {
      known.clear()
      deleted.clear()
      changed()
    },
    remember(isLoading) {
      isRemembering = isLoading
      if (!isLoading) deleted.clear()
    },
    tell() {
      if (isTold) return
      isTold = true
      version.value += 1
    },
  }
}
