import { transition } from '../core/device.ts'
import { DaxError } from '../core/errors.ts'
import type { DeviceRecord } from '../core/model.ts'
import type { HostView, Observation } from '../ports/backend.ts'
import type { Call, LongCall } from './call.ts'
import { renewClaims } from './claim-renewal.ts'
import type { HostDeps } from './deps.ts'
import { hostFields, isIdle } from './device-records.ts'
import type { DrainCheck, Drains } from './drains.ts'
import { processHolders } from './holders.ts'
import { syncRegion } from './host-sync.ts'
import { need, presentDevice } from './lookup.ts'
import type { Removal } from './namespace-removal.ts'
import type { Followed, Operations } from './operations.ts'
import { needOwnDevice } from './ownership.ts'
import { currentUsers, type Revoked } from './quiet.ts'
import { disableDevice, retireDevice, wantEnabled } from './retire.ts'
import type { StateView } from './world/state.ts'
import { checkRevision } from './world/transaction.ts'

/** A device after it was disabled, and what a revoke hit. */
export interface Disabled {
  readonly device: DeviceRecord
  readonly revoked: Revoked | null
}

/** Enabling, disabling and removing devices, with regard to those who use them. */
export interface DeviceLifecycle {
  /** Starts a new generation; enabling what is enabled changes nothing. */
  enable(chardev: string, call: Call<DeviceRecord>): Promise<DeviceRecord>
  /** Disabling what is disabled changes nothing. */
  disable(chardev: string, how: Removal, call: LongCall<Disabled>): Promise<Followed<Disabled>>
  /** Gives the capacity of a device that no namespace owns back to its region. */
  remove(chardev: string, how: Removal, call: LongCall<Revoked>): Promise<Followed<Revoked>>
  /**
   * Who really has these devices open or mapped, by a look that begins now; nobody of a name that
   * has become another device's by its end, whose users may be none of the asker's business.
   */
  observe(chardevs: readonly string[]): Promise<Observation>
}

/** Enabling, disabling and giving back devices, each in its region's queue. */
export function createDeviceLifecycle(
  deps: HostDeps & { readonly operations: Operations; readonly drains: Drains },
): DeviceLifecycle {
  const { world, queues, drains, operations, backend } = deps
  return {
    enable(chardev, call) {
      const device = needOwnDevice(world.working, chardev, call.caller)
      return queues.run(device.region, () => enable(deps, device, call))
    },
    async disable(chardev, how, call) {
      const device = needOwnDevice(world.working, chardev, call.caller)
      checkRevision(device, call.ifMatch)
      const finish = (check?: DrainCheck): Promise<Disabled> =>
        queues.run(device.region, () => {
          check?.()
          return disable(deps, device, how, call)
        })
      if (how.ifBusy !== 'drain' || device.life.state === 'disabled') {
        return { kind: 'done', result: await finish() }
      }
      const target = { kind: 'device', id: chardev } as const
      const { timeoutMs } = how
      return drains.start({ verb: 'disable-device', target, device, timeoutMs }, call, finish)
    },
    remove(chardev, how, call) {
      const device = needOwnDevice(world.working, chardev, call.caller)
      checkRevision(device, call.ifMatch)
      requireOwnerless(device)
      const finish = (revoke: boolean, check?: DrainCheck): Promise<Revoked> =>
        queues.run(device.region, async () => {
          check?.()
          const current = need(world.working, 'device', device.uid)
          if (how.ifBusy !== 'drain') checkRevision(current, call.ifMatch)
          // It may have been adopted while this waited.
          requireOwnerless(current)
          // Nothing is left to be waited for: only a namespace's memory is wiped.
          const { revoked } = await retireDevice(deps, device.uid, revoke, {
            onIntent: (tx) => call.note?.(tx, 'begun'),
            onGone: (tx) => call.remember?.(tx, { mappings: 0, processes: [] }),
            onStuck: (tx) => call.note?.(tx, 'undone'),
          })
          return revoked
        })
      const about = { verb: 'destroy-device', target: { kind: 'device', id: chardev } } as const
      if (how.ifBusy === 'drain') {
        const { timeoutMs } = how
        return drains.start({ ...about, device, timeoutMs }, call, (check) => finish(false, check))
      }
      return operations.follow({ ...about, total: device.size }, call, () =>
        finish(how.ifBusy === 'revoke'),
      )
    },
    async observe(chardevs) {
      const bearer = (chardev: string): string | undefined => world.working.index.bearer(chardev)
      const before = new Map(chardevs.map((chardev) => [chardev, bearer(chardev)]))
      const { users, complete } = await backend.observe(chardevs)
      const told = [...users].map(([chardev, found]) => {
        return [chardev, bearer(chardev) === before.get(chardev) ? found : []] as const
      })
      return { users: new Map(told), complete }
    },
  }
}

