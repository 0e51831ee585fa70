import type { MappingRecord } from '../../core/model.ts'
import type { ReferenceCounts } from '../../core/references.ts'
import { createGroups } from './groups.ts'
import { createMappingGroups } from './mapping-groups.ts'
import { isOver } from './mapping-state.ts'

/** Mappings by their device and by their lease. */
export interface MappingIndexes {
  apply(before: MappingRecord | undefined, after: MappingRecord | undefined): void
  of(device: string): Iterable<string>
  endedOf(device: string): ReadonlySet<string>
  under(lease: string): Iterable<string>
}

/** Indexes over no mappings; `references` counts those that hold their devices. */
export function createMappingIndexes(references: ReferenceCounts): MappingIndexes {
  const inDevice = createMappingGroups()
  const ended = createGroups()
  const underLease = createMappingGroups()

  function leave(before: MappingRecord, after: MappingRecord | undefined): void {
    const { id, device, lease } = before
    if (after === undefined) inDevice.remove(device, id)
    if (lease !== null && lease !== after?.lease) underLease.remove(lease, id)
    const isCounted = after !== undefined && !isOver(after)
    if (isOver(before)) ended.remove(device, id)
    else if (!isCounted) references.release(device, 'mappings')
  }

  function enter(before: MappingRecord | undefined, after: MappingRecord): void {
    const { id, device, lease } = after
    if (before === undefined) inDevice.add(device, id)
    if (lease !== null && lease !== before?.lease) underLease.add(lease, id)
    const wasCounted = before !== undefined && !isOver(before)
    if (isOver(after)) ended.add(device, id)
    else if (!wasCounted) references.acquire(device, 'mappings')
  }

  return {
    apply(before, after) {
      if (before !== undefined) leave(before, after)
      if (after !== undefined) enter(before, after)
    },
    of: (device) => inDevice.of(device),
    endedOf: (device) => ended.of(device),
    under: (lease) => underLease.of(lease),
  }
}
