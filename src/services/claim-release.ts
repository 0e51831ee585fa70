import type { ClaimRecord } from '../core/model.ts'
import { wipeOf } from './claim-wipe.ts'
import type { HostDeps } from './deps.ts'
import type { Leases } from './leases.ts'
import { need, presentDevice } from './lookup.ts'
import { asStoredProblem } from './problems.ts'
import type { Revoked } from './quiet.ts'
import { closeHandle, unmapDevice } from './references.ts'
import { disableInBooks, finishRetire, type Rest, type RetireSteps } from './retire.ts'
import { startSliceWipe } from './slice-wipe.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/**
 * Takes back all that a claim's holder has, in one transaction, as a process's exit does: lease,
 * handle and mapping go; a namespace of its own begins to be deleted. What still needs the host
 * (the device; of a slice its offer to containers, and its wiping) is left in state `releasing` for
 * {@link finishRelease}. Returns how many mappings of others were revoked with the device.
 */
export function releaseInBooks(tx: Transaction, leases: Leases, name: string): number {
  const claim = need(tx.view, 'claim', name)
  const keepsMapping = needsHost(tx.view, claim)
  dropOwn(tx, leases, claim, keepsMapping)
  if (claim.request.sharing === 'slice') {
    if (keepsMapping) tx.update('claim', claim, { state: 'releasing', handle: null, lease: null })
    else tx.remove('claim', claim)
    return 0
  }
  const namespace = claim.namespace === null ? null : tx.view.get('namespace', claim.namespace)
  if (!namespace || namespace.device === null) {
    tx.remove('claim', claim)
    return 0
  }
  const { mappings } = disableInBooks(tx, namespace.device, true)
  tx.update('namespace', need(tx.view, 'namespace', namespace.name), { state: 'deleting' })
  const gone = { handle: null, mapping: null, lease: null }
  tx.update('claim', claim, { state: 'releasing', ...gone })
  return mappings
}

/**
 * Takes a claim and all its parts out of the books, when the host has nothing of it any more.
 */
export function forgetClaim(tx: Transaction, leases: Leases, name: string): void {
  const claim = tx.view.get('claim', name)
  if (claim === undefined) return
  dropOwn(tx, leases, claim, false)
  tx.remove('claim', claim)
}

/**
 * While containers can still find a slice, or its bytes are to be wiped, its place is not free: its
 * mapping stays that long.
 */
function needsHost(view: StateView, claim: ClaimRecord): boolean {
  const isOffered = claim.request.sharing === 'slice' && claim.cdi_device !== null
  return (isOffered && claim.mapping !== null) || needsWipe(view, claim)
}

/** Only this keeps the host busy for long. */
function needsWipe(view: StateView, claim: ClaimRecord): boolean {
  const { request, mapping } = claim
  if (request.sharing !== 'slice' || wipeOf(view, claim) !== 'on_release') return false
  return mapping !== null && isPoolThere(view, claim)
}

/** Once the pool is gone, its name and its memory may be another's; nothing is the claim's. */
export function isPoolThere(view: StateView, { device }: ClaimRecord): boolean {
  return device !== null && presentDevice(view, device) !== undefined
}

function dropOwn(tx: Transaction, leases: Leases, claim: ClaimRecord, keepsMapping: boolean): void {
  const mapping = claim.mapping === null ? undefined : tx.view.get('mapping', claim.mapping)
  if (mapping !== undefined && keepsMapping) tx.update('mapping', mapping, { lease: null })
  else if (mapping !== undefined) unmapDevice(tx, mapping)
  const handle = claim.handle === null ? undefined : tx.view.get('handle', claim.handle)
  if (handle !== undefined) closeHandle(tx, handle)
  const lease = claim.lease === null ? undefined : tx.view.get('lease', claim.lease)
  if (lease !== undefined) leases.revoke(tx, lease)
}

/**
 * The part of a release that needs the host; repeatable until it succeeds. Runs in the region's
 * queue, or, for a slice, outside. What is to be wiped first is waited for by the result.
 * @throws DaxError the host's refusal; the claim is `failed` then and can be deleted again.
 */
export async function finishRelease(
  deps: HostDeps,
  { name, seq }: ClaimRecord,
  steps: Pick<RetireSteps, 'onGone' | 'onProgress' | 'onStuck'>,
): Promise<Rest> {
  const claim = deps.world.working.get('claim', name)
  // Somebody else may have finished it while this call waited in the queue, and the name may be
  // another claim's by now, whose holder has just been given its memory.
  if (claim === undefined || claim.seq !== seq) return null
  if (claim.state === 'active' || claim.state === 'creating') return null
  await deps.specs.withdraw(claim)
  if (claim.request.sharing === 'slice') {
    return freeSlice(deps, claim, steps)
  }
  const namespace = need(deps.world.working, 'namespace', claim.namespace ?? '')
  return finishRetire(deps, namespace.device ?? '', {
    ...steps,
    onGone(tx) {
      tx.remove('claim', need(tx.view, 'claim', name))
      steps.onGone?.(tx)
    },
    onStuck(tx, error) {
      const problem = asStoredProblem(error)
      tx.update('claim', need(tx.view, 'claim', name), { state: 'failed', problem })
      steps.onStuck?.(tx, error)
    },
  })
}

async function freeSlice(
  deps: HostDeps,
  claim: ClaimRecord,
  steps: Pick<RetireSteps, 'onGone' | 'onProgress' | 'onStuck'>,
): Promise<Rest> {
  const { world } = deps
  const { name, seq } = claim
  const free = (tx: Transaction): void => {
    // The caretaker may have been quicker, and the name may be another claim's.
    if (tx.view.get('claim', name)?.seq !== seq) return
    const mapping = claim.mapping === null ? undefined : tx.view.get('mapping', claim.mapping)
    if (mapping !== undefined) unmapDevice(tx, mapping)
    tx.remove('claim', need(tx.view, 'claim', name))
    steps.onGone?.(tx)
  }
  if (!needsWipe(world.working, claim)) {
    await world.commit(free)
    return null
  }
  if (claim.state === 'failed') {
    await world.commit((tx) => {
      const current = tx.view.get('claim', name)
      if (current?.seq === seq) tx.update('claim', current, { state: 'releasing', problem: null })
    })
  }
  const job = startSliceWipe(deps, claim, {
    onProgress: (done) => steps.onProgress?.(done),
    onWiped: free,
    onStuck(tx, error) {
      const current = tx.view.get('claim', name)
      if (current?.seq !== seq) return
      tx.update('claim', current, { state: 'failed', problem: asStoredProblem(error) })
      steps.onStuck?.(tx, error)
    },
  })
  return () => job.answered
}

/** A release that hit nobody. */
export const NOBODY: Revoked = { mappings: 0, processes: [] }
