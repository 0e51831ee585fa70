import { createCaller } from './caller.ts'
import { type Audit, audit } from './endpoints/audit.ts'
import { type Claims, claims } from './endpoints/claims.ts'
import { type Devices, devices } from './endpoints/devices.ts'
import { type Events, events } from './endpoints/events.ts'
import { type Handles, handles } from './endpoints/handles.ts'
import { type Leases, leases } from './endpoints/leases.ts'
import { type Mappings, mappings } from './endpoints/mappings.ts'
import { type Namespaces, namespaces } from './endpoints/namespaces.ts'
import { type Operations, operations } from './endpoints/operations.ts'
import { type Regions, regions } from './endpoints/regions.ts'
import { type Service, service } from './endpoints/service.ts'
import { type Tenants, tenants } from './endpoints/tenants.ts'
import { type ClaimWish, type HeldClaim, type HoldOptions, holdClaim } from './held-claim.ts'
import { type HeldLease, holdLease, type LeaseWish } from './held-lease.ts'
import type { KeepOptions } from './lease-keeper.ts'
import type { CallOptions, ClientOptions } from './options.ts'

/**
 * A client of daxd. Bodies, queries and answers are the wire's own, under the wire's names; what is
 * the client's own business is in the options, in camelCase.
 */
export interface Daxd extends Service {
  readonly regions: Regions
  readonly namespaces: Namespaces
  readonly devices: Devices
  readonly handles: Handles
  readonly mappings: Mappings
  readonly leases: Leases
  readonly claims: Claims
  readonly operations: Operations
  readonly tenants: Tenants
  readonly audit: Audit
  readonly events: Events
  /**
   * Claims memory, keeps it by renewing its lease in the background, and gives it back at the end
   * of the block: `await using claim = await daxd.claim(...)`.
   */
  claim(wish: ClaimWish, options?: HoldOptions): Promise<HeldClaim>
  /** The same for a lease alone, for handles that are opened under it. */
  lease(wish: LeaseWish, options?: CallOptions & KeepOptions): Promise<HeldLease>
}

/** Makes a client; nothing is sent yet. @throws TypeError for an address that is none. */
export function createClient(options: ClientOptions = {}): Daxd {
  const caller = createCaller(options)
  return {
    ...service(caller),
    regions: regions(caller),
    namespaces: namespaces(caller),
    devices: devices(caller),
    handles: handles(caller),
    mappings: mappings(caller),
    leases: leases(caller),
    claims: claims(caller),
    operations: operations(caller),
    tenants: tenants(caller),
    audit: audit(caller),
    events: events(caller),
    claim: (wish, options) => holdClaim(caller, wish, options),
    lease: (wish, options) => holdLease(caller, wish, options),
  }
}
