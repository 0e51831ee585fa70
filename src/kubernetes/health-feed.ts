import type { NamespaceView } from '../../schemas/namespace.ts'
import type { RegionView } from '../../schemas/region.ts'
import type { Log } from '../ports/log.ts'
import type { DaxdClient } from './daxd-client.ts'
import { type DaxdState, HEALTH_RESEND_MS, healthOf, unknownHealth } from './device-health.ts'
import type { DeviceHealth, HealthMethods } from './dra-services.ts'
import type { ResponseStream } from './grpc-server.ts'

/** How often daxd is asked, in milliseconds: a failure is told within this time. */
const LOOK_INTERVAL_MS = 5_000

type HealthStream = ResponseStream<HealthMethods['NodeWatchResources']['response']>

/** Tells kubelets how the devices are: whole lists, upon a change and at least every 10 s. */
export interface HealthFeed {
  /** Adds a listener; it hears of the devices at once, and until its stream ends. */
  add(stream: HealthStream): void
  /** Looks once; does so by itself every 5 s while anybody listens. */
  look(): Promise<void>
  stop(): void
}

export interface HealthFeedDeps {
  readonly daxd: DaxdClient
  readonly poolName: string
  readonly log: Log
  readonly lookIntervalMs?: number
}

/** A feed without listeners; daxd is not asked before there is one. */
export function createHealthFeed(deps: HealthFeedDeps): HealthFeed {
  const streams = new Set<HealthStream>()
  let devices: readonly DeviceHealth[] = []
  let told = ''
  let sentAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null

  async function lookOnce(): Promise<void> {
    try {
      devices = healthOf(await stateOf(deps.daxd), deps.poolName, Date.now())
    } catch (error) {
      deps.log.warn({ err: error }, 'the health of the devices cannot be told')
      const why = error instanceof Error ? error.message : String(error)
      devices = unknownHealth(devices, why, Date.now())
    }
    const text = JSON.stringify(
      devices.map(({ device, health, message }) => [device, health, message]),
    )
    if (text === told && performance.now() - sentAt < HEALTH_RESEND_MS) return
    told = text
    sentAt = performance.now()
    for (const stream of streams) stream.send({ devices })
  }

  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = null
    })
    return looking
  }
  const timer = setInterval(() => {
    if (streams.size > 0) void look()
  }, deps.lookIntervalMs ?? LOOK_INTERVAL_MS)
  return {
    add(stream) {
      streams.add(stream)
      stream.ended.addEventListener('abort', () => streams.delete(stream), { once: true })
      // A list that is known already may be of long ago: nobody may have listened since.
      told = ''
      void look()
    },
    look,
    stop() {
      clearInterval(timer)
      for (const stream of streams) stream.end()
      streams.clear()
    },
  }
}

async function stateOf(daxd: DaxdClient): Promise<DaxdState> {
  const [reasons, regions, namespaces] = await Promise.all([
    readiness(daxd),
    daxd.list<RegionView>('/v1/regions'),
    daxd.list<NamespaceView>('/v1/namespaces'),
  ])
  return { reasons, regions, namespaces }
}

async function readiness(daxd: DaxdClient): Promise<readonly string[]> {
  const { status, body } = await daxd.probe('/readyz')
  if (status === 200) return []
  const reasons = (body as { reasons?: readonly string[] } | null)?.reasons
  return reasons ?? [`it answers ${status}`]
}
