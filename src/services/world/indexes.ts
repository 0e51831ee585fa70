import type {
  DeviceRecord,
  HandleRecord,
  LeaseRecord,
  NamespaceRecord,
  Owned,
  RecordOf,
} from '../../core/model.ts'
import type { Counted } from '../../core/quota.ts'
import { createReferenceCounts, type References } from '../../core/references.ts'
import type { Kind } from '../../core/vocabulary.ts'
import { createGroups } from './groups.ts'
import { createMappingIndexes } from './mapping-indexes.ts'
import { createTenantCounts } from './tenant-counts.ts'

/** What can be derived from the records, kept up to date change by change. */
export interface Indexes {
  apply<K extends Kind>(
    kind: K,
    before: RecordOf[K] | undefined,
    after: RecordOf[K] | undefined,
  ): void
  /** The uid of the device that bears the name now, removed ones aside. */
  bearer(chardev: string): string | undefined
  /** Every known bearer of the name, removed ones included, oldest first. */
  bearers(chardev: string): readonly string[]
  /** Devices of a region, removed ones aside. */
  devicesOf(region: number): ReadonlySet<string>
  handlesOf(device: string): ReadonlySet<string>
  /** Oldest first; the state must not change while they are looked at. */
  mappingsOf(device: string): Iterable<string>
  /** Mappings that are over and whose place is wiped first, or could not be. */
  endedMappingsOf(device: string): ReadonlySet<string>
  handlesUnder(lease: string): ReadonlySet<string>
  mappingsUnder(lease: string): Iterable<string>
  namespaceByUuid(uuid: string): string | undefined
  claimOf(lease: string): string | null
  references(device: string): References
  /** How many objects a tenant has. */
  countOf(what: Counted, tenant: string): number
}

/** Indexes over no records; {@link Indexes.apply} keeps them true. */
export function createIndexes(): Indexes {
  const current = new Map<string, string>()
  const named = createGroups()
  const inRegion = createGroups()
  const handlesOf = createGroups()
  const handlesUnder = createGroups()
  const uuids = new Map<string, string>()
  const claims = new Map<string, string>()
  const references = createReferenceCounts()
  const mappings = createMappingIndexes(references)
  const counts = createTenantCounts()

  function device(before: DeviceRecord | undefined, after: DeviceRecord | undefined): void {
    if (before !== undefined) {
      named.remove(before.chardev, before.uid)
      inRegion.remove(before.region, before.uid)
      if (current.get(before.chardev) === before.uid) current.delete(before.chardev)
    }
    if (after === undefined) return
    named.add(after.chardev, after.uid)
    if (after.life.state === 'removed') return
    inRegion.add(after.region, after.uid)
    current.set(after.chardev, after.uid)
  }

  function handle(before: HandleRecord | undefined, after: HandleRecord | undefined): void {
    if (before !== undefined && after === undefined) {
      references.release(before.device, 'handles')
      handlesOf.remove(before.device, before.id)
      if (before.lease !== null) handlesUnder.remove(before.lease, before.id)
    }
    if (before !== undefined || after === undefined) return
    references.acquire(after.device, 'handles')
    handlesOf.add(after.device, after.id)
    if (after.lease !== null) handlesUnder.add(after.lease, after.id)
  }

  function namespace(before?: NamespaceRecord, after?: NamespaceRecord): void {
    if (before !== undefined) uuids.delete(before.uuid)
    if (after !== undefined) uuids.set(after.uuid, after.name)
  }

  function lease(before: LeaseRecord | undefined, after: LeaseRecord | undefined): void {
    if (before !== undefined) claims.delete(before.id)
    if (after !== undefined && after.claim !== null) claims.set(after.id, after.claim)
  }

  const appliers: {
    readonly [K in Kind]?: (b: RecordOf[K] | undefined, a: RecordOf[K] | undefined) => void
  } = { device, handle, mapping: mappings.apply, namespace, lease }

  return {
    apply(kind, before, after) {
      appliers[kind]?.(before, after)
      counts.apply(kind, before as Owned | undefined, after as Owned | undefined)
    },
    bearer: (chardev) => current.get(chardev),
    bearers: (chardev) => [...named.of(chardev)],
    devicesOf: (region) => inRegion.of(region),
    handlesOf: (uid) => handlesOf.of(uid),
    mappingsOf: mappings.of,
    endedMappingsOf: mappings.endedOf,
    handlesUnder: (id) => handlesUnder.of(id),
    mappingsUnder: mappings.under,
    namespaceByUuid: (uuid) => uuids.get(uuid),
    claimOf: (id) => claims.get(id) ?? null,
    references: (uid) => references.of(uid),
    countOf: counts.of,
  }
}
