import { DaxError } from '../core/errors.ts'
import { totalSize } from '../core/extent.ts'
import type { DeviceRecord, NamespaceRecord } from '../core/model.ts'
import { bytes } from '../core/units.ts'
import { claimsOn } from './claim-renewal.ts'
import { wipeOf } from './claim-wipe.ts'
import type { HostDeps } from './deps.ts'
import { isPlanned } from './host-sync.ts'
import { need } from './lookup.ts'
import type { WipeTarget } from './wipe-records.ts'
import type { WipeJob, WipeSpec } from './wipes.ts'
import type { StateView } from './world/state.ts'

/** What the wipe of a namespace's memory is known by: the claim that made it, if one did. */
export function wipeTarget({ name, claim, seq }: NamespaceRecord): WipeTarget {
  return claim === null ? { kind: 'namespace', id: name, seq } : { kind: 'claim', id: claim, seq }
}

/** The wipe of a namespace's device that is under way. */
export function activeWipe(
  { world, wipes }: HostDeps,
  { namespace: name }: DeviceRecord,
): WipeJob | undefined {
  const namespace = name === null ? undefined : world.working.get('namespace', name)
  return namespace === undefined ? undefined : wipes.active(wipeTarget(namespace))
}

/**
 * Whether a device's memory must be zero before it is given back. What was promised stays so once
 * it is being done, whatever the namespace is changed to meanwhile.
 */
export function isWipedAtEnd(view: StateView, device: DeviceRecord): boolean {
  const namespace = device.namespace === null ? undefined : view.get('namespace', device.namespace)
  // Nobody was ever given what was only planned; its name may be a stranger's.
  if (namespace === undefined || device.size === 0 || isPlanned(device)) return false
  if (namespace.wipe === 'on_release' || namespace.state === 'wiping') return true
  return isOwedToOthers(view, device)
}

/** A device that goes takes its slices along, and with them what was promised of their bytes. */
function isOwedToOthers(view: StateView, device: DeviceRecord): boolean {
  if (view.index.endedMappingsOf(device.uid).size > 0) return true
  return claimsOn(view, device).some((claim) => wipeOf(view, claim) === 'on_release')
}

/**
 * Begins to wipe a disabled device, and says so in its namespace. It is gone on with where an
 * earlier life of daxd has left it, but from the start when the host had it open since.
 */
export async function startDeviceWipe(
  { world, wipes }: HostDeps,
  device: DeviceRecord,
  how: {
    readonly wasOpen: boolean
    readonly onProgress: (doneBytes: number) => void
    /** When all of it is zero. */
    readonly finish: WipeSpec['work']
    readonly onStuck: WipeSpec['onStuck']
  },
): Promise<WipeJob> {
  const namespace = need(world.working, 'namespace', device.namespace ?? '')
  if (namespace.state !== 'wiping') {
    await world.commit((tx) => {
      tx.update('namespace', need(tx.view, 'namespace', namespace.name), { state: 'wiping' })
    })
  }
  const whole = { offset: bytes(0), length: totalSize(device.ranges) }
  return wipes.start({
    target: wipeTarget(namespace),
    region: device.region,
    tenant: namespace.tenant,
    total: whole.length,
    // Who still holds it will let go one day.
    waitsOut: ({ code }) => code === 'stale_holders',
    async work(tools) {
      const from = how.wasOpen ? 0 : tools.from
      await tools.zero(device.uid, whole, { from, before: 0 }, how.onProgress)
      await how.finish(tools)
    },
    onStuck: (tx, error) => how.onStuck(tx, explained(error)),
  })
}

/** What is kept with memory that was not wiped, and how it is of use again. */
export function explained(error: DaxError): DaxError {
  if (error.code !== 'cancelled') return error
  const detail =
    'The wiping was cancelled; the memory is kept from everybody until it is deleted again, ' +
    'which wipes it from its start.'
  return new DaxError('cancelled', detail)
}
