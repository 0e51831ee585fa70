import type { NamespaceView } from '../../schemas/namespace.ts'
import type { RegionView } from '../../schemas/region.ts'
import { namespaceDeviceName, regionDeviceName } from './device-names.ts'
import type { DeviceHealth } from './dra-services.ts'

/** A list is sent at least this often; a kubelet calls devices unknown after 30 s without one. */
export const HEALTH_RESEND_MS = 10_000
const HEALTH_TIMEOUT_S = 30
/** The kubelet's bound for a message. */
const MESSAGE_LENGTH_MAX = 1024

/** What daxd says of itself and its memory. */
export interface DaxdState {
  /** Why it is not ready; empty when it is. */
  readonly reasons: readonly string[]
  readonly regions: readonly RegionView[]
  readonly namespaces: readonly NamespaceView[]
}

type Health = Pick<DeviceHealth, 'health' | 'message'>

/**
 * The health of everything that pods may have a part of: each region and each namespace, by the
 * names that ResourceSlices have for them. A kubelet passes over those that it does not know.
 */
export function healthOf(
  state: DaxdState,
  poolName: string,
  nowMs: number,
): readonly DeviceHealth[] {
  const told = (deviceName: string, { health, message }: Health): DeviceHealth => ({
    device: { pool_name: poolName, device_name: deviceName },
    health,
    last_updated_time: Math.floor(nowMs / 1000),
    health_check_timeout_seconds: HEALTH_TIMEOUT_S,
    message: message.slice(0, MESSAGE_LENGTH_MAX),
  })
  return [
    ...state.regions.map((region) => told(regionDeviceName(region.id), ofRegion(state, region))),
    ...state.namespaces.map((one) => told(namespaceDeviceName(one.name), ofNamespace(state, one))),
  ]
}

/** The same devices when daxd gives no answer: nobody knows, and containers still have theirs. */
export function unknownHealth(
  last: readonly DeviceHealth[],
  why: string,
  nowMs: number,
): readonly DeviceHealth[] {
  return last.map((one) => ({
    ...one,
    health: 'UNKNOWN',
    last_updated_time: Math.floor(nowMs / 1000),
    message: why.slice(0, MESSAGE_LENGTH_MAX),
  }))
}

function ofRegion({ reasons }: DaxdState, region: RegionView): Health {
  const { state, drift } = region
  if (state !== 'enabled') return sick(`Region ${region.id} is ${state}.`)
  if (drift !== null) return sick(`Region ${region.id}: ${drift}`)
  return service(reasons)
}

function ofNamespace(daxd: DaxdState, { name, state, region }: NamespaceView): Health {
  if (state === 'failed') return sick(`Namespace ${name} has failed.`)
  const below = daxd.regions.find(({ id }) => id === region)
  return below === undefined ? service(daxd.reasons) : ofRegion(daxd, below)
}

/** A daxd that cannot write its ledger can make nothing new, but what is there is good. */
function service(reasons: readonly string[]): Health {
  if (reasons.length === 0) return { health: 'HEALTHY', message: '' }
  return { health: 'UNKNOWN', message: `daxd is not ready: ${reasons.join(', ')}` }
}

function sick(message: string): Health {
  return { health: 'UNHEALTHY', message }
}
