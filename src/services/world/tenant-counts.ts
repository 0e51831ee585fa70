import type { Owned } from '../../core/model.ts'
import type { Counted } from '../../core/quota.ts'
import type { Kind } from '../../core/vocabulary.ts'

const COUNTED_KINDS: Readonly<Partial<Record<Kind, Counted>>> = {
  namespace: 'namespaces',
  claim: 'claims',
  lease: 'leases',
  handle: 'handles',
  mapping: 'mappings',
}

/** How many objects each tenant has; the host's own are not counted. */
export interface TenantCounts {
  /** An object has become another; what is absent was not there, or is gone. */
  apply(kind: Kind, before: Owned | undefined, after: Owned | undefined): void
  of(what: Counted, tenant: string): number
}

/** Counts without tenants; a count that falls to nothing takes no room. */
export function createTenantCounts(): TenantCounts {
  const counts = new Map<string, number>()

  function add(what: Counted, tenant: string | null, by: 1 | -1): void {
    if (tenant === null) return
    const key = keyOf(what, tenant)
    const count = (counts.get(key) ?? 0) + by
    if (count === 0) counts.delete(key)
    else counts.set(key, count)
  }
  return {
    apply(kind, before, after) {
      const what = COUNTED_KINDS[kind]
      if (what === undefined) return
      if (before !== undefined) add(what, before.tenant, -1)
      if (after !== undefined) add(what, after.tenant, 1)
    },
    of: (what, tenant) => counts.get(keyOf(what, tenant)) ?? 0,
  }
}

function keyOf(what: Counted, tenant: string): string {
  return `${what} ${tenant}`
}
