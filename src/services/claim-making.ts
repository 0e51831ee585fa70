import { DaxError } from '../core/errors.ts'
import type { ClaimRecord, ClaimRequest } from '../core/model.ts'
import { bytes } from '../core/units.ts'
import type { Draw, LongCall } from './call.ts'
import { choosePool, dedicatedRequest, emptyClaim, grantClaim } from './claim-grant.ts'
import type { HostDeps } from './deps.ts'
import { inFittingRegion, rehearseInFittingRegion } from './fitting.ts'
import type { Leases } from './leases.ts'
import { need } from './lookup.ts'
import type { Made } from './namespaces.ts'
import { asStoredProblem } from './problems.ts'
import { type NewNamespace, type ProvisionSteps, planNamespace, provision } from './provision.ts'
import { isSameRequest } from './same-request.ts'
import { randomUUID } from './uuid.ts'
import type { Transaction } from './world/transaction.ts'

/** What the making of a claim needs. */
export type MakingDeps = HostDeps & { readonly leases: Leases }

/** The part of a call that the making of a claim uses. */
type MakingCall = Pick<LongCall<Made<ClaimRecord>>, 'remember'>

/**
 * The claim that a repeated request means, null for a new name.
 * @throws DaxError `in_transition` (EBUSY) while it is released, `name_taken` (EEXIST).
 */
export function existingClaim(
  { world }: MakingDeps,
  name: string,
  request: ClaimRequest,
): ClaimRecord | null {
  const known = world.working.get('claim', name)
  if (known === undefined) return null
  if (known.state === 'releasing') {
    throw new DaxError('in_transition', `Claim ${name} is being released.`)
  }
  if (isSameRequest(known.request, request)) return known
  throw new DaxError('name_taken', `Claim ${name} was made by a different request.`)
}

/** Makes a claim whose name is free; resolves when all of it is durable. */
export function makeClaim(
  deps: MakingDeps,
  name: string,
  request: ClaimRequest,
  call: MakingCall,
): Promise<ClaimRecord> {
  if (request.sharing === 'dedicated') return makeDedicated(deps, name, request, call)
  return deps.world.commit((tx) => {
    const record = takeSlice(deps, tx, name, request)
    call.remember?.(tx, { record, created: true })
    return record
  })
}

/** What {@link makeClaim} would make, or its refusal; nothing changes. */
export function rehearseClaim<V>(
  deps: MakingDeps,
  name: string,
  request: ClaimRequest,
  draw: Draw<ClaimRecord, V>,
): V {
  if (request.sharing === 'slice') {
    return deps.world.rehearse((tx) => draw(takeSlice(deps, tx, name, request), tx.view))
  }
  return rehearseInFittingRegion(deps, selected(request), (tx, region) => {
    const wanted = dedicatedNamespace(tx, region, name, request)
    const { namespace, device } = planNamespace(deps, tx, region, wanted)
    const draft = emptyClaim(name, request, 'creating')
    const { name: own, chardev } = namespace
    const length = device.size
    const parts = { namespace: own, device: device.uid, chardev, length }
    return draw(tx.create('claim', { ...draft, ...parts }), tx.view)
  })
}

/** What becomes of a dedicated claim when its namespace is ready, undone or stuck. */
export function claimSteps(
  { leases }: Pick<MakingDeps, 'leases'>,
  name: string,
  call: MakingCall,
): Omit<ProvisionSteps<ClaimRecord>, 'onPlanned'> {
  return {
    onReady(tx, made) {
      const place = { offset: bytes(0), length: made.device.size }
      const claim = grantClaim(tx, leases, need(tx.view, 'claim', name), made, place)
      call.remember?.(tx, { record: claim, created: true })
      return claim
    },
    onUndone(tx) {
      const claim = tx.view.get('claim', name)
      if (claim !== undefined) tx.remove('claim', claim)
    },
    onStuck(tx, error) {
      const problem = asStoredProblem(error)
      tx.update('claim', need(tx.view, 'claim', name), { state: 'failed', problem })
    },
  }
}

function takeSlice(
  { leases }: MakingDeps,
  tx: Transaction,
  name: string,
  request: ClaimRequest,
): ClaimRecord {
  const { namespace, device, place } = choosePool(tx, request)
  const claim = tx.create('claim', emptyClaim(name, request, 'creating'))
  return grantClaim(tx, leases, claim, { namespace, device }, place)
}

function makeDedicated(
  deps: MakingDeps,
  name: string,
  request: ClaimRequest,
  call: MakingCall,
): Promise<ClaimRecord> {
  return inFittingRegion(deps, selected(request), (region) => {
    const wanted = deps.world.rehearse((tx) => dedicatedNamespace(tx, region, name, request))
    return provision(deps, region, wanted, {
      ...claimSteps(deps, name, call),
      onPlanned(tx, { namespace, device }) {
        const draft = emptyClaim(name, request, 'creating')
        tx.create('claim', { ...draft, namespace: namespace.name, device: device.uid })
      },
    })
  })
}

function dedicatedNamespace(
  tx: Transaction,
  region: number,
  name: string,
  request: ClaimRequest,
): NewNamespace {
  const record = need(tx.view, 'region', String(region))
  return {
    name: namespaceName(name),
    uuid: randomUUID(),
    claim: name,
    request: dedicatedRequest(record, request),
  }
}

/** The name of a dedicated claim's own namespace. */
function namespaceName(claim: string): string {
  return `claim.${claim}`
}

function selected({ selector }: ClaimRequest): Pick<ClaimRequest, 'selector'> {
  return selector === undefined ? {} : { selector }
}
