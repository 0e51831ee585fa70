import { invariant } from '../../core/invariant.ts'

/** Values that many records have in common: each is kept once, for as long as one refers to it. */
export interface Pool<V> {
  /** The place of the value with this key, made when there is none; counts one reference more. */
  acquire(key: string, make: () => V): number
  /** One reference less; with the last one the value is forgotten and its place used again. */
  release(place: number): void
  /** The value at a place that is referred to. */
  at(place: number): V
  /** How many different values there are. */
  size(): number
}

interface Shared<V> {
  readonly key: string
  readonly value: V
  references: number
}

/** A pool of no values yet. */
export function createPool<V>(): Pool<V> {
  const places = new Map<string, number>()
  const kept: (Shared<V> | undefined)[] = []
  const vacant: number[] = []

  function sharedAt(place: number): Shared<V> {
    const shared = kept[place]
    invariant(shared !== undefined, 'a place that is used has a value', place)
    return shared
  }
  return {
    acquire(key, make) {
      const known = places.get(key)
      if (known !== undefined) {
        sharedAt(known).references += 1
        return known
      }
      const place = vacant.pop() ?? kept.length
      kept[place] = { key, value: make(), references: 1 }
      places.set(key, place)
      return place
    },
    release(place) {
      const shared = sharedAt(place)
      shared.references -= 1
      if (shared.references > 0) return
      places.delete(shared.key)
      kept[place] = undefined
      vacant.push(place)
    },
    at: (place) => sharedAt(place).value,
    size: () => places.size,
  }
}
