import { effectiveWipe } from '../core/effective-wipe.ts'
import { DaxError } from '../core/errors.ts'
import { totalSize } from '../core/extent.ts'
import { lowestFreeId } from '../core/lowest-free-id.ts'
import type { DeviceRecord, NamespaceRecord, NamespaceRequest } from '../core/model.ts'
import type { Wipe } from '../core/vocabulary.ts'
import type { Backend } from '../ports/backend.ts'
import { addDevice, usedInstances } from './device-records.ts'
import { need } from './lookup.ts'
import { shapeNew } from './shape.ts'
import { requireOwnName, takeBytes, takeCount } from './tenant-rules.ts'
import { wipeMinimumOf } from './wipe-minimum.ts'
import type { Transaction } from './world/transaction.ts'

/** Extents that the audit names as the reason of a place. */
const EXPLAINED_MAX = 8

/** A namespace and its device as they are planned, or as they have become. */
export interface Planned {
  readonly namespace: NamespaceRecord
  readonly device: DeviceRecord
}

/** A namespace that is wanted. */
export interface NewNamespace {
  readonly name: string
  readonly uuid: string
  readonly claim: string | null
  readonly request: NamespaceRequest
}

export interface PlanDeps {
  readonly backend: Pick<Backend, 'memoryBlock'>
  readonly wipeMinimum: Wipe
}

/**
 * Plans a namespace inside a transaction: its record and its device's, both waiting for the host.
 * @throws DaxError `name_taken`, `uuid_taken` (EEXIST), or the refusal of its place.
 */
export function planNamespace(
  { backend, wipeMinimum: serviceMinimum }: PlanDeps,
  tx: Transaction,
  regionId: number,
  wanted: NewNamespace,
): Planned {
  const { name, uuid, claim, request } = wanted
  const { tenant = null } = request
  if (claim === null) requireOwnName(tx.view, tenant, name)
  refuseTaken(tx, wanted)
  takeCount(tx.view, tenant, 'namespaces')
  const region = need(tx.view, 'region', String(regionId))
  const shape = shapeNew({ view: tx.view, region, memoryBlock: backend.memoryBlock }, request)
  const free = lowestFreeId(usedInstances(tx.view, region.id))
  const chardev = `dax${region.id}.${free}`
  const device = addDevice(tx, region, { chardev, namespace: name, shape })
  const { align, memmap, mode, extents } = shape
  tx.explain({
    region: region.id,
    policy: request.ranges === undefined ? region.placement : 'asked',
    extents: extents.slice(0, EXPLAINED_MAX),
  })
  const size = totalSize(extents)
  takeBytes(tx.view, tenant, region.id, size)
  const { contiguous, pool, enabled, labels } = request
  const minimum = wipeMinimumOf(tx.view, tenant, serviceMinimum)
  const wipe = effectiveWipe({ requested: request.wipe, ...minimum })
  const namespace = tx.create('namespace', {
    name,
    uuid,
    region: region.id,
    size,
    align,
    memmap,
    mode,
    contiguous,
    pool,
    wipe,
    enabled,
    state: 'creating',
    device: device.uid,
    chardev,
    claim,
    request,
    problem: null,
    tenant,
    labels,
  })
  return { namespace, device }
}

function refuseTaken({ view }: Transaction, { name, uuid, request }: NewNamespace): void {
  if (view.get('namespace', name) !== undefined) {
    throw new DaxError('name_taken', `A namespace ${name} is there already.`)
  }
  const other = view.index.namespaceByUuid(uuid)
  if (other === undefined) return
  const { tenant = null } = request
  const isTold = tenant === null || view.get('namespace', other)?.tenant === tenant
  const who = isTold ? `Namespace ${other}` : 'Another namespace'
  throw new DaxError('uuid_taken', `${who} has uuid ${uuid}.`)
}