async function enable(
  deps: HostDeps,
  { uid, chardev }: DeviceRecord,
  call: Call<DeviceRecord>,
): Promise<DeviceRecord> {
  const { world, backend } = deps
  // The one that was meant: by now its name may be another's.
  const before = presentDevice(world.working, uid)
  if (before === undefined) throw new DaxError('no_such_device', `That ${chardev} is gone.`)
  checkRevision(before, call.ifMatch)
  const { state } = before.life
  // Asks the life cycle first, so that its refusal comes before the host is touched.
  const generation = world.working.generation(chardev) + 1
  transition(before.life, { type: 'enable', generation, size: before.size })
  refuseLeaving(world.working, before)
  if (state === 'enabled') {
    await world.commit((tx) => call.remember?.(tx, before))
    return before
  }
  world.inTransition.add(before.uid)
  try {
    const host = await backend.discover(before.region)
    await world.commit((tx) => syncRegion(tx, host, before.region))
    if (isUp(host, before)) await endOldLife(deps, before)
    const enabled = await backend.enable(chardev)
    // The claims of the device are mapped anew in the very step that enables it.
    world.inTransition.delete(before.uid)
    const record = await world.commit((tx) => {
      const device = need(tx.view, 'device', before.uid)
      // A lease that has ended meanwhile takes its claim's device back.
      refuseLeaving(tx.view, device)
      const size = device.size
      const next = tx.nextGeneration(chardev)
      const life = transition(device.life, { type: 'enable', generation: next, size })
      const first = device.first_generation === 0 ? next : device.first_generation
      const changes = { ...hostFields(enabled), life, first_generation: first, drift: null }
      const record = tx.update('device', device, changes)
      wantEnabled(tx, record, true)
      renewClaims(tx, record)
      call.remember?.(tx, record)
      return record
    })
    await deps.specs.settle(before.uid)
    return record
  } finally {
    world.inTransition.delete(before.uid)
  }
}

/**
 * What is being taken away, or was half-way, is not given to anybody again: its end asks nobody.
 * @throws DaxError `in_transition` (EBUSY).
 */
function refuseLeaving(view: StateView, { namespace, chardev }: DeviceRecord): void {
  const owner = namespace === null ? undefined : view.get('namespace', namespace)
  if (owner === undefined || owner.state === 'active') return
  throw new DaxError('in_transition', `Namespace ${owner.name} of ${chardev} is ${owner.state}.`)
}

/** Up on the host, though the books say disabled: a revoke that the host has refused half-way. */
function isUp({ devices }: HostView, { chardev, size }: DeviceRecord): boolean {
  return size > 0 && devices.some((device) => device.chardev === chardev && device.enabled)
}

/**
 * A new generation must not begin on the life of the old one, whose processes still reach it.
 * @throws DaxError `busy` (EBUSY) with the processes; a disable with `revoke` ends them.
 */
async function endOldLife(deps: HostDeps, device: DeviceRecord): Promise<void> {
  const users = (await currentUsers(deps, device)).filter(({ stale }) => !stale)
  if (users.length > 0) {
    const detail = `${users.length} processes still reach ${device.chardev} of before; revoke it.`
    throw new DaxError('busy', detail, { holders: processHolders(users) })
  }
  await deps.backend.disable(device.chardev)
}

async function disable(
  deps: HostDeps,
  before: DeviceRecord,
  how: Removal,
  call: Call<Disabled>,
): Promise<Disabled> {
  const { world, backend } = deps
  const device = need(world.working, 'device', before.uid)
  if (how.ifBusy !== 'drain') checkRevision(device, call.ifMatch)
  const revoke = how.ifBusy === 'revoke'
  if (device.life.state === 'disabled' && !isUp(await backend.discover(device.region), device)) {
    const result: Disabled = { device, revoked: revoke ? { mappings: 0, processes: [] } : null }
    await world.commit((tx) => call.remember?.(tx, result))
    return result
  }
  const done = await disableDevice(deps, device.uid, revoke, (tx, record, revoked) =>
    call.remember?.(tx, { device: record, revoked: revoke ? revoked : null }),
  )
  return { device: done.device, revoked: revoke ? done.revoked : null }
}

function requireOwnerless(device: DeviceRecord): void {
  if (device.namespace !== null) {
    const detail = `${device.chardev} belongs to namespace ${device.namespace}; delete that.`
    throw new DaxError('owned_by_namespace', detail, {
      holders: [{ kind: 'namespace', id: device.namespace }],
    })
  }
  if (isIdle(device)) {
    const detail = `${device.chardev} is the region's empty slot; there is nothing to give back.`
    throw new DaxError('empty_device', detail)
  }
}
