import type { DeviceRecord, MappingRecord } from '../core/model.ts'
import type { HostDeps } from './deps.ts'
import { need } from './lookup.ts'
import { tenantOf } from './ownership.ts'
import { unmapDevice } from './references.ts'
import { refuseMapped } from './slice-wipe.ts'
import type { WipeTools } from './wipes.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** Wipes the places of mappings that have ended, from now on. */
export function watchEndedMappings(deps: HostDeps): void {
  const { world } = deps
  world.onEvents((events) => {
    const touched = new Set<string>()
    for (const { kind, type, id } of events) {
      if (kind !== 'mapping' || type !== 'updated') continue
      const mapping = world.durable.get('mapping', id)
      if (mapping?.state === 'wiping') touched.add(mapping.device)
    }
    for (const uid of touched) start(deps, uid)
  })
}

/** Goes on with the places that are still to be wiped, device by device. */
export function resumeMappingWipes(deps: HostDeps): void {
  for (const { uid } of [...deps.world.durable.after('device', -1)]) start(deps, uid)
}

/**
 * One wipe for all that has ended in a device, so that however many mappings a lease had, there is
 * one operation to watch. Whatever stops it is tried again: its places are nobody's until then.
 */
function start(deps: HostDeps, uid: string): void {
  const { world, wipes } = deps
  const device = world.working.get('device', uid)
  if (device === undefined || nextOf(world.working, uid, new Set()) === undefined) return
  wipes.start({
    target: { kind: 'device', id: device.chardev, seq: device.seq },
    region: device.region,
    tenant: tenantOf(world.working, 'device', device),
    total: sizeOf(world.working, uid),
    waitsOut: () => true,
    work: (tools) => wipeAll(deps, device, tools),
    onStuck: (tx) => giveUp(tx, uid),
  })
}

async function wipeAll(deps: HostDeps, { uid }: DeviceRecord, tools: WipeTools): Promise<void> {
  const { world } = deps
  let before = 0
  for (;;) {
    const mapping = await tools.patiently(() => nextUnused(deps, uid))
    if (mapping === undefined) break
    const { id, offset, length } = mapping
    await tools.zero(uid, { offset, length }, { from: 0, before })
    before += length
    await world.commit((tx) => {
      const current = tx.view.get('mapping', id)
      if (current?.state === 'wiping') unmapDevice(tx, current)
      tools.progress(tx, { done: before, total: before + sizeOf(tx.view, uid) })
    })
  }
  await world.commit(tools.end)
}

/**
 * A mapping to be wiped that no process has any more; undefined when none is left.
 * @throws DaxError `stale_holders` (EBUSY) when processes still have all that are left.
 */
async function nextUnused(deps: HostDeps, uid: string): Promise<MappingRecord | undefined> {
  const held = new Set<string>()
  let refusal: unknown = null
  for (;;) {
    const mapping = nextOf(deps.world.working, uid, held)
    if (mapping === undefined) break
    try {
      await refuseMapped(deps, uid, mapping)
      return mapping
    } catch (error) {
      refusal ??= error
      held.add(mapping.id)
    }
  }
  if (refusal !== null) throw refusal
  return undefined
}

function nextOf(
  view: StateView,
  uid: string,
  without: ReadonlySet<string>,
): MappingRecord | undefined {
  for (const id of view.index.endedMappingsOf(uid)) {
    const mapping = need(view, 'mapping', id)
    if (mapping.state === 'wiping' && !without.has(id)) return mapping
  }
  return undefined
}

function sizeOf(view: StateView, uid: string): number {
  let size = 0
  for (const id of view.index.endedMappingsOf(uid)) {
    const { state, length } = need(view, 'mapping', id)
    if (state === 'wiping') size += length
  }
  return size
}

/** Their places stay taken; to delete one of them again wipes it after all. */
function giveUp(tx: Transaction, uid: string): void {
  for (const id of [...tx.view.index.endedMappingsOf(uid)]) {
    const mapping = need(tx.view, 'mapping', id)
    if (mapping.state === 'wiping') tx.update('mapping', mapping, { state: 'failed' })
  }
}
