import { DaxError } from '../core/errors.ts'
import type { DeviceRecord } from '../core/model.ts'
import type { ObservedUser } from '../ports/backend.ts'
import type { HostDeps } from './deps.ts'
import { ledgerHolders, processHolders } from './holders.ts'
import { isPlanned } from './host-sync.ts'
import { REGION_SET } from './region-queues.ts'

export type { ObservedUser } from '../ports/backend.ts'

/** What a revoke hit. */
export interface Revoked {
  readonly mappings: number
  readonly processes: readonly { readonly pid: number; readonly comm: string }[]
}

/**
 * Whose being there is a reason to refuse: anybody's, only that of processes on the host (the
 * caller knows about the ledger's references), or nobody's.
 */
export type Regard = 'everybody' | 'processes' | 'nobody'

/** The regard that a revoke, or its absence, means. */
export function regardOf(revoke: boolean): Regard {
  return revoke ? 'nobody' : 'everybody'
}

/**
 * Holds a device still while its host side is changed: nobody new can open or map it, in the
 * ledger or on the host, until `work` has ended.
 *
 * The order matters. First new grants stop (memory), then new opens (the host), then users are
 * looked for: whoever got in before is seen, and nobody gets in afterwards.
 *
 * @throws DaxError `in_transition` (EBUSY) when it is being changed already; `busy` (EBUSY) with
 *   the holders while anybody who is regarded holds the device.
 */
export async function whileQuiet<T>(
  deps: HostDeps,
  device: DeviceRecord,
  regard: Regard,
  work: (users: readonly ObservedUser[]) => Promise<T>,
): Promise<T> {
  const { world } = deps
  if (world.inTransition.has(device.uid)) {
    throw new DaxError('in_transition', `${device.chardev} is being changed already.`)
  }
  world.inTransition.add(device.uid)
  try {
    if (regard === 'everybody') refuseReferences(deps, device)
    // What the host was only asked for has no name there yet, and nobody could open it.
    if (isPlanned(device)) return await work([])
    return await behindFence(deps, device, regard, work)
  } finally {
    world.inTransition.delete(device.uid)
    // If it is still there, its claims are found again.
    await deps.specs.settle(device.uid)
  }
}

async function behindFence<T>(
  deps: HostDeps,
  device: DeviceRecord,
  regard: Regard,
  work: (users: readonly ObservedUser[]) => Promise<T>,
): Promise<T> {
  try {
    // A fence that fails may stand all the same: it is lifted like one that was told.
    await deps.backend.fence(device.chardev)
    const users = await currentUsers(deps, device)
    if (regard === 'everybody') refuseReferences(deps, device)
    if (regard !== 'nobody') refuseUsers(device, users)
    return await work(users)
  } finally {
    await reopen(deps, device)
  }
}

/**
 * Lifts the fence of a device that is to be open. When the host does not do it, that is nobody's
 * answer: what was to be done is done or refused; the caretaker tries again until it is open.
 */
async function reopen(deps: HostDeps, device: DeviceRecord): Promise<void> {
  const { backend, shut, log } = deps
  const { uid, chardev } = device
  if (!isMeantOpen(deps, device)) return
  try {
    await backend.unfence(chardev)
  } catch (err) {
    shut.add(uid)
    log.error({ err, chardev }, 'a device could not be opened again; that is tried on')
  }
}

/** Opens what {@link whileQuiet} had to leave shut, region by region, each in its queue. */
export async function reopenShut(deps: HostDeps): Promise<void> {
  const { world, backend, queues, shut, log } = deps
  for (const uid of [...shut]) {
    const device = world.working.get('device', uid)
    const open = async (): Promise<void> => {
      if (device !== undefined && isMeantOpen(deps, device)) await backend.unfence(device.chardev)
      shut.delete(uid)
    }
    await queues.run(device?.region ?? REGION_SET, open).catch((err: unknown) => {
      log.warn({ err, device: uid }, 'a device is still shut')
    })
  }
}

/**
 * The processes that hold this device. Those of an ended life count only while the device is
 * disabled: then they are the ones that a revoke has left behind.
 */
export async function currentUsers(
  { backend }: HostDeps,
  device: DeviceRecord,
): Promise<readonly ObservedUser[]> {
  const { users } = await backend.observe([device.chardev])
  const leftBehind = device.life.state === 'disabled' && device.first_generation > 0
  return (users.get(device.chardev) ?? []).filter((user) => !user.stale || leftBehind)
}

/**
 * The work may have taken the device away, and its name may be another's by now; or it has
 * disabled the device in the books and then failed on the host, where it must stay shut.
 */
function isMeantOpen({ world }: HostDeps, { uid }: DeviceRecord): boolean {
  const state = world.working.get('device', uid)?.life.state
  return state === 'enabled' || state === 'draining'
}

function refuseReferences({ world }: HostDeps, device: DeviceRecord): void {
  const { handles, mappings } = world.working.index.references(device.uid)
  if (handles + mappings === 0) return
  throw new DaxError(
    'busy',
    `${handles} handles and ${mappings} mappings hold ${device.chardev}.`,
    { holders: ledgerHolders(world.working, device.uid) },
  )
}

function refuseUsers(device: DeviceRecord, users: readonly ObservedUser[]): void {
  if (users.length === 0) return
  const detail = `${users.length} processes on the host have ${device.chardev} open or mapped.`
  throw new DaxError('busy', detail, { holders: processHolders(users) })
}
