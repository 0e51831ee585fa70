import { DaxError } from '../core/errors.ts'
import type { ClaimRecord, DeviceRecord } from '../core/model.ts'
import type { HostDeps } from './deps.ts'
import { explained } from './device-wipe.ts'
import { processHolders } from './holders.ts'
import { need } from './lookup.ts'
import type { ObservedUser } from './quiet.ts'
import type { WipeJob, WipePart, WipeSpec } from './wipes.ts'
import type { Transaction } from './world/transaction.ts'

/**
 * Begins to wipe the slice of a claim, whose place stays taken until all of it is zero. From its
 * start, after a restart too: its device is open, so nothing says that what was zero still is.
 */
export function startSliceWipe(
  deps: HostDeps,
  claim: ClaimRecord,
  how: {
    readonly onProgress: (doneBytes: number) => void
    readonly onWiped: (tx: Transaction) => void
    readonly onStuck: WipeSpec['onStuck']
  },
): WipeJob {
  const { world, wipes } = deps
  const { name, seq, length, offset } = claim
  const uid = claim.device ?? ''
  return wipes.start({
    target: { kind: 'claim', id: name, seq },
    region: need(world.working, 'device', uid).region,
    tenant: claim.tenant,
    total: length,
    waitsOut: ({ code }) => code === 'stale_holders',
    async work({ patiently, zero, end }) {
      await patiently(() => refuseMapped(deps, uid, { offset, length }))
      await zero(uid, { offset, length }, { from: 0, before: 0 }, how.onProgress)
      await world.commit((tx) => {
        end(tx)
        how.onWiped(tx)
      })
    },
    onStuck: (tx, error) => how.onStuck(tx, explained(error)),
  })
}

/**
 * What a process still has mapped it can write to after a wipe. That it has the device open and
 * could map the bytes again nobody can see or prevent: a device cannot be shut in part.
 * @throws DaxError `stale_holders` (EBUSY) with the processes.
 */
export async function refuseMapped(
  { world, backend }: HostDeps,
  uid: string,
  part: WipePart,
): Promise<void> {
  // Those who had a device that is down, or gone, do not reach its memory any more.
  const up = (): DeviceRecord | undefined => {
    const device = world.working.get('device', uid)
    return device !== undefined && isUp(device.life.state) ? device : undefined
  }
  const device = up()
  if (device === undefined) return
  const { users } = await backend.observe([device.chardev])
  // Since the look began the name may have become another's.
  if (up() === undefined) return
  const inside = mappedIn(users.get(device.chardev) ?? [], part)
  if (inside.length === 0) return
  const detail = `${inside.length} processes still have the bytes mapped that are to be wiped.`
  throw new DaxError('stale_holders', detail, { holders: processHolders(inside) })
}

function isUp(state: string): boolean {
  return state === 'enabled' || state === 'draining'
}

/** The processes that have a part of a device mapped as it is now. */
export function mappedIn(
  users: readonly ObservedUser[],
  { offset, length }: WipePart,
): readonly ObservedUser[] {
  const end = offset + length
  return users.filter(
    ({ stale, mapped }) =>
      !stale && mapped.some((part) => part.offset < end && offset < part.offset + part.length),
  )
}
