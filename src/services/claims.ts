import { DaxError } from '../core/errors.ts'
import type { ClaimRecord, ClaimRequest, NamespaceRecord } from '../core/model.ts'
import { type Draw, INTERNAL_CALL, type LongCall } from './call.ts'
import { claimSteps, existingClaim, makeClaim, rehearseClaim } from './claim-making.ts'
import { forgetClaim, releaseInBooks } from './claim-release.ts'
import { finishInQueue, removeClaim } from './claim-removal.ts'
import { finishSlice } from './claim-slice.ts'
import { checkFence } from './fencing.ts'
import type { ClaimEnding } from './leases.ts'
import { need } from './lookup.ts'
import type { MakingDeps } from './making-deps.ts'
import type { Removal } from './namespace-removal.ts'
import type { Made } from './namespaces.ts'
import type { Followed, Operations } from './operations.ts'
import { needOwn } from './ownership.ts'
import type { ProvisionSteps } from './provision.ts'
import type { Revoked } from './quiet.ts'
import { requireNameFor } from './tenant-rules.ts'
import { createTurns } from './turns.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'

/** The one call that a container platform needs: everything, or nothing. */
export interface Claims extends ClaimEnding {
  put(
    name: string,
    request: ClaimRequest,
    call: LongCall<Made<ClaimRecord>>,
  ): Promise<Followed<Made<ClaimRecord>>>
  rehearse<V>(name: string, request: ClaimRequest, draw: Draw<ClaimRecord, V>): V
  remove(name: string, how: Removal, call: LongCall<Revoked>): Promise<Followed<Revoked>>
  /** What a creation that a crash cut short still has to do for its claim. */
  stepsFor(namespace: NamespaceRecord): ProvisionSteps<unknown>
  /** Lets go of a claim whose device the host has not any more, and of all its parts. */
  forget(tx: Transaction, name: string): void
  /** Goes on with a release, or with the making of a slice, that was cut short. */
  resume(name: string): Promise<void>
}

type ClaimDeps = MakingDeps & { readonly operations: Operations }

/** Claims over namespaces, devices, handles, mappings and leases, which know nothing of them. */
export function createClaims(deps: ClaimDeps): Claims {
  const { world, operations, leases, log } = deps
  /** Claims by name: a second call for the same waits for the first. */
  const turns = createTurns()
  return {
    async put(name, request, call) {
      requireNameFor(world.working, request.tenant ?? null, 'claim', name)
      return operations.follow(
        { verb: 'create-claim', target: { kind: 'claim', id: name }, total: request.size },
        call,
        () => turns.take(name, () => putOnce(deps, name, request, call)),
      )
    },
    rehearse(name, request, draw) {
      requireNameFor(world.working, request.tenant ?? null, 'claim', name)
      const known = existingClaim(deps, name, request)
      if (known !== null) return draw(known, world.durable)
      return rehearseClaim(deps, name, request, draw)
    },
    remove(name, how, call) {
      const { request } = needOwn(world.working, 'claim', name, call.caller)
      return operations.follow(
        { verb: 'release-claim', target: { kind: 'claim', id: name }, total: request.size },
        call,
        (control) => removeClaim(deps, name, how, call, (done) => control.progress(done)),
      )
    },
    stepsFor: (namespace) => claimSteps(deps, namespace.claim ?? '', INTERNAL_CALL),
    forget: (tx, name) => forgetClaim(tx, leases, name),
    async resume(name) {
      const claim = need(world.working, 'claim', name)
      if (claim.state === 'creating') await turns.take(name, () => finishSlice(deps, name))
      else await finishInQueue(deps, claim, {})
    },
    endWith(tx, name) {
      const claim = tx.view.get('claim', name)
      if (claim === undefined) return null
      releaseInBooks(tx, leases, name)
      if (tx.view.get('claim', name) === undefined) return null
      return () => {
        finishInQueue(deps, claim, {}).catch((err: unknown) => {
          log.error({ err, claim: name }, 'a claim whose lease ended could not be released')
        })
      }
    },
  }
}

async function putOnce(
  deps: ClaimDeps,
  name: string,
  request: ClaimRequest,
  call: LongCall<Made<ClaimRecord>>,
): Promise<Made<ClaimRecord>> {
  const known = existingClaim(deps, name, request)
  if (known !== null) {
    checkRevision(known, call.ifMatch)
    checkFence(deps.world.working, known.lease, call.fence)
    const result = { record: known, created: false }
    // Drawn here, since the claim may be gone by the time at which this is durable.
    await deps.world.commit((tx) => call.remember?.(tx, result))
    return result
  }
  if (call.ifMatch !== undefined) {
    throw new DaxError('precondition_failed', `There is no claim ${name}.`)
  }
  return { record: await makeClaim(deps, name, request, call), created: true }
}
