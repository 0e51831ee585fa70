import type { Wipe } from '../core/vocabulary.ts'
import type { Backend } from '../ports/backend.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { ClaimSpecs } from './claim-specs.ts'
import type { RegionQueues } from './region-queues.ts'
import type { Wipes } from './wipes.ts'
import type { World } from './world/world.ts'

/** What the services that touch the host share. */
export interface HostDeps {
  readonly world: World
  readonly backend: Backend
  readonly queues: RegionQueues
  readonly clock: Clock
  readonly log: Log
  /** What container runtimes are told of claims. */
  readonly specs: ClaimSpecs
  /** Devices (by uid) that are to be open, but whose fence the host has not lifted yet. */
  readonly shut: Set<string>
  readonly wipes: Wipes
  /** How all memory is wiped at least. */
  readonly wipeMinimum: Wipe
}
