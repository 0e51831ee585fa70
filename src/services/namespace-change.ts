import { DaxError } from '../core/errors.ts'
import type { DeviceRecord, Labels, NamespaceRecord } from '../core/model.ts'
import type { Align, Bytes } from '../core/units.ts'
import type { Mode, Wipe } from '../core/vocabulary.ts'
import type { Call } from './call.ts'
import { claimsOn } from './claim-renewal.ts'
import type { HostDeps } from './deps.ts'
import { shapeFields } from './device-records.ts'
import { HOLDERS_MAX } from './holders.ts'
import { syncRegion } from './host-sync.ts'
import { need } from './lookup.ts'
import { requireSettled } from './retire.ts'
import { shapeChanged } from './shape.ts'
import type { StateView } from './world/state.ts'
import { checkRevision } from './world/transaction.ts'

export interface NamespaceChange {
  readonly size?: Bytes
  readonly align?: Align
  readonly mode?: Mode
  readonly wipe?: Wipe
  /** Null takes a label away. */
  readonly labels?: Readonly<Record<string, string | null>>
}

/** A JSON merge patch (RFC 7396) of labels. */
export function mergeLabels(labels: Labels, change: NamespaceChange['labels']): Labels {
  const merged: Record<string, string> = { ...labels }
  for (const [key, value] of Object.entries(change ?? {})) {
    if (value === null) delete merged[key]
    else merged[key] = value
  }
  return merged
}

/** Changes what a namespace is; size, align and mode while its device is disabled. */
export async function changeNamespace(
  deps: HostDeps,
  name: string,
  change: NamespaceChange,
  call: Call<NamespaceRecord>,
): Promise<NamespaceRecord> {
  const { world, queues } = deps
  const before = need(world.working, 'namespace', name)
  return queues.run(before.region, async () => {
    const namespace = need(world.working, 'namespace', name)
    checkRevision(namespace, call.ifMatch)
    const reshapes = change.size ?? change.align ?? change.mode
    if (reshapes !== undefined) await reshape(deps, namespace, change)
    return world.commit((tx) => {
      const current = need(tx.view, 'namespace', name)
      const next = tx.update('namespace', current, {
        labels: mergeLabels(current.labels, change.labels),
        ...(change.wipe === undefined ? {} : { wipe: change.wipe }),
      })
      call.remember?.(tx, next)
      return next
    })
  })
}

/** @throws DaxError `device_enabled` (EBUSY) unless disabled, `owned_by_claim`, or a refusal. */
async function reshape(
  deps: HostDeps,
  namespace: NamespaceRecord,
  change: NamespaceChange,
): Promise<void> {
  const { world, backend } = deps
  if (namespace.claim !== null) {
    const detail = `Namespace ${namespace.name} belongs to claim ${namespace.claim}.`
    throw new DaxError('owned_by_claim', detail)
  }
  requireSettled(namespace)
  const device = need(world.working, 'device', namespace.device ?? '')
  if (device.life.state !== 'disabled' || world.inTransition.has(device.uid)) {
    throw new DaxError('device_enabled', `${device.chardev} is ${device.life.state}.`)
  }
  refuseClaimed(world.working, device, change)
  const host = await backend.discover()
  await world.commit((tx) => syncRegion(tx, host, namespace.region))
  const { size = namespace.size, align = namespace.align, mode = namespace.mode } = change
  const region = need(world.working, 'region', String(namespace.region))
  const contiguous = namespace.contiguous || region.kind === 'static'
  const wanted = { size, align, mode }
  const ground = { view: world.working, region, memoryBlock: backend.memoryBlock }
  const shape = shapeChanged(ground, device, wanted, contiguous)
  world.inTransition.add(device.uid)
  try {
    await backend.reshape(device.chardev, shape)
    await world.commit((tx) => {
      tx.update('device', need(tx.view, 'device', device.uid), shapeFields(shape))
      tx.update('namespace', need(tx.view, 'namespace', namespace.name), wanted)
    })
  } finally {
    world.inTransition.delete(device.uid)
  }
}

/** The places of slices stay what they are while their claims live. */
function refuseClaimed(view: StateView, device: DeviceRecord, change: NamespaceChange): void {
  const claims = claimsOn(view, device)
  const end = Math.max(0, ...claims.map(({ offset, length }) => offset + length))
  const isGrowth = change.align === undefined && change.mode === undefined
  if (claims.length === 0 || (isGrowth && (change.size ?? end) >= end)) return
  const detail = `${claims.length} claims have slices of ${device.chardev}, up to byte ${end}.`
  throw new DaxError('owned_by_claim', detail, {
    holders: claims.slice(0, HOLDERS_MAX).map(({ name }) => ({ kind: 'claim', id: name })),
  })
}
