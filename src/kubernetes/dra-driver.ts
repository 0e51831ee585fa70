import type { Log } from '../ports/log.ts'
import { createClaimTurns } from './claim-turns.ts'
import {
  type ClaimTriple,
  type DraMethods,
  draServices,
  healthServices,
  type PrepareAnswer,
  registrationService,
  SUPPORTED_VERSIONS,
  type UnprepareAnswer,
} from './dra-services.ts'
import { bindService, type GrpcBinding, type GrpcServer, serveGrpc } from './grpc-server.ts'
import { createHealthFeed, type HealthFeed } from './health-feed.ts'
import { keepDoing } from './keep-doing.ts'
import { createOrphanSweep } from './orphan-sweep.ts'
import { type PluginSocketsInput, pluginSockets, removeDeadSockets } from './plugin-sockets.ts'
import { type DraDeps, prepareClaim } from './prepare-claim.ts'
import { explain } from './refusal-advice.ts'
import { unprepareClaim } from './unprepare-claim.ts'

const PLUGIN_TYPE = 'DRAPlugin'
const SWEEP_INTERVAL_MS = 60_000
/** Longer than an API server or a kubelet takes to come back with what it knows. */
const ORPHAN_GRACE_MS = 300_000

export interface DraDriverOptions extends DraDeps {
  readonly log: Log
  readonly kubeletDirectory: string
  readonly instance: string | null
  /**
   * Called whenever a kubelet asks who we are or says that it has taken us: it has just started, or
   * has lost the plugin, and has deleted the node's ResourceSlices.
   */
  readonly onKubelet: () => void
  readonly sweepIntervalMs?: number
  readonly orphanGraceMs?: number
  readonly healthIntervalMs?: number
}

export interface DraDriver {
  readonly sockets: { readonly registration: string; readonly dra: string }
  /** Takes the sockets away first, so that no new call comes. Safe to repeat. */
  stop(): Promise<void>
}

/**
 * Starts the node's side of the driver: the service first and then the registration, since a
 * kubelet dials in as soon as it sees the latter's socket. It keeps nothing itself: daxd's claims
 * are its records, so it may be killed at any point, and two of it may run side by side.
 */
export async function startDraDriver(options: DraDriverOptions): Promise<DraDriver> {
  const { log, owner } = options
  const where: PluginSocketsInput = { ...options, driverName: owner.driverName }
  const sockets = pluginSockets(where)
  await removeDeadSockets(where)
  const turns = createClaimTurns()
  const health = createHealthFeed({
    daxd: options.daxd,
    poolName: owner.nodeName,
    log,
    ...(options.healthIntervalMs === undefined ? {} : { lookIntervalMs: options.healthIntervalMs }),
  })
  const calls = claimCalls(options, (uid, work) => turns.take(uid, work))
  const servers: GrpcServer[] = []
  try {
    servers.push(await serveGrpc(sockets.dra, draBindings(calls, health, log)))
    servers.unshift(await serveGrpc(sockets.registration, [registration(options, sockets.dra)]))
  } catch (error) {
    health.stop()
    for (const server of servers) await server.stop()
    throw error
  }
  const graceMs = options.orphanGraceMs ?? ORPHAN_GRACE_MS
  const sweeping = createOrphanSweep({ ...options, turns, graceMs })
  const sweeps = keepDoing(
    'the sweep of orphans',
    options.sweepIntervalMs ?? SWEEP_INTERVAL_MS,
    log,
    () => sweeping.sweep(),
  )
  return {
    sockets,
    async stop() {
      health.stop()
      for (const server of servers) await server.stop()
      await sweeps.stop()
    },
  }
}

function registration(options: DraDriverOptions, endpoint: string): GrpcBinding {
  const { log, owner, onKubelet } = options
  return bindService(
    registrationService,
    {
      async GetInfo() {
        onKubelet()
        const name = owner.driverName
        return { type: PLUGIN_TYPE, name, endpoint, supported_versions: SUPPORTED_VERSIONS }
      },
      async NotifyRegistrationStatus({ plugin_registered: isRegistered, error }) {
        if (isRegistered) log.info({ driver: owner.driverName }, 'registered with the kubelet')
        else log.error({ driver: owner.driverName, reason: error }, 'the kubelet refuses us')
        onKubelet()
        return {}
      },
    },
    told(log),
  )
}

interface ClaimCalls {
  prepare(triple: ClaimTriple): Promise<PrepareAnswer>
  unprepare(triple: ClaimTriple): Promise<UnprepareAnswer>
}

/** Calls for one claim come one after the other; each answers, whatever happens. */
function claimCalls(
  options: DraDriverOptions,
  take: <T>(uid: string, work: () => Promise<T>) => Promise<T>,
): ClaimCalls {
  const { log } = options
  return {
    async prepare(triple) {
      const answer = await take(triple.uid, () => prepareClaim(options, triple)).catch(
        (error: unknown): PrepareAnswer => ({ devices: [], error: explain(error) }),
      )
      if (answer.error === '') log.info({ ...triple, devices: answer.devices }, 'claim prepared')
      else log.warn({ ...triple, reason: answer.error }, 'claim not prepared')
      return answer
    },
    async unprepare(triple) {
      const answer = await take(triple.uid, () => unprepareClaim(options, triple)).catch(
        (error: unknown): UnprepareAnswer => ({ error: explain(error) }),
      )
      if (answer.error === '') log.info(triple, 'claim unprepared')
      else log.warn({ ...triple, reason: answer.error }, 'claim not unprepared')
      return answer
    },
  }
}

function draBindings(calls: ClaimCalls, health: HealthFeed, log: Log): readonly GrpcBinding[] {
  const handlers = {
    NodePrepareResources: async ({ claims }: DraMethods['NodePrepareResources']['request']) => ({
      claims: await forEach(claims, calls.prepare),
    }),
    NodeUnprepareResources: async ({
      claims,
    }: DraMethods['NodeUnprepareResources']['request']) => ({
      claims: await forEach(claims, calls.unprepare),
    }),
  }
  return [
    ...Object.values(draServices).map((service) => bindService(service, handlers, told(log))),
    ...Object.values(healthServices).map((service) =>
      bindService(
        service,
        { NodeWatchResources: (_request, stream) => health.add(stream) },
        told(log),
      ),
    ),
  ]
}

/** An answer for every claim asked for, by its uid. */
async function forEach<T>(
  claims: readonly ClaimTriple[],
  answer: (triple: ClaimTriple) => Promise<T>,
): Promise<Record<string, T>> {
  const pairs = await Promise.all(
    claims.map(async (triple) => [triple.uid, await answer(triple)] as const),
  )
  return Object.fromEntries(pairs)
}

function told(log: Log) {
  return (err: unknown, method: string): void => log.error({ err, method }, 'a call has failed')
}
