/** A tenant may hold one of so many parts of what all share, however little the others want. */
const PARTS = 4

/** What each tenant holds of something that all share, and that runs out. */
export interface TenantParts {
  /** Whether a tenant may hold so much more; the host's own callers may hold all there is. */
  mayTake(tenant: string | null, amount: number): boolean
  take(tenant: string | null, amount: number): void
  give(tenant: string | null, amount: number): void
}

/**
 * Parts of a limit of which nobody holds anything. Without them one tenant's calls that wait, or
 * that are never to be forgotten, would leave all the others with refusals.
 */
export function createTenantParts(limit: number): TenantParts {
  const most = Math.ceil(limit / PARTS)
  const held = new Map<string, number>()
  function add(tenant: string | null, amount: number): void {
    if (tenant === null) return
    const next = (held.get(tenant) ?? 0) + amount
    if (next === 0) held.delete(tenant)
    else held.set(tenant, next)
  }
  return {
    mayTake: (tenant, amount) => tenant === null || (held.get(tenant) ?? 0) + amount <= most,
    take: add,
    give: (tenant, amount) => add(tenant, -amount),
  }
}
