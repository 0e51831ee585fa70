import type { Holding } from './setting.ts'
import type { Standing } from './space.ts'

/** What daxd must tell of the clients' holdings; a sentence for each difference. */
export function differencesToBooks(standing: Standing, holdings: readonly Holding[]): string[] {
  const found: string[] = []
  let booked = 0
  for (const { chardev, handle, slots } of holdings) {
    if (!standing.handles.includes(handle)) found.push(`handle ${handle} is gone`)
    for (const { id, length } of slots) {
      booked += 1
      const there = standing.mappings.get(id)
      if (there === undefined) found.push(`mapping ${id} is gone`)
      else if (there.length !== length || there.chardev !== chardev || there.state !== 'live') {
        found.push(`mapping ${id} is ${JSON.stringify(there)}, not ${length} B on ${chardev}`)
      }
    }
  }
  const { mappings, handles } = standing
  if (mappings.size !== booked) found.push(`${mappings.size} mappings, not ${booked}`)
  if (handles.length !== holdings.length) {
    found.push(`${handles.length} handles, not ${holdings.length}`)
  }
  return found
}

/** What stands after a restart against what stood before; a sentence for each difference. */
export function differencesAfterRestart(before: Standing, after: Standing): string[] {
  const parts = ['handles', 'namespaces', 'regionFree'] as const
  const found = parts
    .filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]))
    .map((part) => `${part} differ after the restart`)
  if (before.mappings.size !== after.mappings.size) {
    found.push(`${after.mappings.size} mappings after the restart, not ${before.mappings.size}`)
  }
  for (const [id, mapping] of before.mappings) {
    const there = after.mappings.get(id)
    if (JSON.stringify(there) === JSON.stringify(mapping)) continue
    found.push(`mapping ${id} is ${JSON.stringify(there)} after the restart`)
  }
  return found
}
