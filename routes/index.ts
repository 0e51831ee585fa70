import type { FastifyPluginAsync } from 'fastify'
import { auditRoutes } from './audit.ts'
import { batchRoutes } from './batch.ts'
import { claimRoutes } from './claims.ts'
import { deviceRoutes } from './devices.ts'
import { eventRoutes } from './events.ts'
import { exportRoutes } from './export.ts'
import { handleRoutes } from './handles.ts'
import { hostRoutes } from './host.ts'
import { leaseRoutes } from './leases.ts'
import { mappingRoutes } from './mappings.ts'
import { namespaceRoutes } from './namespaces.ts'
import { operationRoutes } from './operations.ts'
import { reconciliationRoutes } from './reconciliation.ts'
import { regionRoutes } from './regions.ts'
import { createResponder } from './respond.ts'
import type { RouteDeps } from './route-deps.ts'
import { tenantRoutes } from './tenants.ts'
import { whoamiRoutes } from './whoami.ts'

/** Every route under /v1. */
export function allRoutes(
  services: RouteDeps['services'],
  examine: () => Promise<object>,
): readonly FastifyPluginAsync[] {
  const { idempotency, world } = services
  const responder = createResponder({ idempotency, world })
  const deps: RouteDeps = { services, responder }
  return [
    regionRoutes(deps),
    namespaceRoutes(deps),
    deviceRoutes(deps),
    handleRoutes(deps),
    mappingRoutes(deps),
    batchRoutes(deps),
    leaseRoutes(deps),
    claimRoutes(deps),
    operationRoutes(deps),
    tenantRoutes(deps),
    eventRoutes(deps),
    auditRoutes(deps),
    reconciliationRoutes(deps),
    exportRoutes(deps),
    hostRoutes(examine),
    whoamiRoutes,
  ] as readonly FastifyPluginAsync[]
}
