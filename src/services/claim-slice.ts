import { DaxError } from '../core/errors.ts'
import type { ClaimRecord, ClaimRequest } from '../core/model.ts'
import { choosePool, emptyClaim, grantClaim } from './claim-grant.ts'
import { forgetClaim } from './claim-release.ts'
import { isToBeOffered } from './claim-specs.ts'
import { need } from './lookup.ts'
import type { MakingCall, MakingDeps } from './making-deps.ts'
import { requireOwnName, takeBytes, takeCount } from './tenant-rules.ts'
import type { Transaction } from './world/transaction.ts'

/**
 * Places a slice in a pool. It is `active` at once, but where container runtimes are to find it
 * first: then its place is taken and the claim still `creating`.
 * @throws DaxError `no_pool`, `no_hole` (ENOSPC), `unsupported`.
 */
export function takeSlice(
  deps: MakingDeps,
  tx: Transaction,
  name: string,
  request: ClaimRequest,
): ClaimRecord {
  const { leases, specs } = deps
  const { tenant = null } = request
  requireOwnName(tx.view, tenant, name)
  takeCount(tx.view, tenant, 'claims')
  const { namespace, device, place } = choosePool(tx, request)
  if (namespace.tenant !== tenant) takeBytes(tx.view, tenant, namespace.region, place.length)
  const cdiDevice = specs.newName(tx, name, request)
  const claim = tx.create('claim', emptyClaim(deps, name, request, 'creating', cdiDevice))
  const state = cdiDevice === null ? 'active' : 'creating'
  const granted = grantClaim(tx, leases, claim, { namespace, device }, place, state)
  tx.explain({ pool: namespace.name, policy: 'fullest-pool', offset: granted.offset })
  return granted
}

/**
 * Makes a slice: in one durable step, or, where it is offered to runtimes, by intent, effect and
 * result. @throws DaxError as {@link takeSlice}; `cdi_failed` (EIO), and nothing of it is left.
 */
export async function makeSlice(
  deps: MakingDeps,
  name: string,
  request: ClaimRequest,
  call: MakingCall,
): Promise<ClaimRecord> {
  const { world } = deps
  const taken = await world.commit((tx) => {
    const record = takeSlice(deps, tx, name, request)
    if (record.state === 'active') call.remember?.(tx, { record, created: true })
    else call.note?.(tx, 'begun')
    return record
  })
  if (taken.state === 'active') return taken
  try {
    if (!isToBeOffered(world, name, taken.device ?? '')) {
      throw new DaxError('in_transition', `The pool ${taken.namespace} is being changed.`)
    }
    await offer(deps, taken)
    return await world.commit((tx) => {
      const record = activate(tx, taken)
      call.remember?.(tx, { record, created: true })
      return record
    })
  } catch (error) {
    await undo(deps, taken, call)
    throw error
  }
}

/** Goes on with a slice that was cut short while it was made; repeatable until it succeeds. */
export async function finishSlice(deps: MakingDeps, name: string): Promise<void> {
  const { world } = deps
  const claim = world.durable.get('claim', name)
  if (claim?.state !== 'creating') return
  // Of a pool that is disabled it is offered when that is enabled again.
  if (isToBeOffered(world, name, claim.device ?? '')) await offer(deps, claim)
  await world.commit((tx) => activate(tx, claim))
}

function offer({ world, specs }: MakingDeps, claim: ClaimRecord): Promise<void> {
  const { offset, length } = claim
  const device = need(world.working, 'device', claim.device ?? '')
  return specs.offer(claim, { device, offset, length })
}

/** @throws DaxError `lease_expired` when it has ended meanwhile, as its lease may. */
function activate(tx: Transaction, { name, seq }: ClaimRecord): ClaimRecord {
  const claim = tx.view.get('claim', name)
  if (claim?.seq === seq && claim.state === 'creating') {
    return tx.update('claim', claim, { state: 'active' })
  }
  throw new DaxError('lease_expired', `Claim ${name} has ended before it was ready.`)
}

/** What cannot be undone now is gone on with, to its good end, by the caretaker. */
async function undo(
  { world, specs, leases, log }: MakingDeps,
  taken: ClaimRecord,
  call: MakingCall,
): Promise<void> {
  const { name, seq } = taken
  try {
    await specs.withdraw(taken)
    await world.commit((tx) => {
      call.note?.(tx, 'undone')
      const claim = tx.view.get('claim', name)
      if (claim?.seq === seq && claim.state === 'creating') forgetClaim(tx, leases, name)
    })
  } catch (err) {
    log.error({ err, claim: name }, 'a slice that was refused could not be undone')
  }
}
