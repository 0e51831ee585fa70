const NONE: ReadonlySet<string> = new Set()

/** Sets of ids by some key; an empty set is dropped. */
export interface Groups {
  add(key: string | number, id: string): void
  remove(key: string | number, id: string): void
  of(key: string | number): ReadonlySet<string>
}

/** Groups without members. */
export function createGroups(): Groups {
  const groups = new Map<string | number, Set<string>>()
  return {
    add(key, id) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, new Set([id]))
      else group.add(id)
    },
    remove(key, id) {
      const group = groups.get(key)
      group?.delete(id)
      if (group?.size === 0) groups.delete(key)
    },
    of: (key) => groups.get(key) ?? NONE,
  }
}
