/** What a principal may do, by and large; `core/policy.ts` says it in full. */
export const ROLES = ['admin', 'operator', 'tenant', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** How a principal was recognised: `anyone` where nobody is asked, `daxd` for daxd itself. */
export const VIAS = ['token', 'certificate', 'jwt', 'socket', 'anyone', 'daxd'] as const
export type Via = (typeof VIAS)[number]

/** Who asks. */
export interface Principal {
  readonly name: string
  readonly role: Role
  /** Whose objects it makes and, unless it may see all, sees; null for the host's own. */
  readonly tenant: string | null
  readonly via: Via
}

/** Everybody, where no credentials are asked for. */
export const ANYONE: Principal = { name: 'anyone', role: 'admin', tenant: null, via: 'anyone' }

/** The service itself: recovery, expiry, what the host did. */
export const DAXD: Principal = { name: 'daxd', role: 'admin', tenant: null, via: 'daxd' }
