import type { ClaimRecord, DeviceRecord } from '../core/model.ts'
import { rightsOf } from './claim-grant.ts'
import { closeHandle, mapDevice, openDevice } from './references.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** The claims that have a device, or a slice of it. */
export function claimsOn(view: StateView, device: DeviceRecord): ClaimRecord[] {
  const claims: ClaimRecord[] = []
  for (const claim of view.after('claim', -1)) if (claim.device === device.uid) claims.push(claim)
  return claims
}

/**
 * A device that was enabled again has lost every mapping of before, but its claims go on: each
 * gets a new handle and mapping at its old place, in the transaction that begins the generation,
 * so that nobody else can have the place. A slice that is being released keeps its place, too,
 * until nothing of it is left.
 */
export function renewClaims(tx: Transaction, device: DeviceRecord): void {
  for (const claim of claimsOn(tx.view, device)) {
    const hasPlace = claim.mapping !== null && claim.request.sharing === 'slice'
    const isMeant = claim.state === 'active' || (claim.state === 'creating' && hasPlace)
    if (isMeant) renew(tx, device, claim)
    else if (hasPlace) hold(tx, device, claim)
  }
}

function renew(tx: Transaction, device: DeviceRecord, claim: ClaimRecord): void {
  const { handle, mapping } = remap(tx, device, claim, claim.lease)
  tx.update('claim', claim, { handle, mapping, chardev: device.chardev, path: device.path })
}

/** The place alone: nobody has it open. */
function hold(tx: Transaction, device: DeviceRecord, claim: ClaimRecord): void {
  const { handle, mapping } = remap(tx, device, claim, null)
  const record = tx.view.get('handle', handle)
  if (record !== undefined) closeHandle(tx, record)
  tx.update('claim', claim, { mapping, chardev: device.chardev, path: device.path })
}

function remap(
  tx: Transaction,
  device: DeviceRecord,
  claim: ClaimRecord,
  lease: string | null,
): { readonly handle: string; readonly mapping: string } {
  const oldMapping = claim.mapping === null ? undefined : tx.view.get('mapping', claim.mapping)
  if (oldMapping !== undefined) tx.remove('mapping', oldMapping)
  const oldHandle = claim.handle === null ? undefined : tx.view.get('handle', claim.handle)
  if (oldHandle !== undefined) tx.remove('handle', oldHandle)
  const { name, offset, length, request } = claim
  const { holder } = request
  const { access, prot } = rightsOf(request)
  const owner = { lease, claim: name, tenant: claim.tenant, labels: {} }
  const handle = openDevice(tx, device, { holder, access, ...owner })
  const mapping = mapDevice(tx, handle, {
    offset,
    length,
    flags: ['MAP_SHARED'],
    prot,
    dontfork: device.memmap === 'none',
    exclusive: true,
    labels: {},
  })
  return { handle: handle.id, mapping: mapping.id }
}
