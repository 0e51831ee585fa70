import type { Audit } from './audit-trail.ts'
import type { HostFigures } from './bounded-host.ts'
import type { Claims } from './claims.ts'
import type { HostDeps } from './deps.ts'
import type { DeviceLifecycle } from './device-lifecycle.ts'
import type { EventFeed } from './event-feed.ts'
import type { Idempotency } from './idempotency.ts'
import type { Leases } from './leases.ts'
import type { MappingBroker } from './mapping-broker.ts'
import type { Namespaces } from './namespaces.ts'
import type { Operations } from './operations.ts'
import type { Reconciliation } from './reconciliation.ts'
import type { RegionQueues } from './region-queues.ts'
import type { Regions } from './regions.ts'
import type { Rounds } from './rounds.ts'
import type { Tenants } from './tenants.ts'
import type { World } from './world/world.ts'

/** Every use case of the service, as the routes see them. */
export interface Services {
  readonly world: World
  readonly queues: RegionQueues
  /** What those share who change the host beside the use cases, such as a start. */
  readonly host: HostDeps
  /** Tells of a change of the host that was given up and has returned at last. */
  readonly onHostReturned: (listener: (region: number) => void) => void
  /** How the host answers. */
  readonly hostFigures: () => HostFigures
  /** Lets the calls of the host under way return or, soon, be given up: daxd ends. */
  readonly endHostCalls: () => void
  readonly regions: Regions
  readonly namespaces: Namespaces
  readonly devices: DeviceLifecycle
  readonly broker: MappingBroker
  readonly leases: Leases
  readonly claims: Claims
  readonly operations: Operations
  readonly tenants: Tenants
  readonly reconciliation: Reconciliation
  readonly events: EventFeed
  readonly idempotency: Idempotency
  readonly caretaker: Rounds
  readonly audit: Audit
}
