import { effectiveWipe } from '../core/effective-wipe.ts'
import { DaxError } from '../core/errors.ts'
import type {
  ClaimRecord,
  ClaimRequest,
  DeviceRecord,
  NamespaceRecord,
  NamespaceRequest,
  RegionRecord,
} from '../core/model.ts'
import { pieceUnit } from '../core/region-space.ts'
import { staticRawSize } from '../core/static-geometry.ts'
import { type Align, alignUp, type Bytes, bytes } from '../core/units.ts'
import type { Access, Prot, Wipe } from '../core/vocabulary.ts'
import type { Leases } from './leases.ts'
import { need } from './lookup.ts'
import { mapDevice, openDevice } from './references.ts'
import { misfit } from './selection.ts'
import { takeCount } from './tenant-rules.ts'
import { wipeMinimumOf } from './wipe-minimum.ts'
import type { Draft, Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** What says how memory is wiped at least. */
export interface WipeGround {
  readonly world: Pick<World, 'working'>
  readonly wipeMinimum: Wipe
}

/** A claim that has nothing yet. */
export function emptyClaim(
  { world, wipeMinimum }: WipeGround,
  name: string,
  request: ClaimRequest,
  state: ClaimRecord['state'],
  cdi_device: string | null,
): Draft<'claim'> {
  const minimum = wipeMinimumOf(world.working, request.tenant ?? null, wipeMinimum)
  return {
    name,
    request,
    state,
    namespace: null,
    device: null,
    chardev: null,
    path: null,
    handle: null,
    mapping: null,
    lease: null,
    offset: bytes(0),
    length: bytes(0),
    cdi_device,
    wipe: effectiveWipe({ requested: request.wipe, ...minimum }),
    problem: null,
    tenant: request.tenant ?? null,
    labels: request.labels,
  }
}

/** What the holder of a claim may do to its memory. */
export function rightsOf({ access = 'rw' }: ClaimRequest): {
  readonly access: Access
  readonly prot: readonly Prot[]
} {
  return { access, prot: access === 'rw' ? ['PROT_READ', 'PROT_WRITE'] : ['PROT_READ'] }
}

/** What a claim gets of its device: where, and how much. */
export interface Place {
  /** Absent lets the broker choose. */
  readonly offset?: Bytes
  readonly length: Bytes
}

/**
 * Gives a claim its lease, handle and mapping in one transaction.
 * @throws DaxError `no_hole` (ENOSPC) when a slice finds no room, or a mapping rule's refusal.
 */
export function grantClaim(
  tx: Transaction,
  leases: Leases,
  claim: ClaimRecord,
  target: { readonly namespace: NamespaceRecord; readonly device: DeviceRecord },
  place: Place,
  state: ClaimRecord['state'] = 'active',
): ClaimRecord {
  const { device, namespace } = target
  const { tenant } = claim
  const { holder, ttl_ms } = claim.request
  const lease =
    ttl_ms === undefined ? null : leases.grant(tx, { holder, ttl_ms, tenant }, claim.name)
  const owner = { lease: lease?.id ?? null, claim: claim.name, tenant }
  const { access, prot } = rightsOf(claim.request)
  takeCount(tx.view, tenant, 'handles')
  takeCount(tx.view, tenant, 'mappings')
  const handle = openDevice(tx, device, { holder, access, labels: {}, ...owner })
  const mapping = mapDevice(tx, handle, {
    ...place,
    flags: ['MAP_SHARED'],
    prot,
    dontfork: device.memmap === 'none',
    exclusive: true,
    labels: {},
    align: alignIn(device, claim.request),
  })
  return tx.update('claim', claim, {
    state,
    namespace: namespace.name,
    device: device.uid,
    chardev: device.chardev,
    path: device.path,
    handle: handle.id,
    mapping: mapping.id,
    lease: lease?.id ?? null,
    offset: mapping.offset,
    length: mapping.length,
    problem: null,
  })
}

/** The namespace that a dedicated claim needs in a region: rounded up so that it is usable. */
export function dedicatedRequest(region: RegionRecord, request: ClaimRequest): NamespaceRequest {
  const align: Align = request.align ?? region.align
  const { share, tenant } = request
  return {
    region: region.id,
    size: rawSize(region, request.size, align),
    align,
    mode: 'devdax',
    contiguous: false,
    pool: false,
    enabled: true,
    wipe: request.wipe,
    ...(share === undefined ? {} : { share }),
    ...(tenant === undefined ? {} : { tenant }),
    labels: {},
  }
}

function rawSize(region: RegionRecord, usable: Bytes, align: Align): Bytes {
  const { granularity, memmap } = region
  if (region.kind === 'dynamic') return alignUp(usable, pieceUnit(granularity, align))
  return staticRawSize({ usable, align, memmap, granularity })
}

/**
 * The pool that a slice is placed in: the fullest one with room, so that large holes last.
 * @throws DaxError `no_pool` (ENOSPC) when no enabled pool fits, `no_hole` when none has room.
 */
export function choosePool(
  tx: Transaction,
  request: ClaimRequest,
): { readonly namespace: NamespaceRecord; readonly device: DeviceRecord; readonly place: Place } {
  const issues: { path: string; message: string }[] = []
  let best: { namespace: NamespaceRecord; device: DeviceRecord; length: Bytes } | null = null
  let bestFree = Number.POSITIVE_INFINITY
  let pools = 0
  for (const namespace of tx.view.after('namespace', -1)) {
    // Of the pools of others a claim is not even told why they do not fit.
    if (!namespace.pool || !isOpenTo(namespace, request)) continue
    const path = `/namespaces/${namespace.name}`
    const why = poolMisfit(tx, namespace, request)
    if (why !== null) {
      issues.push({ path, message: why })
      continue
    }
    pools += 1
    const device = need(tx.view, 'device', namespace.device ?? '')
    const align = alignIn(device, request)
    const length = alignUp(request.size, align)
    const space = tx.spaces.of(device)
    const largest = space.largest(align)
    if (largest < length) {
      issues.push({ path, message: `its largest ${align}-aligned hole is ${largest} bytes` })
    } else if (space.freeBytes() < bestFree) {
      bestFree = space.freeBytes()
      best = { namespace, device, length }
    }
  }
  if (best !== null) return { ...best, place: { length: best.length } }
  if (pools === 0) throw new DaxError('no_pool', 'No enabled pool fits the claim.', { issues })
  throw new DaxError('no_hole', `No pool has a hole of ${request.size} bytes.`, { issues })
}

/** What is aligned to the device is aligned to anything finer, too. */
function alignIn(device: DeviceRecord, request: ClaimRequest): Align {
  const { align } = request
  return align === undefined || align < device.align ? device.align : align
}

/** The host's pools are for everybody, those of a tenant for it alone. */
function isOpenTo({ tenant }: NamespaceRecord, request: ClaimRequest): boolean {
  return tenant === null || tenant === request.tenant
}

function poolMisfit(
  tx: Transaction,
  namespace: NamespaceRecord,
  request: ClaimRequest,
): string | null {
  const { view } = tx
  if (namespace.state !== 'active') return `it is ${namespace.state}`
  const { share } = namespace.request
  // The memory of a pool is counted to the pool's share, so nobody else's slices are placed in it.
  if (share !== request.share)
    return share === undefined ? 'it is of no share' : `it is of share ${share}`
  const device = need(view, 'device', namespace.device ?? '')
  if (device.life.state !== 'enabled') return `its device is ${device.life.state}`
  if (tx.inTransition.has(device.uid)) return 'its device is being changed'
  if (device.mode !== 'devdax') return `its mode is ${device.mode}`
  const region = need(view, 'region', String(namespace.region))
  const selector = request.selector ?? {}
  const { min_available: _room, labels: _labels, namespace: only, ...nature } = selector
  if (only !== undefined && only !== namespace.name) return `it is not ${only}`
  const why = misfit(view, { ...region, schedulable: true }, nature)
  if (why !== null) return why
  for (const [key, value] of Object.entries(selector.labels ?? {})) {
    const has = namespace.labels[key] ?? region.labels[key]
    if (has !== value) return `its label ${key} differs`
  }
  return null
}
