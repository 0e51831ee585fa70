import { DaxError } from '../core/errors.ts'
import { totalSize } from '../core/extent.ts'
import type { DeviceRecord, Labels, NamespaceRecord } from '../core/model.ts'
import { type Align, type Bytes, bytes } from '../core/units.ts'
import type { Mode, Wipe } from '../core/vocabulary.ts'
import type { AuditOutcome } from '../ports/audit.ts'
import type { Call } from './call.ts'
import { claimsOn } from './claim-renewal.ts'
import type { HostDeps } from './deps.ts'
import { shapeFields } from './device-records.ts'
import { HOLDERS_MAX } from './holders.ts'
import { syncRegion } from './host-sync.ts'
import { need, needStill } from './lookup.ts'
import { needOwn } from './ownership.ts'
import { setReshapeIntent } from './reshape-intent.ts'
import { requireSettled } from './retire.ts'
import { type Reshape, shapeChanged } from './shape.ts'
import { takeBytes } from './tenant-rules.ts'
import { namespaceWipe } from './wipe-minimum.ts'
import type { StateView } from './world/state.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'

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
  const before = needOwn(world.working, 'namespace', name, call.caller)
  return queues.run(before.region, async () => {
    const namespace = needStill(world.working, 'namespace', name, before)
    checkRevision(namespace, call.ifMatch)
    const wipeOf = (view: StateView, now: NamespaceRecord): Wipe =>
      namespaceWipe(view, now, change.wipe ?? now.wipe, deps.wipeMinimum)
    const labels = mergeLabels(namespace.labels, change.labels)
    const fields = { labels, wipe: wipeOf(world.working, namespace) }
    const record = (tx: Transaction, more: Partial<NamespaceRecord>): NamespaceRecord => {
      // While the host was busy, more may have come to be wanted of all wiping.
      const now = need(tx.view, 'namespace', name)
      const next = tx.update('namespace', now, { labels, wipe: wipeOf(tx.view, now), ...more })
      call.remember?.(tx, next)
      return next
    }
    const reshapes = change.size ?? change.align ?? change.mode
    if (reshapes === undefined) return world.commit((tx) => record(tx, {}))
    const note = (tx: Transaction, outcome: AuditOutcome): void => call.note?.(tx, outcome)
    return reshape(deps, namespace, change, { fields, record, note })
  })
}

/** What a change sets besides the shape, and how all of it is written down, in one step. */
interface Rest {
  readonly fields: Pick<NamespaceRecord, 'labels' | 'wipe'>
  readonly record: (tx: Transaction, shape: Reshape) => NamespaceRecord
  readonly note: (tx: Transaction, outcome: AuditOutcome) => void
}

/**
 * The intent is durable before the host is touched, so that a crash leaves all of the change or
 * nothing: the next start goes on with what the host has begun.
 * @throws DaxError `device_enabled` (EBUSY) unless disabled, `owned_by_claim`, or a refusal.
 */
async function reshape(
  deps: HostDeps,
  namespace: NamespaceRecord,
  change: NamespaceChange,
  rest: Rest,
): Promise<NamespaceRecord> {
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
  refuseEnded(world.working, device)
  const host = await backend.discover(namespace.region)
  await world.commit((tx) => syncRegion(tx, host, namespace.region))
  const { size = namespace.size, align = namespace.align, mode = namespace.mode } = change
  const region = need(world.working, 'region', String(namespace.region))
  const contiguous = namespace.contiguous || region.kind === 'static'
  const wanted = { size, align, mode }
  const ground = { view: world.working, region, memoryBlock: backend.memoryBlock }
  const shape = shapeChanged(ground, device, wanted, contiguous)
  const { uid, chardev } = device
  const more = totalSize(shape.extents) - totalSize(device.extents)
  world.inTransition.add(uid)
  try {
    if (namespace.wipe === 'on_release') await wipeTail(deps, device, totalSize(shape.ranges))
    const intent = { shape, fields: { ...rest.fields, ...wanted } }
    await world.commit((tx) => {
      if (more > 0) takeBytes(tx.view, namespace.tenant, namespace.region, bytes(more))
      rest.note(tx, 'begun')
      setReshapeIntent(tx, uid, intent)
    })
    await backend.reshape(chardev, shape).catch(async (error: unknown) => {
      // What the host made of it is shown as drift, which somebody may repair or adopt.
      await world.commit((tx) => {
        rest.note(tx, 'undone')
        setReshapeIntent(tx, uid, null)
      })
      throw error
    })
    const recorded = world.commit((tx) => {
      setReshapeIntent(tx, uid, null)
      tx.update('device', need(tx.view, 'device', uid), shapeFields(shape))
      return rest.record(tx, wanted)
    })
    return await recorded.catch(async (error: unknown) => {
      // Who was told that it failed must not find it done at the next start.
      await backend.reshape(chardev, device)
      throw error
    })
  } finally {
    world.inTransition.delete(uid)
  }
}

/** What is taken off a namespace goes back to the region, for others to have. */
async function wipeTail(
  { backend }: HostDeps,
  { chardev, size: before }: DeviceRecord,
  size: Bytes,
): Promise<void> {
  if (size >= before) return
  const tail = { offset: size, length: bytes(before - size) }
  await backend.wipe(chardev, tail, () => undefined)
}

/**
 * Where bytes are still to be wiped is known by places in the device as it is.
 * @throws DaxError `in_transition` (EBUSY).
 */
function refuseEnded(view: StateView, { uid, chardev }: DeviceRecord): void {
  const count = view.index.endedMappingsOf(uid).size
  if (count === 0) return
  throw new DaxError('in_transition', `${count} ended mappings of ${chardev} are being wiped.`)
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
