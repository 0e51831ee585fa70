import { bornDisabled, transition } from '../core/device.ts'
import { DaxError } from '../core/errors.ts'
import { isSamePlaces, totalSize } from '../core/extent.ts'
import type { DevicePlan, HostDevice, HostView } from '../ports/backend.ts'
import type { HostDeps } from './deps.ts'
import { hostFields, isIdle, keepIdle, removeDevice, shapeFields } from './device-records.ts'
import { syncRegion } from './host-sync.ts'
import { need } from './lookup.ts'
import { type NewNamespace, type Planned, planNamespace } from './plan-namespace.ts'
import { asStoredProblem } from './problems.ts'
import type { Transaction } from './world/transaction.ts'

/** What a caller adds to the two durable steps of a creation. */
export interface ProvisionSteps<T> {
  /** With the intent, before the host is touched. */
  readonly onPlanned?: (tx: Transaction, planned: Planned) => void
  /** Before the result, when the device can be opened; a refusal undoes all. */
  readonly onMade?: (host: HostDevice) => Promise<void>
  /** With the result, once the device is there. */
  readonly onReady: (tx: Transaction, ready: Planned) => T
  /** With the undoing, when the host has refused and nothing is left on it. */
  readonly onUndone?: (tx: Transaction) => void
  /** When the host could not be put back as it was. */
  readonly onStuck?: (tx: Transaction, error: DaxError) => void
}

/**
 * Makes a namespace real: records the intent, makes the device, records the result. Runs alone in
 * its region's queue. When the host refuses, the host and the books are put back; when even that
 * fails, the namespace stays as `failed` and keeps its memory out of circulation.
 *
 * @throws DaxError the refusal of the plan, or of the host.
 */
export async function provision<T>(
  deps: HostDeps,
  regionId: number,
  wanted: NewNamespace,
  steps: ProvisionSteps<T>,
): Promise<T> {
  const host = await deps.backend.discover(regionId)
  const planned = await deps.world.commit((tx) => {
    syncRegion(tx, host, regionId)
    const plan = planNamespace(deps, tx, regionId, wanted)
    steps.onPlanned?.(tx, plan)
    return plan
  })
  return realise(deps, planned, steps, host)
}

/**
 * The second half of {@link provision}; also how a creation goes on after a crash. `seen` is the
 * host as it was read for the plan, in the same turn of the region's queue; else it is read now.
 */
export async function realise<T>(
  deps: HostDeps,
  planned: Planned,
  steps: ProvisionSteps<T>,
  seen?: HostView,
): Promise<T> {
  const { world } = deps
  world.inTransition.add(planned.device.uid)
  let made: HostDevice | null = null
  try {
    made = await makeDevice(deps, planned, seen)
    const host = planned.namespace.enabled ? await deps.backend.enable(made.chardev) : made
    await steps.onMade?.(host)
    // The result itself may open and map the device: a claim's does.
    world.inTransition.delete(planned.device.uid)
    return await world.commit((tx) => steps.onReady(tx, markReady(tx, planned, host)))
  } catch (error) {
    await undo(deps, planned, made ?? planned.device, steps, error)
    throw error
  } finally {
    world.inTransition.delete(planned.device.uid)
  }
}

/**
 * What the host is still busy with, or has only failed to tell, may yet come: nothing is concluded
 * from its not being there.
 */
function mayStillCome(error: unknown): boolean {
  return error instanceof DaxError && error.code === 'backend_timeout'
}

/**
 * After a crash the device may be there already: a device with the very same places is it, and one
 * that is disabled and has only the first of them is what the crash has left half-made.
 * @throws DaxError `range_taken` (EBUSY) for another's, or the host's refusal.
 */
async function makeDevice(
  deps: HostDeps,
  { namespace, device }: Planned,
  seen?: HostView,
): Promise<HostDevice> {
  const { backend, world } = deps
  const host = seen ?? (await backend.discover(device.region))
  const there = host.devices.find((other) => isFirstPlaceOf(other, device))
  if (there !== undefined && isSameShape(there, device)) return there
  // libnvdimm places by itself: what is in the planned place does not keep it from another.
  const isFixed = need(world.working, 'region', String(device.region)).kind === 'dynamic'
  if (there !== undefined && isFixed) {
    if (there.enabled || !isPart(there, device)) {
      throw new DaxError('range_taken', `${there.chardev} has just been made in that place.`)
    }
    await backend.destroy(there.chardev)
  }
  const { region, chardev, align, memmap, mode, extents, ranges } = device
  const { name, uuid } = namespace
  const plan: DevicePlan = { region, chardev, name, uuid, align, memmap, mode, extents, ranges }
  return backend.create(plan)
}

