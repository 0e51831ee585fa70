import { transition } from '../core/device.ts'
import { DaxError } from '../core/errors.ts'
import { totalSize } from '../core/extent.ts'
import type { DeviceRecord, NamespaceRecord } from '../core/model.ts'
import { bytes } from '../core/units.ts'
import type { HostDevice, ObservedUser } from '../ports/backend.ts'
import { claimsOn } from './claim-renewal.ts'
import type { HostDeps } from './deps.ts'
import { removeDevice } from './device-records.ts'
import { isPlanned } from './host-sync.ts'
import { need } from './lookup.ts'
import { asDaxError, asStoredProblem } from './problems.ts'
import { type Revoked, regardOf, whileQuiet } from './quiet.ts'
import { revokeMappings } from './references.ts'
import type { StateView } from './world/state.ts'
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
): Promise<Revoked> {
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
    await finishRetire(deps, uid, steps)
    return asRevoked(mappings, users)
  })
}

/**
 * The part of {@link retireDevice} after the intent; repeatable until it succeeds.
 * @throws DaxError the host's refusal, which leaves the namespace `failed`; but `stale_holders`,
 *   when a device that was revoked cannot be wiped under those who still hold it, leaves it
 *   `wiping`, to be gone on with once they have let go.
 */
export async function finishRetire(deps: HostDeps, uid: string, steps: RetireSteps): Promise<void> {
  const { world, backend } = deps
  const device = need(world.working, 'device', uid)
  try {
    const there = await hostDeviceOf(deps, device)
    if (there !== undefined) {
      await backend.disable(there.chardev)
      await wipe(deps, device, steps)
      await backend.destroy(there.chardev)
    }
  } catch (cause) {
    const error = asDaxError(cause)
    // Who still holds it will let go one day; the caretaker asks again until then.
    if (error.code === 'stale_holders') throw error
    await world.commit((tx) => {
      const namespace = namespaceOf(tx, need(tx.view, 'device', uid))
      if (namespace !== null) {
        tx.update('namespace', namespace, { state: 'failed', problem: asStoredProblem(error) })
      }
      steps.onStuck?.(tx, error)
    })
    throw error
  }
  await world.commit((tx) => {
    const gone = need(tx.view, 'device', uid)
    const namespace = namespaceOf(tx, gone)
    if (namespace !== null) tx.remove('namespace', namespace)
    steps.onGone?.(tx)
    removeDevice(tx, need(tx.view, 'device', uid))
  })
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

async function wipe(deps: HostDeps, device: DeviceRecord, steps: RetireSteps): Promise<void> {
  const { world, backend } = deps
  const namespace =
    device.namespace === null ? undefined : world.working.get('namespace', device.namespace)
  // Nobody was ever given what was only planned; its name may be a stranger's.
  if (namespace === undefined || device.size === 0 || isPlanned(device)) return
  if (namespace.wipe !== 'on_release' && !isWipedForClaims(world.working, device)) return
  if (namespace.state !== 'wiping') {
    await world.commit((tx) => {
      tx.update('namespace', need(tx.view, 'namespace', namespace.name), { state: 'wiping' })
    })
  }
  const whole = { offset: bytes(0), length: totalSize(device.ranges) }
  await backend.wipe(device.chardev, whole, (done) => steps.onProgress?.(done))
}

/** A pool that goes takes its slices along, and with them what was promised of their bytes. */
function isWipedForClaims(view: StateView, device: DeviceRecord): boolean {
  return claimsOn(view, device).some(({ request }) => request.wipe === 'on_release')
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
