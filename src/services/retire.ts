import { transition } from '../core/device.ts'
import { DaxError } from '../core/errors.ts'
import type { DeviceRecord, NamespaceRecord } from '../core/model.ts'
import type { HostDevice, ObservedUser } from '../ports/backend.ts'
import type { HostDeps } from './deps.ts'
import { removeDevice } from './device-records.ts'
import { activeWipe, isWipedAtEnd, startDeviceWipe } from './device-wipe.ts'
import { isPlanned } from './host-sync.ts'
import { need, presentDevice } from './lookup.ts'
import { asDaxError, asStoredProblem } from './problems.ts'
import { type Revoked, regardOf, whileQuiet } from './quiet.ts'
import { revokeMappings } from './references.ts'
import type { Transaction } from './world/transaction.ts'

/** What a caller adds to the durable steps of taking a device away. */
export interface RetireSteps {
  /** With the intent: from here on the device goes, whatever happens. */
  readonly onIntent?: (tx: Transaction) => void
  /** With the end. */
  readonly onGone?: (tx: Transaction) => void
  /** When the host would not let it go; the namespace is `failed` then. */
  readonly onStuck?: (tx: Transaction, error: DaxError) => void
  /** Told the bytes wiped so far. */
  readonly onProgress?: (doneBytes: number) => void
}

function asRevoked(mappings: number, users: readonly ObservedUser[]): Revoked {
  return { mappings, processes: users.map(({ pid, comm }) => ({ pid, comm })) }
}

/**
 * Disables a device in the books, revoking its mappings if told to.
 * @throws DaxError `busy` (EBUSY) when references exist and `revoke` is false.
 */
export function disableInBooks(
  tx: Transaction,
  uid: string,
  revoke: boolean,
): { readonly device: DeviceRecord; readonly mappings: number } {
  const device = need(tx.view, 'device', uid)
  const { handles, mappings } = tx.view.index.references(uid)
  const references = handles + mappings
  const life = transition(device.life, { type: 'disable', references, revoke })
  const revoked = revoke ? revokeMappings(tx, device) : 0
  const next = life === device.life ? device : tx.update('device', device, { life })
  wantEnabled(tx, next, false)
  return { device: next, mappings: revoked }
}

/** The namespace of a device follows what its user last asked for. */
export function wantEnabled(tx: Transaction, device: DeviceRecord, enabled: boolean): void {
  if (device.namespace === null) return
  const namespace = need(tx.view, 'namespace', device.namespace)
  if (namespace.enabled !== enabled) tx.update('namespace', namespace, { enabled })
}

/**
 * Disables an enabled or draining device. Runs in its region's queue.
 *
 * With `revoke` the books go first: whatever happens to the host then, no mapping is called live
 * whose memory may be gone. Without it the host goes first: nobody is there to be hurt, and a
 * host that refuses leaves everything as it was.
 *
 * @throws DaxError `busy` (EBUSY) with holders, `in_transition`, or the host's refusal.
 */
export function disableDevice(
  deps: HostDeps,
  uid: string,
  revoke: boolean,
  onDone: (tx: Transaction, device: DeviceRecord, revoked: Revoked) => void,
): Promise<{ readonly device: DeviceRecord; readonly revoked: Revoked }> {
  const { world, backend } = deps
  const before = need(world.working, 'device', uid)
  return whileQuiet(deps, before, regardOf(revoke), async (users) => {
    if (!revoke) await backend.disable(before.chardev)
    const record = (): Promise<{ device: DeviceRecord; revoked: Revoked }> =>
      world.commit((tx) => {
        const { device, mappings } = disableInBooks(tx, uid, revoke)
        const revoked = asRevoked(mappings, users)
        onDone(tx, device, revoked)
        return { device, revoked }
      })
    if (revoke) {
      const done = await record()
      await backend.disable(before.chardev)
      return done
    }
    try {
      return await record()
    } catch (error) {
      await backend.enable(before.chardev)
      throw error
    }
  })
}

/** What is still to be waited for, outside the queue, until a device is gone; null when it is. */
export type Rest = (() => Promise<void>) | null

/** A device that is being taken away: what that hit, and what is left of it. */
export interface Retired {
  readonly revoked: Revoked
  readonly rest: Rest
}

/**
 * Takes a device, and its namespace if it has one, off the host for good. Runs in its region's
 * queue. The intent is durable before the host is touched, so a crash in between is made good at
 * the next start by {@link finishRetire}.
 *
 * @throws DaxError as {@link disableDevice}; after the intent only the host's refusal, which leaves
 *   the namespace `failed`.
 */
