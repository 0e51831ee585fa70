/**
 * Rules of the API server on ResourceSlices, as containers.md 1.2 and 1.4 saw and read them; ours,
 * not Kubernetes' own code.
 */
import { bytesOfQuantity } from '../../src/kubernetes/quantity.ts'

// biome-ignore lint/suspicious/noExplicitAny: any JSON that a client may send
type Json = any

export interface KubeDraft {
  readonly metadata: {
    readonly name: string
    readonly generateName?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly [key: string]: unknown
  }
  readonly [key: string]: Json
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const IDENTIFIER = /^([a-z0-9.-]+\/)?[A-Za-z_][A-Za-z0-9_]{0,31}$/
const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/
const DEVICES_MAX = 128
const ATTRIBUTES_MAX = 32
const STRING_LENGTH_MAX = 64

/** Why the server would refuse the slice, null when it would not. */
export function refuseSlice({ spec }: KubeDraft, before?: KubeDraft): string | null {
  const { driver, nodeName, pool, devices = [] } = spec
  if (typeof driver !== 'string' || driver.length > 63 || !DNS_SUBDOMAIN.test(driver)) {
    return `spec.driver: ${driver}`
  }
  if (typeof nodeName !== 'string' || nodeName === '') return 'spec.nodeName is required'
  if (!DNS_SUBDOMAIN.test(pool?.name ?? '')) return `spec.pool.name: ${pool?.name}`
  if (!(Number.isInteger(pool.generation) && pool.generation >= 0)) return 'spec.pool.generation'
  if (!(pool.resourceSliceCount >= 1)) return 'spec.pool.resourceSliceCount must be 1 or more'
  if (before !== undefined) {
    const fixed = (slice: Json) => [slice.driver, slice.nodeName, slice.pool.name].join()
    if (fixed(spec) !== fixed(before['spec'])) return 'driver, nodeName and pool.name are immutable'
  }
  if (devices.length > DEVICES_MAX) return `spec.devices: ${devices.length} of ${DEVICES_MAX}`
  const names = devices.map(({ name }: { name: string }) => name)
  if (new Set(names).size !== names.length) return 'spec.devices: duplicate names'
  for (const device of devices) {
    const why = refuseDevice(device)
    if (why !== null) return `spec.devices[${device.name}]: ${why}`
  }
  return null
}

/** What a server without the feature gate keeps: it drops the fields and says nothing. */
export function withoutConsumable(slice: KubeDraft): KubeDraft {
  const devices = (slice['spec'].devices ?? []).map((device: Json) => {
    const { allowMultipleAllocations: _dropped, capacity = {}, ...rest } = device
    const entries = Object.entries<Json>(capacity)
    return {
      ...rest,
      capacity: Object.fromEntries(entries.map(([name, { value }]) => [name, { value }])),
    }
  })
  return { ...slice, spec: { ...slice['spec'], devices } }
}

function refuseDevice(device: Json): string | null {
  const { name, attributes = {}, capacity = {}, allowMultipleAllocations = false } = device
  if (!DNS_LABEL.test(name)) return 'its name is no RFC 1123 label'
  const keys = [...Object.keys(attributes), ...Object.keys(capacity)]
  if (keys.length > ATTRIBUTES_MAX) return `${keys.length} attributes and capacities`
  const odd = keys.find((key) => !IDENTIFIER.test(key))
  if (odd !== undefined) return `${odd} is no identifier`
  for (const [key, value] of Object.entries<Json>(attributes)) {
    const why = refuseAttribute(value)
    if (why !== null) return `attributes[${key}]: ${why}`
  }
  for (const { value, requestPolicy } of Object.values<Json>(capacity)) {
    bytesOfQuantity(value)
    if (requestPolicy === undefined) continue
    if (!allowMultipleAllocations) return 'requestPolicy needs allowMultipleAllocations'
    const why = refusePolicy(requestPolicy)
    if (why !== null) return `requestPolicy: ${why}`
  }
  return null
}

function refuseAttribute(value: Json): string | null {
  const [kind, ...others] = Object.keys(value)
  if (kind === undefined || others.length > 0) return 'exactly one value'
  const held = value[kind]
  if (kind === 'string') return held.length <= STRING_LENGTH_MAX ? null : 'too long'
  if (kind === 'version') {
    return held.length <= STRING_LENGTH_MAX && SEMVER.test(held) ? null : 'no semantic version'
  }
  if (kind === 'int') return Number.isSafeInteger(held) ? null : 'no integer'
  if (kind === 'bool') return typeof held === 'boolean' ? null : 'no boolean'
  return `${kind} is unknown`
}

function refusePolicy({ default: usual, validRange }: Json): string | null {
  if (validRange === undefined) return null
  if (usual === undefined) return 'default is required with validRange'
  const min = bytesOfQuantity(validRange.min)
  const value = bytesOfQuantity(usual)
  const max = validRange.max === undefined ? null : bytesOfQuantity(validRange.max)
  if (value < min || (max !== null && (value > max || max < min))) return 'default is out of range'
  if (validRange.step === undefined) return null
  const step = bytesOfQuantity(validRange.step)
  if (step <= 0n) return 'step must be above 0'
  if ((value - min) % step !== 0n) return 'default is not min + k * step'
  if (max !== null && (max - min) % step !== 0n) return 'max is not min + k * step'
  return null
}