type Placed = Pick<HostDevice, 'region' | 'align' | 'memmap' | 'extents'>

function isFirstPlaceOf(host: Placed, { region, extents }: Placed): boolean {
  return host.region === region && host.extents[0]?.start === extents[0]?.start
}

function isSameShape(host: Placed, { align, memmap, extents }: Placed): boolean {
  return host.align === align && host.memmap === memmap && isSamePlaces(host.extents, extents)
}

function isPart({ extents }: Placed, whole: Placed): boolean {
  return isSamePlaces(extents, whole.extents.slice(0, extents.length))
}

/**
 * The books say what the host gave: libnvdimm may have placed a namespace elsewhere than planned.
 * @throws DaxError `backend_failed` when that is less than what the plan has promised.
 */
function markReady(tx: Transaction, planned: Planned, host: HostDevice): Planned {
  if (totalSize(host.ranges) < planned.device.size) {
    throw new DaxError('backend_failed', `The host gave ${host.chardev} less than was planned.`)
  }
  takeName(tx, planned, host)
  const before = need(tx.view, 'device', planned.device.uid)
  // The host may have given it another name, which has generations of its own.
  const isAsPlanned = host.chardev === before.chardev
  const born = isAsPlanned ? before.life : bornDisabled(tx.view.generation(host.chardev))
  const generation = host.enabled ? tx.nextGeneration(host.chardev) : born.generation
  const life = host.enabled
    ? transition(born, { type: 'enable', generation, size: totalSize(host.ranges) })
    : born
  const device = tx.update('device', before, {
    ...hostFields(host),
    ...shapeFields(host),
    life,
    first_generation: host.enabled ? generation : 0,
  })
  const region = need(tx.view, 'region', String(device.region))
  keepIdle(tx, region)
  const namespace = tx.update('namespace', need(tx.view, 'namespace', planned.namespace.name), {
    state: 'active',
    chardev: device.chardev,
    problem: null,
  })
  return { namespace, device }
}

/** After a crash a device in another place than planned was taken for somebody else's. */
function takeName(tx: Transaction, { device }: Planned, { chardev }: HostDevice): void {
  const uid = tx.view.index.bearer(chardev)
  if (uid === undefined || uid === device.uid) return
  const stranger = need(tx.view, 'device', uid)
  if (stranger.namespace === null && !isIdle(stranger)) removeDevice(tx, stranger)
}

async function undo<T>(
  deps: HostDeps,
  planned: Planned,
  made: Made,
  steps: ProvisionSteps<T>,
  cause: unknown,
): Promise<void> {
  const { world, backend, log } = deps
  const error = cause instanceof DaxError ? cause : null
  try {
    if (mayStillCome(cause)) throw cause
    await removeFromHost(deps, made)
    await world.commit((tx) => {
      const namespace = tx.view.get('namespace', planned.namespace.name)
      if (namespace !== undefined) tx.remove('namespace', namespace)
      const device = tx.view.get('device', planned.device.uid)
      if (device !== undefined) removeDevice(tx, device)
      steps.onUndone?.(tx)
    })
  } catch (second) {
    log.error({ err: second, namespace: planned.namespace.name }, 'creation could not be undone')
    const stuck = error ?? new DaxError('backend_failed', 'The device could not be made.')
    await markStuck(deps, planned, steps, stuck).catch((err: unknown) => {
      log.error({ err, backend: backend.kind }, 'the failed creation could not be recorded')
    })
  }
}

/** What was made, or, where that is not known, was to be made. */
type Made = Placed & Pick<HostDevice, 'chardev'>

/** Only what stands in these places is taken away, whatever bears the name now. */
async function removeFromHost(deps: HostDeps, made: Made): Promise<void> {
  const host = await deps.backend.discover(made.region)
  const stray = host.devices.find(
    (other) => other.chardev === made.chardev && isSamePlaces(other.extents, made.extents),
  )
  if (stray === undefined) return
  await deps.backend.disable(stray.chardev)
  await deps.backend.destroy(stray.chardev)
}

async function markStuck<T>(
  deps: HostDeps,
  planned: Planned,
  steps: ProvisionSteps<T>,
  error: DaxError,
): Promise<void> {
  await deps.world.commit((tx) => {
    const namespace = need(tx.view, 'namespace', planned.namespace.name)
    tx.update('namespace', namespace, { state: 'failed', problem: asStoredProblem(error) })
    steps.onStuck?.(tx, error)
  })
}
