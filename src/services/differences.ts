import type { DeviceRecord } from '../core/model.ts'
import { isIdle } from './device-records.ts'
import { isPlanned, NOT_SHOWN, REGION_NOT_SHOWN } from './host-sync.ts'
import type { StateView } from './world/state.ts'

export type Action = 'adopt' | 'forget' | 'repair'

/** One difference between what is wanted, what is written down and what the host shows. */
export interface Difference {
  /** orphan: nobody owns it; ghost: the host has it not; drift: the host has it differently. */
  readonly kind: 'orphan' | 'ghost' | 'drift'
  /** `device/dax0.1`, `namespace/db`, `claim/web` or `region/0`. */
  readonly object: string
  readonly detail: string
  readonly actions: readonly Action[]
}

/** What objects of claims and of regions begin with. */
export const [CLAIM, REGION] = ['claim/', 'region/']

/** What the last look has written down, region by region. */
export function compare(view: StateView): Difference[] {
  const items: Difference[] = []
  for (const region of view.after('region', -1)) {
    const { id, drift } = region
    if (drift === null) continue
    const object = `${REGION}${id}`
    if (drift === REGION_NOT_SHOWN) {
      items.push({ kind: 'ghost', object, detail: drift, actions: ['forget'] })
    } else items.push({ kind: 'drift', object, detail: drift, actions: [] })
  }
  for (const namespace of view.after('namespace', -1)) {
    if (namespace.state !== 'failed') continue
    const detail = namespace.problem?.detail ?? 'an earlier change failed half-way'
    const object = `namespace/${namespace.name}`
    items.push({ kind: 'drift', object, detail, actions: ['repair'] })
  }
  for (const { name, state, problem, request } of view.after('claim', -1)) {
    // A dedicated claim fails with its namespace; repairing that mends both.
    if (state !== 'failed' || request.sharing === 'dedicated') continue
    const detail = problem?.detail ?? 'its release failed half-way'
    items.push({ kind: 'drift', object: `${CLAIM}${name}`, detail, actions: ['repair'] })
  }
  for (const device of view.after('device', -1)) {
    if (device.life.state === 'removed' || isPlanned(device) || isIdle(device)) continue
    const { chardev, drift } = device
    const object = `device/${chardev}`
    if (drift === NOT_SHOWN) {
      const actions: Action[] = device.namespace === null ? ['forget'] : ['repair', 'forget']
      items.push({ kind: 'ghost', object, detail: drift, actions })
    } else if (drift !== null) {
      items.push({ kind: 'drift', object, detail: drift, actions: actionsFor(view, device) })
    } else if (device.namespace === null) {
      const detail = 'no namespace owns the device'
      items.push({ kind: 'orphan', object, detail, actions: ['adopt'] })
    } else if (isLeftDisabled(view, device)) {
      const detail = 'its namespace wants it enabled'
      items.push({ kind: 'drift', object, detail, actions: actionsFor(view, device) })
    }
  }
  return items
}

/** Books and host agree on a device, but its return after a reboot was cut short. */
function isLeftDisabled(view: StateView, { namespace, life, size }: DeviceRecord): boolean {
  const owner = namespace === null ? undefined : view.get('namespace', namespace)
  if (owner === undefined || size === 0) return false
  return owner.state === 'active' && owner.enabled && life.state === 'disabled'
}

/**
 * Nobody's device is as the host has it; a namespace's may also be made as it is wanted. One that
 * is being deleted is wanted gone: taken for right, it would be given to users while it is wiped.
 */
function actionsFor(view: StateView, { namespace }: DeviceRecord): Action[] {
  const owner = namespace === null ? undefined : view.get('namespace', namespace)
  if (owner === undefined) return ['adopt']
  const isGoing = owner.state === 'wiping' || owner.state === 'deleting'
  return isGoing ? ['repair'] : ['repair', 'adopt']
}
