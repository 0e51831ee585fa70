/**
 * Who may do what: the one table, pure, and what it does not name is refused. Every route belongs
 * to an action; what an `own` means is up to the services, which know whose each object is.
 */
import type { Principal, Role } from './principal.ts'

/** Whose objects an action may touch: everybody's, those of the caller's tenant, nobody's. */
export type Grant = 'all' | 'own' | 'none'

const ALL_TO_OWN = { admin: 'all', operator: 'all', tenant: 'own', viewer: 'none' } as const
const SEEN_BY_ALL = { admin: 'all', operator: 'all', tenant: 'own', viewer: 'all' } as const
const OF_HOLDERS = { admin: 'all', operator: 'none', tenant: 'own', viewer: 'none' } as const
const OF_THE_HOST = { admin: 'all', operator: 'all', tenant: 'none', viewer: 'all' } as const
const HOST_CHANGES = { admin: 'all', operator: 'all', tenant: 'none', viewer: 'none' } as const
const ADMINS_ONLY = { admin: 'all', operator: 'none', tenant: 'none', viewer: 'none' } as const
const EVERYBODY = { admin: 'all', operator: 'all', tenant: 'all', viewer: 'all' } as const

/** The rights of each role, by action. */
export const POLICY = {
  // Everybody has to know where there is room; whose memory lies where is told by the map.
  'regions:read': EVERYBODY,
  'regions:map': OF_THE_HOST,
  'regions:change': HOST_CHANGES,
  'namespaces:read': SEEN_BY_ALL,
  'namespaces:change': ALL_TO_OWN,
  'devices:read': SEEN_BY_ALL,
  'devices:change': ALL_TO_OWN,
  'handles:read': SEEN_BY_ALL,
  'handles:change': OF_HOLDERS,
  'mappings:read': SEEN_BY_ALL,
  'mappings:change': OF_HOLDERS,
  'batch:change': OF_HOLDERS,
  'leases:read': SEEN_BY_ALL,
  'leases:change': OF_HOLDERS,
  'claims:read': SEEN_BY_ALL,
  'claims:change': OF_HOLDERS,
  'operations:read': SEEN_BY_ALL,
  'operations:change': ALL_TO_OWN,
  'events:read': SEEN_BY_ALL,
  'reconciliation:read': OF_THE_HOST,
  'reconciliation:change': HOST_CHANGES,
  'host:read': OF_THE_HOST,
  'metrics:read': OF_THE_HOST,
  'tenants:read': SEEN_BY_ALL,
  'tenants:change': ADMINS_ONLY,
  'audit:read': ADMINS_ONLY,
  'service:read': EVERYBODY,
} as const satisfies Record<string, Readonly<Record<Role, Grant>>>

/** What somebody may want to do, as `what:how`. */
export type Action = keyof typeof POLICY

/** True for an action of the table. */
export function isAction(text: string): text is Action {
  return Object.hasOwn(POLICY, text)
}

/**
 * What this principal may do by the action. Who belongs to a tenant never has more than its own,
 * whatever the role; what cannot be parted by tenants is then refused.
 */
export function grantOf({ role, tenant }: Principal, action: Action): Grant {
  const grant: Grant = POLICY[action][role]
  if (tenant === null) return grant === 'own' ? 'none' : grant
  if (grant !== 'all' || POLICY[action].tenant === 'all') return grant
  return POLICY[action].tenant === 'own' ? 'own' : 'none'
}
