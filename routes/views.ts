/**
 * Domain records as the wire shows them, field by field. A view that needs more than its record
 * (free space, reference counts) takes it from the state it is given.
 */
import type {
  ClaimView,
  DeviceView,
  HandleView,
  LeaseView,
  MappingView,
  NamespaceView,
  OperationView,
  RegionView,
  TenantView,
} from '../schemas/index.ts'
import { piecesUnder } from '../src/core/device-range.ts'
import type {
  ClaimRecord,
  DeviceRecord,
  HandleRecord,
  LeaseRecord,
  MappingRecord,
  NamespaceRecord,
  OperationRecord,
  RecordOf,
  RegionRecord,
  TenantRecord,
} from '../src/core/model.ts'
import { COUNTED } from '../src/core/quota.ts'
import type { Kind } from '../src/core/vocabulary.ts'
import { tenantOf } from '../src/services/ownership.ts'
import { regionFigures } from '../src/services/region-figures.ts'
import { regionShares } from '../src/services/shares.ts'
import { countOf, usageOf } from '../src/services/tenant-rules.ts'
import type { StateView } from '../src/services/world/state.ts'
import { instant, mmapView, problemView, rangeViews, storedFields } from './view-parts.ts'

/** The wire view of a record of any kind; events and answers carry the same. */
export function describe<K extends Kind>(kind: K, record: RecordOf[K], state: StateView): unknown {
  return (VIEWS[kind] as (record: RecordOf[K], state: StateView) => unknown)(record, state)
}

const VIEWS: { readonly [K in Kind]: (record: RecordOf[K], state: StateView) => unknown } = {
  region: regionView,
  namespace: namespaceView,
  device: deviceView,
  handle: handleView,
  mapping: mappingView,
  lease: leaseView,
  claim: claimView,
  operation: operationView,
  tenant: tenantView,
}

/** A region with its free space as of `state`. */
export function regionView(region: RegionRecord, state: StateView): RegionView {
  const { id, provider, path, kind, start, size, align, granularity, memmap, media } = region
  const { numa_node, target_node, placement, schedulable, drift } = region
  const { shares, unshared } = regionShares(state, region)
  return {
    id,
    provider,
    path,
    kind,
    start,
    size,
    ...regionFigures(state, region),
    align,
    granularity,
    supported_aligns: [...region.supported_aligns],
    memmap,
    media: { ...media },
    numa_node,
    target_node,
    state: region.state,
    placement,
    schedulable,
    shares: Object.fromEntries(
      [...shares].map(([name, { size, used, available }]) => [name, { size, used, available }]),
    ),
    unshared_available_size: unshared,
    drift,
    ...storedFields(region),
  }
}

/** A namespace with the ranges of its device. */
export function namespaceView(namespace: NamespaceRecord, state: StateView): NamespaceView {
  const { name, uuid, region, size, align, mode, memmap, contiguous, pool } = namespace
  const device = namespace.device === null ? undefined : state.get('device', namespace.device)
  return {
    name,
    uuid,
    region,
    size,
    align,
    mode,
    memmap,
    contiguous,
    pool,
    enabled: namespace.enabled,
    wipe: namespace.wipe,
    share: namespace.request.share ?? null,
    state: namespace.state,
    chardev: namespace.chardev,
    claim: namespace.claim,
    ranges: rangeViews(device?.ranges ?? []),
    problem: problemView(namespace),
    tenant: namespace.tenant,
    ...storedFields(namespace),
  }
}

/** A device with its reference counts; what was observed is added by who looked. */
export function deviceView(device: DeviceRecord, state: StateView): DeviceView {
  const { chardev, region, namespace, path, major, minor, size, align, memmap, mode } = device
  const { handles, mappings } = state.index.references(device.uid)
  return {
    chardev,
    region,
    namespace,
    path,
    major,
    minor,
    size,
    align,
    memmap,
    mode,
    target_node: device.target_node,
    state: device.life.state,
    generation: device.life.generation,
    ranges: rangeViews(device.ranges),
    refs: { handles, mappings },
    drift: device.drift,
    tenant: tenantOf(state, 'device', device),
    ...storedFields(device),
  }
}

