import { DaxError } from '../core/errors.ts'
import type { ClaimRecord, ClaimRequest, NamespaceRecord } from '../core/model.ts'
import { type Draw, INTERNAL_CALL, type LongCall } from './call.ts'
import { choosePool, dedicatedRequest, emptyClaim, grantClaim, renewClaim } from './claim-grant.ts'
import { finishRelease, NOBODY, releaseInBooks } from './claim-release.ts'
import type { HostDeps } from './deps.ts'
import { inFittingRegion, rehearseInFittingRegion } from './fitting.ts'
import { ledgerHolders } from './holders.ts'
import type { ClaimEnding, Leases } from './leases.ts'
import { need } from './lookup.ts'
import type { Removal } from './namespace-removal.ts'
import type { Made } from './namespaces.ts'
import type { Followed, Operations } from './operations.ts'
import { asStoredProblem } from './problems.ts'
import { type NewNamespace, type ProvisionSteps, planNamespace, provision } from './provision.ts'
import { type Revoked, whileQuiet } from './quiet.ts'
import { isSameRequest } from './same-request.ts'
import { randomUUID } from './uuid.ts'
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
  /** Opens and maps a claim's device again, in its new generation and at the same place. */
  renewAfterReboot(tx: Transaction, name: string): void
  /** Goes on with a release that was cut short. */
  resume(name: string): Promise<void>
}

/** The name of a dedicated claim's own namespace. */
function namespaceName(claim: string): string {
  return `claim.${claim}`
}

