import type { Bytes } from '../core/units.ts'
import type { Wipe } from '../core/vocabulary.ts'
import type { Backend } from '../ports/backend.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeviceSpecs } from '../ports/device-specs.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Tracer } from '../ports/trace.ts'
import { createAnsweringQueues } from './answering-queues.ts'
import { createAudit } from './audit-trail.ts'
import { createBoundedHost, HOST_BOUNDS, type HostBounds } from './bounded-host.ts'
import { createCaretaker } from './caretaker.ts'
import { type ClaimSpecs, createClaimSpecs, createNoSpecs } from './claim-specs.ts'
import { createClaims } from './claims.ts'
import { createDeviceLifecycle } from './device-lifecycle.ts'
import { createDrains } from './drains.ts'
import { createEventFeed } from './event-feed.ts'
import { createIdempotency } from './idempotency.ts'
import { createLeases } from './leases.ts'
import { createMappingBroker } from './mapping-broker.ts'
import { resumeMappingWipes, watchEndedMappings } from './mapping-wipe.ts'
import { createNamespaces } from './namespaces.ts'
import { type HostCall, observedHost } from './observed-host.ts'
import { withdrawFirst } from './offered-host.ts'
import { createOperations } from './operations.ts'
import { createReconciliation } from './reconciliation.ts'
import { recover } from './recovery.ts'
import { createRegionQueues } from './region-queues.ts'
import { createRegions } from './regions.ts'
import type { Services } from './services.ts'
import { createTenants } from './tenants.ts'
import { tracedHost, tracedQueues, tracedWipes, tracedWorld } from './traced.ts'
import { createWipePace } from './wipe-pace.ts'
import { createWipes } from './wipes.ts'
import { createWorld, type Describe, type World } from './world/world.ts'

/** Host calls that are still under way when daxd ends have this long to return. */
const LAST_CALLS_MS = 10_000

/** What is wanted of all wiping. */
export interface WipeSettings {
  readonly minimum: Wipe
  /** Bytes a second over all regions; null for as fast as it goes. */
  readonly rate: Bytes | null
}

const NO_WIPING: WipeSettings = { minimum: 'none', rate: null }

export interface ServiceParts {
  readonly backend: Backend
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
  readonly describe: Describe
  readonly digest: (text: string) => string
  /** How long the host is waited for; {@link HOST_BOUNDS} by default. */
  readonly hostBounds?: HostBounds
  /** Where container runtimes look for claims by name; nowhere by default. */
  readonly deviceSpecs?: DeviceSpecs
  /** How all memory is wiped at least, and how fast; not at all and at any rate by default. */
  readonly wiping?: WipeSettings
  /** Told of each call of the host when it has ended, or when it is waited for no more. */
  readonly onHostCall?: (call: HostCall) => void
  /** Where traces are told; nowhere by default, and then nothing is done for them. */
  readonly tracer?: Tracer
}

/** The services, agreed with the host and ready to be asked; {@link stopServices} ends them. */
export async function createServices(parts: ServiceParts): Promise<Services> {
  const { ledger, clock, log, digest, hostBounds: bounds = HOST_BOUNDS } = parts
  const bounded = createBoundedHost({ backend: parts.backend, clock, log, bounds })
  const withSpans = <T>(tool: T, traced: (tool: T, tracer: Tracer) => T): T =>
    parts.tracer === undefined ? tool : traced(tool, parts.tracer)
  const world = withSpans(await openWorld(parts), tracedWorld)
  const specs = specsOf(parts, world)
  const observed = observedHost(bounded.backend, clock, parts.onHostCall ?? (() => undefined))
  const backend = withdrawFirst(withSpans(observed, tracedHost), specs)
  const events = createEventFeed({ world, ledger, clock })
  const queues = createAnsweringQueues(withSpans(createRegionQueues(), tracedQueues), bounded)
  const operations = createOperations({ world, clock, log })
  const { minimum: wipeMinimum, rate } = parts.wiping ?? NO_WIPING
  const pace = createWipePace(rate)
  const plainWipes = createWipes({ world, backend, queues, clock, log, operations, pace })
  const wipes = withSpans(plainWipes, tracedWipes)
  const shared = { world, backend, queues, clock, log, specs, shut: new Set<string>() }
  const host = { ...shared, wipes, wipeMinimum }
  const drains = createDrains({ ...host, operations })
  const leases = createLeases({ world, clock, log, claims: () => claims })
  const claims = createClaims({ ...host, operations, leases })
  const recovery = { ...host, operations, claims }
  await recover(recovery)
  resumeMappingWipes(host)
  await leases.start()
  const idempotency = createIdempotency({ world, clock, log, digest })
  idempotency.start()
  const namespaces = createNamespaces({ ...host, operations, drains })
  const broker = createMappingBroker({ world })
  watchEndedMappings(host)
  const caretaker = createCaretaker(recovery)
  caretaker.start()
  const audit = createAudit({ world, ledger, clock, log })
  audit.start()
  return {
    world,
    queues,
    host,
    onHostReturned: bounded.onReturned,
    hostFigures: bounded.figures,
    endHostCalls() {
      wipes.stop()
      bounded.giveUp(LAST_CALLS_MS)
    },
    regions: createRegions(host),
    namespaces,
    devices: createDeviceLifecycle({ ...host, operations, drains }),
    broker,
    leases,
    claims,
    operations,
    tenants: createTenants({ world, clock, operations, claims, leases, broker, namespaces }),
    reconciliation: createReconciliation(recovery),
    events,
    idempotency,
    caretaker,
    audit,
  }
}

function specsOf({ deviceSpecs: specs, clock, log }: ServiceParts, world: World): ClaimSpecs {
  return specs === undefined
    ? createNoSpecs({ world })
    : createClaimSpecs({ world, clock, log, specs })
}

/** The world, with what goes wrong in it told to the log. */
function openWorld({ ledger, clock, describe, log }: ServiceParts): Promise<World> {
  return createWorld({
    ledger,
    clock,
    describe,
    onRollback: (err) => log.error({ err }, 'a commit failed; its changes were taken back'),
    onStall(err) {
      if (err === null) log.info({}, 'the disk answers again')
      else log.error({ err }, 'a commit hangs; changes are refused until the disk answers')
    },
    onListenerDefect: (err) => log.error({ err }, 'defect'),
  })
}

/** Stops what runs by itself and waits for what is under way; new calls must have ended before. */
export async function stopServices(services: Services): Promise<void> {
  services.leases.stop()
  services.idempotency.stop()
  services.caretaker.stop()
  services.audit.stop()
  services.host.wipes.stop()
  await services.host.wipes.idle()
  await services.queues.idle()
  await services.world.idle()
}
