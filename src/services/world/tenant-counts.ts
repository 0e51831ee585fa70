import type { Counted } from '../../core/quota.ts'

/** How many objects each tenant has; the host's own are not counted. */
export interface TenantCounts {
  add(what: Counted, tenant: string, by: 1 | -1): void
  of(what: Counted, tenant: string): number
}

/** Counts without tenants; a count that falls to nothing takes no room. */
export function createTenantCounts(): TenantCounts {
  const counts = new Map<string, number>()
  const keyOf = (what: Counted, tenant: string): string => `${what} ${tenant}`
  return {
    add(what, tenant, by) {
      const key = keyOf(what, tenant)
      const count = (counts.get(key) ?? 0) + by
      if (count === 0) counts.delete(key)
      else counts.set(key, count)
    },
    of: (what, tenant) => counts.get(keyOf(what, tenant)) ?? 0,
  }
}