export function createClaims(
  deps: HostDeps & { readonly operations: Operations; readonly leases: Leases },
): Claims {
  const { world, queues, operations, leases, log } = deps
  const making = new Map<string, Promise<ClaimRecord>>()

  function existing(name: string, request: ClaimRequest): ClaimRecord | null {
    const known = world.working.get('claim', name)
    if (known === undefined) return null
    if (known.state === 'releasing') {
      throw new DaxError('in_transition', `Claim ${name} is being released.`)
    }
    if (isSameRequest(known.request, request)) return known
    throw new DaxError('name_taken', `Claim ${name} was made by a different request.`)
  }

  function slice(tx: Transaction, name: string, request: ClaimRequest): ClaimRecord {
    const { namespace, device, place } = choosePool(tx, request)
    const claim = tx.create('claim', emptyClaim(name, request, 'creating'))
    return grantClaim(tx, leases, claim, { namespace, device }, place)
  }

  function ready(
    tx: Transaction,
    name: string,
    made: Parameters<typeof grantClaim>[3],
  ): ClaimRecord {
    const claim = need(tx.view, 'claim', name)
    const { offset, length } = { offset: 0 as ClaimRecord['offset'], length: made.device.size }
    return grantClaim(tx, leases, claim, made, { offset, length })
  }

  function steps(
    name: string,
    call: Pick<LongCall<Made<ClaimRecord>>, 'remember'>,
  ): Omit<ProvisionSteps<ClaimRecord>, 'onPlanned'> {
    return {
      onReady(tx, made) {
        const claim = ready(tx, name, made)
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

  function plan(
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

  function dedicated(
    name: string,
    request: ClaimRequest,
    call: LongCall<Made<ClaimRecord>>,
  ): Promise<ClaimRecord> {
    refuseNamespaceName(deps, name)
    return inFittingRegion(deps, selected(request), (region) => {
      const wanted = world.rehearse((tx) => plan(tx, region, name, request))
      return provision(deps, region, wanted, {
        ...steps(name, call),
        onPlanned(tx, { namespace, device }) {
          const draft = emptyClaim(name, request, 'creating')
          tx.create('claim', { ...draft, namespace: namespace.name, device: device.uid })
        },
      })
    })
  }

  async function putOnce(
    name: string,
    request: ClaimRequest,
    call: LongCall<Made<ClaimRecord>>,
  ): Promise<Made<ClaimRecord>> {
    const underWay = making.get(name)
    if (underWay !== undefined) await underWay.catch(() => undefined)
    const known = existing(name, request)
    if (known !== null) {
      checkRevision(known, call.ifMatch)
      await world.barrier()
      return { record: known, created: false }
    }
    if (call.ifMatch !== undefined) {
      throw new DaxError('precondition_failed', `There is no claim ${name} at a revision.`)
    }
    const work =
      request.sharing === 'slice'
        ? world.commit((tx) => {
            const record = slice(tx, name, request)
            call.remember?.(tx, { record, created: true })
            return record
          })
        : dedicated(name, request, call)
    making.set(name, work)
    try {
      return { record: await work, created: true }
    } finally {
      making.delete(name)
    }
  }

  async function remove(
    name: string,
    how: Removal,
    call: LongCall<Revoked>,
    progress: (done: number) => void,
  ): Promise<Revoked> {
    const claim = need(world.working, 'claim', name)
    checkRevision(claim, call.ifMatch)
    if (claim.state === 'creating' || claim.state === 'releasing') {
      throw new DaxError('in_transition', `Claim ${name} is ${claim.state}.`)
    }
    const onGone = (tx: Transaction): void => call.remember?.(tx, NOBODY)
    const revoke = how.ifBusy === 'revoke'
    if (claim.state === 'active' && claim.request.sharing === 'slice') {
      await world.commit((tx) => {
        releaseInBooks(tx, leases, name)
        if (tx.view.get('claim', name) === undefined) onGone(tx)
      })
      const rest = world.working.get('claim', name)
      if (rest !== undefined) await finish(rest, { onGone, onProgress: progress })
      return NOBODY
    }
    return retireClaim(claim, revoke, { onGone, onProgress: progress })
  }

  type FinishSteps = Parameters<typeof finishRelease>[2]

  async function finish(claim: ClaimRecord, more: FinishSteps): Promise<void> {
    const region = regionOf(deps, claim)
    await queues.run(region, () => finishRelease(deps, claim.name, more))
  }

  function retireClaim(claim: ClaimRecord, revoke: boolean, more: FinishSteps): Promise<Revoked> {
    return queues.run(regionOf(deps, claim), async () => {
      const device = world.working.get('device', claim.device ?? '')
      if (device === undefined) {
        await world.commit((tx) => {
          releaseInBooks(tx, leases, claim.name)
          more.onGone?.(tx)
        })
        return NOBODY
      }
      refuseOthers(deps, claim, revoke)
      // The claim's own handle and mapping are not in its own way; processes are.
      return whileQuiet(deps, device, revoke ? 'nobody' : 'processes', async (users) => {
        const mappings = await world.commit((tx) => releaseInBooks(tx, leases, claim.name))
        await finishRelease(deps, claim.name, more)
        return { mappings, processes: users.map(({ pid, comm }) => ({ pid, comm })) }
      })
    })
  }

  return {
    put: (name, request, call) =>
      operations.follow(
        {
          verb: 'create-claim',
          target: { kind: 'claim', id: name },
          total: request.size,
          windowMs: call.windowMs,
          view: call.view,
          ...(call.rememberOperation ? { remember: call.rememberOperation } : {}),
        },
        () => putOnce(name, request, call),
      ),
    rehearse(name, request, draw) {
      const known = existing(name, request)
      if (known !== null) return draw(known, world.durable)
      if (request.sharing === 'slice') {
        return world.rehearse((tx) => draw(slice(tx, name, request), tx.view))
      }
      refuseNamespaceName(deps, name)
      return rehearseInFittingRegion(deps, selected(request), (tx, region) => {
        const { namespace, device } = planNamespace(tx, region, plan(tx, region, name, request))
        const draft = emptyClaim(name, request, 'creating')
        const { name: own, chardev } = namespace
        const length = device.size
        const parts = { namespace: own, device: device.uid, chardev, length }
        return draw(tx.create('claim', { ...draft, ...parts }), tx.view)
      })
    },
    remove(name, how, call) {
      const { request } = need(world.working, 'claim', name)
      return operations.follow(
        {
          verb: 'release-claim',
          target: { kind: 'claim', id: name },
          total: request.size,
          windowMs: call.windowMs ?? 0,
          view: call.view,
          ...(call.rememberOperation ? { remember: call.rememberOperation } : {}),
        },
        (control) => remove(name, how, call, (done) => control.progress(done)),
      )
    },
    stepsFor: (namespace) => steps(namespace.claim ?? '', INTERNAL_CALL),
    renewAfterReboot: (tx, name) => renewClaim(tx, leases, name),
    async resume(name) {
      await finish(need(world.working, 'claim', name), {})
    },
    endWith(tx, name) {
      const claim = tx.view.get('claim', name)
      if (claim === undefined) return null
      releaseInBooks(tx, leases, name)
      if (tx.view.get('claim', name) === undefined) return null
      return () => {
        finish(claim, {}).catch((err: unknown) => {
          log.error({ err, claim: name }, 'a claim whose lease ended could not be released')
        })
      }
    },
  }
}

function selected(request: ClaimRequest): {
  readonly selector?: NonNullable<ClaimRequest['selector']>
} {
  return request.selector === undefined ? {} : { selector: request.selector }
}

function refuseNamespaceName({ world }: HostDeps, claim: string): void {
  const name = namespaceName(claim)
  if (world.working.get('namespace', name) === undefined) return
  throw new DaxError('name_taken', `A namespace ${name} is there already.`)
}

function regionOf({ world }: HostDeps, claim: ClaimRecord): number {
  return need(world.working, 'namespace', claim.namespace ?? '').region
}

/** @throws DaxError `busy` (EBUSY) when anybody but the claim itself refers to its device. */
function refuseOthers({ world }: HostDeps, claim: ClaimRecord, revoke: boolean): void {
  if (revoke || claim.device === null) return
  const own = new Set([claim.handle, claim.mapping])
  const others = ledgerHolders(world.working, claim.device).filter(
    (holder) => !('id' in holder && own.has(holder.id)),
  )
  if (others.length === 0) return
  const detail = `${others.length} other handles or mappings hold ${claim.chardev}.`
  throw new DaxError('busy', detail, { holders: others })
}
