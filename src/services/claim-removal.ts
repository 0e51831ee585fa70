import { DaxError } from '../core/errors.ts'
import type { ClaimRecord } from '../core/model.ts'
import type { LongCall } from './call.ts'
import { finishRelease, isPoolThere, NOBODY, releaseInBooks } from './claim-release.ts'
import type { HostDeps } from './deps.ts'
import { checkFence } from './fencing.ts'
import { ledgerHolders, processHolders } from './holders.ts'
import type { Leases } from './leases.ts'
import { need, needStill } from './lookup.ts'
import type { Removal } from './namespace-removal.ts'
import { needOwn } from './ownership.ts'
import { type Revoked, whileQuiet } from './quiet.ts'
import type { Rest, Retired, RetireSteps } from './retire.ts'
import { mappedIn } from './slice-wipe.ts'
import type { StateView } from './world/state.ts'
import { checkRevision, type IfMatch, type Transaction } from './world/transaction.ts'

/** What the removal of a claim needs. */
export type RemovalDeps = HostDeps & { readonly leases: Leases }

type FinishSteps = Parameters<typeof finishRelease>[2]

/**
 * Takes back all that a claim got, its device included.
 * @throws DaxError `in_transition` (EBUSY), `precondition_failed`, `busy` (EBUSY) with `holders`.
 */
export async function removeClaim(
  deps: RemovalDeps,
  name: string,
  how: Removal,
  call: Pick<LongCall<Revoked>, 'caller' | 'fence' | 'ifMatch' | 'note' | 'remember'>,
  onProgress: (done: number) => void,
): Promise<Revoked> {
  const claim = needOwn(deps.world.working, 'claim', name, call.caller)
  const target: Target = { claim, ifMatch: call.ifMatch, fence: call.fence }
  stillThere(deps.world.working, target)
  const onGone = (tx: Transaction): void => call.remember?.(tx, NOBODY)
  const steps: RemovalSteps = {
    onGone,
    onProgress,
    onIntent: (tx) => call.note?.(tx, 'begun'),
    onStuck: (tx) => call.note?.(tx, 'undone'),
  }
  if (claim.request.sharing === 'slice') {
    if (how.ifBusy !== 'revoke') await refuseMapped(deps, claim)
    await removeSlice(deps, target, steps)
    return NOBODY
  }
  return retireClaim(deps, target, how.ifBusy === 'revoke', steps)
}

/** What is told of a removal's steps: the one that decides it, too. */
type RemovalSteps = FinishSteps & Pick<RetireSteps, 'onIntent'>

/** The claim that a removal has looked at, and the revision that its caller has seen. */
interface Target {
  readonly claim: ClaimRecord
  readonly ifMatch: IfMatch | undefined
  readonly fence: number | undefined
}

/**
 * Asked again after every wait: meanwhile somebody else may have taken the claim back, and its name
 * may be a new holder's.
 * @throws DaxError `no_such_claim` (ENOENT), `precondition_failed`, `in_transition` (EBUSY).
 */
function stillThere(view: StateView, { claim, ifMatch, fence }: Target): ClaimRecord {
  const current = needStill(view, 'claim', claim.name, claim)
  checkRevision(current, ifMatch)
  checkFence(view, current.lease, fence)
  if (current.state === 'creating' || current.state === 'releasing') {
    throw new DaxError('in_transition', `Claim ${claim.name} is ${current.state}.`)
  }
  return current
}

/** Does in the region's queue, where it needs that, what a release has left for the host. */
export function finishInQueue(
  deps: HostDeps,
  claim: ClaimRecord,
  steps: FinishSteps,
): Promise<Rest> {
  // To withdraw a slice's offer needs no turn, which may be long in coming; a wipe takes its own.
  if (claim.request.sharing === 'slice') return finishRelease(deps, claim, steps)
  return deps.queues.run(regionOf(deps, claim), () => finishRelease(deps, claim, steps))
}

/**
 * The next holder of the place would share it with a process that still has it mapped. A part of a
 * device cannot be revoked, so nothing less than its end helps.
 * @throws DaxError `busy` (EBUSY) with the processes.
 */
async function refuseMapped({ backend, world }: RemovalDeps, claim: ClaimRecord): Promise<void> {
  const { chardev, offset, length } = claim
  // When the pool is gone, whoever has its name mapped has another's memory.
  if (chardev === null || !isPoolThere(world.working, claim)) return
  const { users } = await backend.observe([chardev])
  if (!isPoolThere(world.working, claim)) return
  const inside = mappedIn(users.get(chardev) ?? [], { offset, length })
  if (inside.length === 0) return
  const detail = `${inside.length} processes have the slice mapped.`
  throw new DaxError('busy', detail, { holders: processHolders(inside) })
}

async function removeSlice(deps: RemovalDeps, target: Target, steps: RemovalSteps): Promise<void> {
  const { world, leases } = deps
  const { name } = target.claim
  await world.commit((tx) => {
    stillThere(tx.view, target)
    releaseInBooks(tx, leases, name)
    steps.onIntent?.(tx)
    if (tx.view.get('claim', name) === undefined) steps.onGone?.(tx)
  })
  const rest = world.working.get('claim', name)
  if (rest === undefined) return
  const wipe = await finishInQueue(deps, rest, steps)
  await wipe?.()
}

async function retireClaim(
  deps: RemovalDeps,
  target: Target,
  revoke: boolean,
  steps: RemovalSteps,
): Promise<Revoked> {
  const { world, queues, leases } = deps
  const region = regionOf(deps, target.claim)
  const { revoked, rest } = await queues.run(region, async (): Promise<Retired> => {
    const claim = stillThere(world.working, target)
    const device = world.working.get('device', claim.device ?? '')
    if (device === undefined) {
      await world.commit((tx) => {
        releaseInBooks(tx, leases, claim.name)
        steps.onGone?.(tx)
      })
      return { revoked: NOBODY, rest: null }
    }
    refuseOthers(deps, claim, revoke)
    // The claim's own handle and mapping are not in its own way; processes are.
    return whileQuiet(deps, device, revoke ? 'nobody' : 'processes', async (users) => {
      const mappings = await world.commit((tx) => {
        steps.onIntent?.(tx)
        return releaseInBooks(tx, leases, claim.name)
      })
      const rest = await finishRelease(deps, claim, steps)
      const processes = users.map(({ pid, comm }) => ({ pid, comm }))
      return { revoked: { mappings, processes }, rest }
    })
  })
  await rest?.()
  return revoked
}

/** The device outlives its namespace while the claim still refers to it. */
function regionOf({ world }: HostDeps, claim: ClaimRecord): number {
  const device = claim.device === null ? undefined : world.working.get('device', claim.device)
  if (device !== undefined) return device.region
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