export function retireDevice(
  deps: HostDeps,
  uid: string,
  revoke: boolean,
  steps: RetireSteps,
): Promise<Retired> {
  const { world } = deps
  const before = need(world.working, 'device', uid)
  return whileQuiet(deps, before, regardOf(revoke), async (users) => {
    const mappings = await world.commit((tx) => {
      const { device, mappings } = disableInBooks(tx, uid, revoke)
      const namespace = namespaceOf(tx, device)
      if (namespace !== null) tx.update('namespace', namespace, { state: 'deleting' })
      steps.onIntent?.(tx)
      return mappings
    })
    const rest = await finishRetire(deps, uid, steps)
    return { revoked: asRevoked(mappings, users), rest }
  })
}

/**
 * The part of {@link retireDevice} after the intent; repeatable until it succeeds. What is to be
 * wiped first is wiped outside the queue, and gone only after that: the result waits for it. It
 * rejects as soon as the wipe fails, or with `stale_holders` when it has to wait for those who
 * still hold a device that was revoked; then it is gone on with when they have let go. While it is
 * under way nothing is done here: between its pieces the host is its own.
 *
 * @throws DaxError the host's refusal, which leaves the namespace `failed`.
 */
export async function finishRetire(deps: HostDeps, uid: string, steps: RetireSteps): Promise<Rest> {
  const { world, backend } = deps
  const device = need(world.working, 'device', uid)
  const job = activeWipe(deps, device)
  if (job !== undefined) return () => job.answered
  try {
    const there = await hostDeviceOf(deps, device)
    if (there !== undefined) {
      await backend.disable(there.chardev)
      if (isWipedAtEnd(world.working, device)) {
        return await wipeAndRetire(deps, device, there.enabled, steps)
      }
      await backend.destroy(there.chardev)
    }
  } catch (cause) {
    const error = asDaxError(cause)
    await world.commit((tx) => markStuck(tx, uid, steps, error))
    throw error
  }
  await world.commit((tx) => forgetRetired(tx, uid, steps))
  return null
}

async function wipeAndRetire(
  deps: HostDeps,
  device: DeviceRecord,
  wasOpen: boolean,
  steps: RetireSteps,
): Promise<Rest> {
  const { world, backend } = deps
  const { uid } = device
  const job = await startDeviceWipe(deps, device, {
    wasOpen,
    onProgress: (done) => steps.onProgress?.(done),
    async finish({ turn, end }) {
      await turn(async () => {
        // Forgotten meanwhile, its place and its name may be another's.
        const current = presentDevice(world.working, uid)
        const there = current && (await hostDeviceOf(deps, current))
        if (there !== undefined) await backend.destroy(there.chardev)
      })
      await world.commit((tx) => {
        end(tx)
        forgetRetired(tx, uid, steps)
      })
    },
    onStuck: (tx, error) => markStuck(tx, uid, steps, error),
  })
  return () => job.answered
}

/** The device is gone from the host; while its wipe was waiting, somebody may have let go of it. */
function forgetRetired(tx: Transaction, uid: string, steps: RetireSteps): void {
  const device = presentDevice(tx.view, uid)
  if (device === undefined) return
  const namespace = namespaceOf(tx, device)
  if (namespace !== null) tx.remove('namespace', namespace)
  steps.onGone?.(tx)
  removeDevice(tx, need(tx.view, 'device', uid))
}

function markStuck(tx: Transaction, uid: string, steps: RetireSteps, error: DaxError): void {
  const device = presentDevice(tx.view, uid)
  if (device === undefined) return
  const namespace = namespaceOf(tx, device)
  if (namespace !== null) {
    tx.update('namespace', namespace, { state: 'failed', problem: asStoredProblem(error) })
  }
  steps.onStuck?.(tx, error)
}

/**
 * A name on the host is this device only if it stands in this device's places. One that was only
 * planned may stand there under another name: nobody has heard which one the host gave it.
 */
async function hostDeviceOf(
  { backend }: HostDeps,
  device: DeviceRecord,
): Promise<HostDevice | undefined> {
  const { devices } = await backend.discover(device.region)
  return devices.find(
    ({ chardev, region, extents }) =>
      region === device.region &&
      extents[0]?.start === device.extents[0]?.start &&
      (chardev === device.chardev || isPlanned(device)),
  )
}

function namespaceOf(tx: Transaction, device: DeviceRecord): NamespaceRecord | null {
  return device.namespace === null ? null : need(tx.view, 'namespace', device.namespace)
}

/** A failed or half-made thing is not drained: there is nobody to wait for. */
export function requireSettled(namespace: NamespaceRecord): void {
  if (namespace.state === 'active' || namespace.state === 'failed') return
  const detail = `Namespace ${namespace.name} is ${namespace.state}.`
  throw new DaxError('in_transition', detail)
}
