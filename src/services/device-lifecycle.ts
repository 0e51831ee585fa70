import { transition } from '../core/device.ts'
import { DaxError } from '../core/errors.ts'
import type { DeviceRecord } from '../core/model.ts'
import type { Observation } from '../ports/backend.ts'
import type { Call, LongCall } from './call.ts'
import { renewClaims } from './claim-renewal.ts'
import type { HostDeps } from './deps.ts'
import { hostFields, isIdle } from './device-records.ts'
import type { Drains } from './drains.ts'
import { processHolders } from './holders.ts'
import { syncRegion } from './host-sync.ts'
import { need, needDevice } from './lookup.ts'
import type { Removal } from './namespace-removal.ts'
import type { Followed, Operations } from './operations.ts'
import type { Revoked } from './quiet.ts'
import { disableDevice, retireDevice, wantEnabled } from './retire.ts'
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
  /** Who really has these devices open or mapped, by a look that begins now. */
  observe(chardevs: readonly string[]): Promise<Observation>
}

/** Enabling, disabling and giving back devices, each in its region's queue. */
export function createDeviceLifecycle(
  deps: HostDeps & { readonly operations: Operations; readonly drains: Drains },
): DeviceLifecycle {
  const { world, queues, drains, operations, backend } = deps
  return {
    enable(chardev, call) {
      const { region } = needDevice(world.working, chardev)
      return queues.run(region, () => enable(deps, chardev, call))
    },
    async disable(chardev, how, call) {
      const device = needDevice(world.working, chardev)
      checkRevision(device, call.ifMatch)
      const finish = (): Promise<Disabled> =>
        queues.run(device.region, () => disable(deps, device, how, call))
      if (how.ifBusy !== 'drain' || device.life.state === 'disabled') {
        return { kind: 'done', result: await finish() }
      }
      const target = { kind: 'device', id: chardev } as const
      const { timeoutMs } = how
      return drains.start({ verb: 'disable-device', target, device, timeoutMs }, call, finish)
    },
    remove(chardev, how, call) {
      const device = needDevice(world.working, chardev)
      checkRevision(device, call.ifMatch)
      requireOwnerless(device)
      const finish = (revoke: boolean): Promise<Revoked> =>
        queues.run(device.region, () =>
          retireDevice(deps, device.uid, revoke, {
            onGone: (tx) => call.remember?.(tx, { mappings: 0, processes: [] }),
          }),
        )
      const about = { verb: 'destroy-device', target: { kind: 'device', id: chardev } } as const
      if (how.ifBusy === 'drain') {
        const { timeoutMs } = how
        return drains.start({ ...about, device, timeoutMs }, call, () => finish(false))
      }
      return operations.follow({ ...about, total: device.size }, call, () =>
        finish(how.ifBusy === 'revoke'),
      )
    },
    observe: (chardevs) => backend.observe(chardevs),
  }
}

async function enable(
  deps: HostDeps,
  chardev: string,
  call: Call<DeviceRecord>,
): Promise<DeviceRecord> {
  const { world, backend } = deps
  const before = needDevice(world.working, chardev)
  checkRevision(before, call.ifMatch)
  const { state } = before.life
  // Asks the life cycle first, so that its refusal comes before the host is touched.
  const generation = world.working.generation(chardev) + 1
  transition(before.life, { type: 'enable', generation, size: before.size })
  if (state === 'enabled') {
    await world.commit((tx) => call.remember?.(tx, before))
    return before
  }
  await refuseStaleHolders(deps, before)
  world.inTransition.add(before.uid)
  try {
    const host = await backend.discover()
    await world.commit((tx) => syncRegion(tx, host, before.region))
    const enabled = await backend.enable(chardev)
    // The claims of the device are mapped anew in the very step that enables it.
    world.inTransition.delete(before.uid)
    return await world.commit((tx) => {
      const device = need(tx.view, 'device', before.uid)
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
  } finally {
    world.inTransition.delete(before.uid)
  }
}

/**
 * The kernel breaks the open count of a device whose old descriptors outlive a re-enable
 * (kernel-rig.md section 9, bug B). The emulated host gives each life an inode of its own, so
 * there old descriptors harm nobody.
 */
async function refuseStaleHolders({ backend }: HostDeps, device: DeviceRecord): Promise<void> {
  if (backend.kind !== 'kernel') return
  const { users } = await backend.observe([device.chardev])
  const holders = users.get(device.chardev) ?? []
  if (holders.length === 0) return
  const detail = `${holders.length} processes still have an earlier ${device.chardev} open.`
  throw new DaxError('stale_holders', detail, { holders: processHolders(holders) })
}

async function disable(
  deps: HostDeps,
  before: DeviceRecord,
  how: Removal,
  call: Call<Disabled>,
): Promise<Disabled> {
  const { world } = deps
  const device = need(world.working, 'device', before.uid)
  if (how.ifBusy !== 'drain') checkRevision(device, call.ifMatch)
  const revoke = how.ifBusy === 'revoke'
  if (device.life.state === 'disabled') {
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
