import { DaxError } from '../core/errors.ts'
import { totalSize } from '../core/extent.ts'
import type { ClaimRecord, ClaimRequest } from '../core/model.ts'
import { bytes } from '../core/units.ts'
import type { Draw } from './call.ts'
import { dedicatedRequest, emptyClaim, grantClaim } from './claim-grant.ts'
import { makeSlice, takeSlice } from './claim-slice.ts'
import { inFittingRegion, rehearseInFittingRegion } from './fitting.ts'
import { need } from './lookup.ts'
import type { MakingCall, MakingDeps } from './making-deps.ts'
import { type NewNamespace, planNamespace } from './plan-namespace.ts'
import { asStoredProblem } from './problems.ts'
import { type ProvisionSteps, provision } from './provision.ts'
import { isSameRequest } from './same-request.ts'
import { CLAIMS_PREFIX, requireOwnName, takeCount } from './tenant-rules.ts'
import { randomUUID } from './uuid.ts'
import type { Transaction } from './world/transaction.ts'

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
  return makeSlice(deps, name, request, call)
}

/** What {@link makeClaim} would make, or its refusal; nothing changes. */
export function rehearseClaim<V>(
  deps: MakingDeps,
  name: string,
  request: ClaimRequest,
  draw: Draw<ClaimRecord, V>,
): V {
  if (request.sharing === 'slice') {
    return deps.world.rehearse((tx) => {
      const claim = takeSlice(deps, tx, name, request)
      // Its name is given to the real one only.
      return draw({ ...claim, state: 'active', cdi_device: null }, tx.view)
    })
  }
  return rehearseInFittingRegion(deps, selected(request), (tx, region) => {
    requireClaim(tx, name, request)
    const wanted = dedicatedNamespace(tx, region, name, request)
    const { namespace, device } = planNamespace(deps, tx, region, wanted)
    const draft = emptyClaim(deps, name, request, 'creating', deps.specs.newName(tx, name, request))
    const { name: own, chardev } = namespace
    const length = device.size
    const parts = { namespace: own, device: device.uid, chardev, length }
    return draw(tx.create('claim', { ...draft, ...parts }), tx.view)
  })
}

/** What becomes of a dedicated claim when its namespace is ready, undone or stuck. */
export function claimSteps(
  { leases, specs, world }: Pick<MakingDeps, 'leases' | 'specs' | 'world'>,
  name: string,
  call: MakingCall,
): Omit<ProvisionSteps<ClaimRecord>, 'onPlanned'> {
  return {
    onMade(host) {
      const grant = { device: host, offset: bytes(0), length: totalSize(host.ranges) }
      return specs.offer(need(world.working, 'claim', name), grant)
    },
    onReady(tx, made) {
      const place = { offset: bytes(0), length: made.device.size }
      const claim = grantClaim(tx, leases, need(tx.view, 'claim', name), made, place)
      call.remember?.(tx, { record: claim, created: true })
      return claim
    },
    onUndone(tx) {
      const claim = tx.view.get('claim', name)
      if (claim !== undefined) tx.remove('claim', claim)
      call.note?.(tx, 'undone')
    },
    onStuck(tx, error) {
      const problem = asStoredProblem(error)
      tx.update('claim', need(tx.view, 'claim', name), { state: 'failed', problem })
      call.note?.(tx, 'undone')
    },
  }
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
        requireClaim(tx, name, request)
        const cdiDevice = deps.specs.newName(tx, name, request)
        const draft = emptyClaim(deps, name, request, 'creating', cdiDevice)
        tx.create('claim', { ...draft, namespace: namespace.name, device: device.uid })
        call.note?.(tx, 'begun')
      },
    })
  })
}

/** @throws DaxError `forbidden_name`, `quota_exhausted`. */
function requireClaim({ view }: Transaction, name: string, request: ClaimRequest): void {
  const tenant = request.tenant ?? null
  requireOwnName(view, tenant, name)
  takeCount(view, tenant, 'claims')
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
  return `${CLAIMS_PREFIX}${claim}`
}

function selected({ selector }: ClaimRequest): Pick<ClaimRequest, 'selector'> {
  return selector === undefined ? {} : { selector }
}
