import { invariant } from '../../core/invariant.ts'
import { createOrderedIndex, NONE } from '../../core/ordered-index.ts'
import { mappingId, mappingNumber } from './mapping-number.ts'

/** Mappings by what they belong to, packed: 32 bytes for each instead of a set's hundred. */
export interface MappingGroups {
  add(group: string, id: string): void
  remove(group: string, id: string): void
  /** The ids in a group, oldest first. The groups must not change meanwhile. */
  of(group: string): Generator<string>
}

interface Group {
  readonly ordinal: number
  members: number
}

/** Groups without mappings; a group without members takes no room. */
export function createMappingGroups(): MappingGroups {
  /** (ordinal of the group, number of the mapping), no value. */
  const members = createOrderedIndex()
  const groups = new Map<string, Group>()
  let ordinals = 0

  function groupOf(name: string): Group {
    const known = groups.get(name)
    if (known !== undefined) return known
    const group = { ordinal: ordinals, members: 0 }
    ordinals += 1
    groups.set(name, group)
    return group
  }
  return {
    add(name, id) {
      const group = groupOf(name)
      members.insert({ primary: group.ordinal, secondary: mappingNumber(id) }, 0)
      group.members += 1
    },
    remove(name, id) {
      const group = groups.get(name)
      invariant(group !== undefined, 'a mapping that leaves a group was in it', { name, id })
      members.remove({ primary: group.ordinal, secondary: mappingNumber(id) })
      group.members -= 1
      if (group.members === 0) groups.delete(name)
    },
    *of(name) {
      const group = groups.get(name)
      if (group === undefined) return
      const { ordinal } = group
      let at = members.ceiling({ primary: ordinal, secondary: 0 })
      for (; at !== NONE && members.keyAt(at).primary === ordinal; at = members.next(at)) {
        yield mappingId(members.keyAt(at).secondary)
      }
    },
  }
}
