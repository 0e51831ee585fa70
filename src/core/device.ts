/**
 * The life cycle of a device: one union, one transition function.
 *
 * A device is born disabled. Enabling starts a new generation; a disabled device keeps its last
 * one. A device that drains takes no new handles and mappings and becomes disabled when its last
 * reference goes, or enabled again, in the same generation, when the drain ends without that.
 * Removal is final.
 *
 * Source: drivers/dax/super.c `kill_dax`/`run_dax` and drivers/dax/device.c of dee4107924: handles
 * keep the device's object, not its liveness, and nothing revives a handle of an ended generation.
 */
import { DaxError } from './errors.ts'
import { invariant, unreachable } from './invariant.ts'

/** Where a device stands; `generation` is the last one started, 0 before the first enable. */
export type DeviceLife =
  | { readonly state: 'disabled'; readonly generation: number }
  | { readonly state: 'enabled'; readonly generation: number }
  | { readonly state: 'draining'; readonly generation: number; readonly operation: string }
  | { readonly state: 'removed'; readonly generation: number }

/** What can happen to a device. `generation` of an enable is the name's next one. */
export type DeviceEvent =
  | { readonly type: 'enable'; readonly generation: number; readonly size: number }
  | { readonly type: 'disable'; readonly references: number; readonly revoke: boolean }
  | { readonly type: 'drain'; readonly operation: string }
  | { readonly type: 'drain-ended' }
  | { readonly type: 'remove'; readonly references: number; readonly revoke: boolean }

/** A device as it is before its first enable, when its name has had `generation` before. */
export function bornDisabled(generation: number): DeviceLife {
  invariant(Number.isSafeInteger(generation) && generation >= 0, 'a generation counts from 0')
  return { state: 'disabled', generation }
}

/**
 * The next state of a device. Returns `life` itself when the event changes nothing (enabling the
 * enabled, disabling the disabled).
 *
 * @throws DaxError `empty_device` (ENXIO) enabling without memory; `draining`, `busy` (EBUSY);
 *   `no_such_device` (ENOENT) for any event on a removed device.
 */
export function transition(life: DeviceLife, event: DeviceEvent): DeviceLife {
  if (life.state === 'removed') throw new DaxError('no_such_device', 'The device was removed.')
  switch (event.type) {
    case 'enable':
      return enable(life, event)
    case 'disable':
      return disable(life, event)
    case 'drain':
      return drain(life, event.operation)
    case 'drain-ended':
      return life.state === 'draining' ? { ...bare(life), state: 'enabled' } : life
    case 'remove':
      return remove(life, event)
    default:
      return unreachable(event)
  }
}

/** True when a new handle or mapping may be made. */
export function isLive(life: DeviceLife): boolean {
  return life.state === 'enabled'
}

type Present = Exclude<DeviceLife, { state: 'removed' }>

function bare(life: Present): { readonly generation: number } {
  return { generation: life.generation }
}

function enable(life: Present, event: Extract<DeviceEvent, { type: 'enable' }>): DeviceLife {
  if (life.state === 'enabled') return life
  if (life.state === 'draining') {
    throw new DaxError('draining', 'The device is draining; cancel the drain to keep it enabled.')
  }
  if (event.size === 0) {
    throw new DaxError('empty_device', 'The device has size 0 and cannot be enabled.')
  }
  invariant(event.generation > life.generation, 'generations of a name only grow', {
    from: life.generation,
    to: event.generation,
  })
  return { state: 'enabled', generation: event.generation }
}

function disable(life: Present, event: Extract<DeviceEvent, { type: 'disable' }>): DeviceLife {
  if (life.state === 'disabled') return life
  if (!event.revoke && event.references > 0) {
    throw new DaxError('busy', `${event.references} references hold the device.`)
  }
  return { ...bare(life), state: 'disabled' }
}

function drain(life: Present, operation: string): DeviceLife {
  if (life.state === 'disabled') return life
  if (life.state === 'draining') {
    throw new DaxError('draining', 'The device is draining already.')
  }
  return { ...bare(life), state: 'draining', operation }
}

function remove(life: Present, event: Extract<DeviceEvent, { type: 'remove' }>): DeviceLife {
  if (!event.revoke && event.references > 0) {
    throw new DaxError('busy', `${event.references} references hold the device.`)
  }
  return { ...bare(life), state: 'removed' }
}
