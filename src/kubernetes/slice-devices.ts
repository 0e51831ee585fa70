import type { ClaimView } from '../../schemas/claim.ts'
import type { NamespaceView } from '../../schemas/namespace.ts'
import type { RegionView } from '../../schemas/region.ts'
import { DaxError } from '../core/errors.ts'
import { pieceUnit } from '../core/region-space.ts'
import { staticUsable } from '../core/static-geometry.ts'
import { alignDown, type Bytes, bytes, isAlign } from '../core/units.ts'
import { LABELS, type Owner } from './claim-records.ts'
import { namespaceDeviceName, regionDeviceName } from './device-names.ts'
import { quantityOfBytes } from './quantity.ts'

/** A namespace with this label is handed out whole; it needs `pool: true`, too. */
export const WHOLE_LABEL = { key: 'daxd.io/kubernetes', value: 'whole' } as const

/** Longer strings are refused by the API server; a cut one would match what it should not. */
const ATTRIBUTE_LENGTH_MAX = 64

type Attribute =
  | { readonly string: string }
  | { readonly int: number }
  | { readonly bool: boolean }
  | { readonly version: string }

interface RequestPolicy {
  readonly default: string
  readonly validRange: { readonly min: string; readonly max: string; readonly step: string }
}

/** A device of a ResourceSlice, `resource.k8s.io/v1`. */
export interface SliceDevice {
  readonly name: string
  readonly allowMultipleAllocations?: true
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly capacity: {
    readonly size: { readonly value: string; readonly requestPolicy?: RequestPolicy }
  }
}

/** What daxd has, as one look at it found it. */
export interface HostMemory {
  readonly regions: readonly RegionView[]
  readonly namespaces: readonly NamespaceView[]
  readonly claims: readonly ClaimView[]
}

/**
 * Kubernetes' share of each region, as a device of which pods take parts. Its capacity is what pods
 * have of it and what they can have besides, so that the scheduler, which takes off what it has
 * allocated, arrives at what daxd has. Regions without room for one unit are left out.
 */
export function regionDevices(
  { regions, claims }: HostMemory,
  owner: Owner,
  share: string,
): SliceDevice[] {
  return regions.flatMap((region) => {
    const figures = region.shares[share]
    const isOffered = region.state === 'enabled' && region.schedulable
    if (figures === undefined || !isOffered) return []
    const name = regionDeviceName(region.id)
    const step = pieceUnit(bytes(region.granularity), bytes(region.align))
    const held = heldBytes(claims, owner, name)
    const value = held + usableBytes(region, bytes(figures.available))
    if (value < step) return []
    const capacity = capacityOf({ value, step, most: mostOf(region, figures.available, value) })
    return [{ name, allowMultipleAllocations: true, attributes: attributesOf(region), capacity }]
  })
}

/** The namespaces that are handed out whole: the only devices where parts cannot be asked for. */
export function namespaceDevices({ regions, namespaces }: HostMemory): SliceDevice[] {
  return namespaces.flatMap((namespace) => {
    const { name, labels, pool, state, enabled, ranges } = namespace
    const region = regions.find(({ id }) => id === namespace.region)
    const isOffered = labels[WHOLE_LABEL.key] === WHOLE_LABEL.value && pool && enabled
    if (region === undefined || !isOffered || state !== 'active') return []
    const size = ranges.reduce((sum, range) => sum + range.size, 0)
    if (size === 0) return []
    const attributes = { ...attributesOf(region), ...text('namespace', name) }
    attributes['align'] = { int: namespace.align }
    return [
      {
        name: namespaceDeviceName(name),
        attributes,
        capacity: { size: { value: quantityOfBytes(BigInt(size)) } },
      },
    ]
  })
}

/** What the scheduler has allocated of a device; what is being given back it has not any more. */
function heldBytes(claims: readonly ClaimView[], owner: Owner, device: string): number {
  return claims
    .filter(
      ({ labels, state }) =>
        labels[LABELS.driver] === owner.driverName &&
        labels[LABELS.node] === owner.nodeName &&
        labels[LABELS.device] === device &&
        state !== 'releasing',
    )
    .reduce((sum, { size }) => sum + size, 0)
}

/** What can be mapped of so much of a region: a static one keeps metadata in it. */
function usableBytes(region: RegionView, raw: Bytes): number {
  if (region.kind === 'dynamic') return raw
  const size = alignDown(raw, bytes(region.granularity))
  const { align, memmap } = region
  if (size === 0 || !isAlign(align)) return 0
  try {
    return staticUsable({ start: bytes(region.start), size, align, memmap }).size
  } catch (error) {
    if (error instanceof DaxError) return 0
    throw error
  }
}

/** A dynamic region's device may have many ranges; a static one's has a single one. */
function mostOf(region: RegionView, available: number, value: number): number {
  if (region.kind === 'dynamic') return value
  return usableBytes(region, bytes(Math.min(available, region.max_available_extent)))
}

/** The API server's rules: max and default are min + k * step. */
function capacityOf(wanted: {
  readonly value: number
  readonly step: Bytes
  readonly most: number
}): SliceDevice['capacity'] {
  const step = quantityOfBytes(BigInt(wanted.step))
  // Where nothing can be had now, the counted capacity keeps the scheduler from taking a unit.
  const max = Math.max(wanted.step, alignDown(bytes(wanted.most), wanted.step))
  return {
    size: {
      value: quantityOfBytes(BigInt(wanted.value)),
      requestPolicy: {
        default: step,
        validRange: { min: step, max: quantityOfBytes(BigInt(max)), step },
      },
    },
  }
}

/** What selectors in CEL can ask, as in `device.attributes["daxd.io"].numaNode == 1`. */
function attributesOf(region: RegionView): Record<string, Attribute> {
  return {
    region: { int: region.id },
    ...text('provider', region.provider),
    ...text('kind', region.kind),
    ...text('persistence', region.media.persistence),
    ...text('media', region.media.type),
    ...text('path', region.path),
    numaNode: { int: region.numa_node },
    targetNode: { int: region.target_node },
    align: { int: region.align },
    structPages: { bool: region.memmap !== 'none' },
  }
}

function text(name: string, value: string): Record<string, Attribute> {
  return value.length > ATTRIBUTE_LENGTH_MAX ? {} : { [name]: { string: value } }
}