/** A handle with the path to open. */
export function handleView(handle: HandleRecord, state: StateView): HandleView {
  const { id, chardev, generation, holder, access, lease } = handle
  const path = state.get('device', handle.device)?.path ?? ''
  const { tenant } = handle
  return { id, chardev, generation, holder, access, lease, path, tenant, ...storedFields(handle) }
}

/** A mapping with the physical ranges under it and the exact mmap call to make. */
export function mappingView(mapping: MappingRecord, state: StateView): MappingView {
  const { id, handle, chardev, generation, holder, lease, offset, length } = mapping
  const { align, exclusive, dontfork } = mapping
  const device = state.get('device', mapping.device)
  return {
    id,
    handle,
    chardev,
    generation,
    holder,
    lease,
    offset,
    length,
    align,
    exclusive,
    dontfork,
    state: mapping.state,
    ranges: rangeViews(piecesUnder(device?.ranges ?? [], { offset, length })),
    mmap: mmapView(mapping, device),
    tenant: mapping.tenant,
    ...storedFields(mapping),
  }
}

/** A lease with the instant it ends unless it is renewed. */
export function leaseView(lease: LeaseRecord): LeaseView {
  const { id, holder, ttl_ms, token, claim } = lease
  return {
    id,
    holder,
    ttl_ms,
    token,
    expires_at: instant(lease.expires_ms),
    claim,
    tenant: lease.tenant,
    ...storedFields(lease),
  }
}

/** A claim with what it got so far; parts it has not got yet are null. */
export function claimView(claim: ClaimRecord, state: StateView): ClaimView {
  const { name, request, namespace, chardev, path, offset, length } = claim
  const { handle, mapping, lease } = claim
  const device = claim.device === null ? undefined : state.get('device', claim.device)
  const record = mapping === null ? undefined : state.get('mapping', mapping)
  return {
    name,
    state: claim.state,
    sharing: request.sharing,
    holder: request.holder,
    size: request.size,
    align: request.align ?? null,
    wipe: claim.wipe ?? request.wipe,
    share: request.share ?? null,
    access: request.access ?? 'rw',
    namespace,
    chardev,
    path,
    offset,
    length,
    cdi_device: isOffered(claim, device) ? claim.cdi_device : null,
    handle,
    mapping,
    lease,
    generation: record?.generation ?? null,
    mmap: record === undefined ? null : mmapView(record, device),
    problem: problemView(claim),
    tenant: claim.tenant,
    ...storedFields(claim),
  }
}

/** Containers find a claim only while its device can be opened. */
function isOffered({ state }: ClaimRecord, device: DeviceRecord | undefined): boolean {
  return state === 'active' && device?.life.state === 'enabled'
}

/** An operation with its rate and what time is left, as far as they can be told. */
export function operationView(operation: OperationRecord): OperationView {
  const { id, verb, target, state, progress, started_ms, finished_ms } = operation
  const elapsed = operation.updated_ms - (started_ms ?? operation.updated_ms)
  const rate = elapsed > 0 && progress.done > 0 ? (progress.done / elapsed) * 1000 : null
  const left = progress.total - progress.done
  const isRunning = finished_ms === null
  return {
    id,
    verb,
    target: { ...target },
    state,
    progress: { ...progress },
    rate,
    eta_ms: isRunning && rate !== null ? (left / rate) * 1000 : null,
    started_at: started_ms === null ? null : instant(started_ms),
    finished_at: finished_ms === null ? null : instant(finished_ms),
    result: operation.result ?? null,
    problem: problemView(operation),
    tenant: operation.tenant,
    ...storedFields(operation),
  }
}

/** A tenant with what it has as of `state`. */
export function tenantView(tenant: TenantRecord, state: StateView): TenantView {
  const { name, name_prefix, wipe, quota } = tenant
  const counts = COUNTED.map((what) => [what, countOf(state, name, what)])
  return {
    name,
    name_prefix,
    wipe,
    quota: quota as TenantView['quota'],
    usage: { ...usageOf(state, name), counts: Object.fromEntries(counts) },
    state: tenant.state,
    ...storedFields(tenant),
  }
}
