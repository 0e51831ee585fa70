import type { ClaimRecord, DeviceRecord, NamespaceRecord } from '../core/model.ts'
import type { HostDevice, HostView } from '../ports/backend.ts'
import { byDaxd } from './audit-note.ts'
import { renewClaims } from './claim-renewal.ts'
import type { Claims } from './claims.ts'
import type { HostDeps } from './deps.ts'
import { hostFields, isIdle, keepIdle, removeDevice, shapeFields } from './device-records.ts'
import { driftOf, syncHost, syncRegion } from './host-sync.ts'
import { need } from './lookup.ts'
import type { Operations } from './operations.ts'
import { asStoredProblem } from './problems.ts'
import { realise } from './provision.ts'
import { currentUsers } from './quiet.ts'
import { type ReshapeIntent, reshapeIntent, setReshapeIntent } from './reshape-intent.ts'
import { disableInBooks, finishRetire } from './retire.ts'
import { unsettledIn } from './unsettled.ts'
import { namespaceWipe, raiseWipes } from './wipe-minimum.ts'
import { keepWipes } from './wipe-records.ts'
import type { Transaction } from './world/transaction.ts'

export interface RecoveryDeps extends HostDeps {
  readonly operations: Operations
  readonly claims: Claims
}

/** Where the boot id of the last start is kept among the ledger's meta rows. */
const BOOT_ID = 'boot_id'

/**
 * Makes the books and the host agree at start. The host has outlived daxd (a crash, an upgrade) or
 * has been rebooted since: then nothing that was open is open any more, volatile devices are gone,
 * and the wanted ones are made again, in new generations.
 *
 * Nothing that is in use is ever destroyed here: what cannot be decided is shown as drift.
 */
export async function recover(deps: RecoveryDeps): Promise<void> {
  const { world, backend, log } = deps
  const host = await backend.discover()
  const last = world.aux('meta', BOOT_ID)
  const rebooted = last !== undefined && last !== host.boot_id
  await deps.specs.begin(rebooted)
  await world.commit((tx) => {
    tx.audit(byDaxd('daxd:recover'))
    tx.setAux('meta', BOOT_ID, host.boot_id)
    deps.operations.failInterrupted(tx)
    raiseWipes(tx, deps.wipeMinimum)
    endInterruptedDrains(tx)
    if (rebooted) endGenerations(tx)
    syncHost(tx, host, () => true)
    if (rebooted) forgetLost(tx, host)
    keepWipes(tx, rebooted)
  })
  if (rebooted) log.warn({ boot_id: host.boot_id }, 'the host was rebooted since the last start')
  // Side by side in all regions, so that one that hangs costs the others nothing.
  const regions = [...world.working.after('region', -1)]
  await Promise.all(regions.map(({ id }) => settleRegion(deps, id, rebooted)))
  await resumeSlices(deps)
  await deps.specs.settleAll()
}

async function settleRegion(deps: RecoveryDeps, id: number, rebooted: boolean): Promise<void> {
  const { world, queues, log } = deps
  const unsettled = await unsettledIn(deps, id, rebooted).catch(() => () => true)
  for (const namespace of [...world.working.after('namespace', -1)]) {
    const { region, name } = namespace
    if (region !== id || !unsettled(namespace)) continue
    await queues
      .run(id, () => settleNamespace(deps, namespace, rebooted))
      .catch((err: unknown) => {
        log.error({ err, namespace: name }, 'a namespace could not be brought back')
      })
  }
}

/** A drain ends with the process that waited for it; its device serves on. */
function endInterruptedDrains(tx: Transaction): void {
  for (const device of [...tx.view.after('device', -1)]) {
    if (device.life.state !== 'draining') continue
    const { generation } = device.life
    tx.update('device', device, { life: { state: 'enabled', generation } })
  }
}

/** A reboot ended every process: no handle or mapping of before is alive. */
function endGenerations(tx: Transaction): void {
  for (const device of [...tx.view.after('device', -1)]) {
    if (device.life.state === 'enabled') disableAfterReboot(tx, device)
  }
}

/** What nobody owned and a power cycle took away is not missed. */
function forgetLost(tx: Transaction, host: HostView): void {
  const shown = new Set(host.devices.map(({ chardev }) => chardev))
  for (const device of [...tx.view.after('device', -1)]) {
    const isGone = device.life.state !== 'removed' && !shown.has(device.chardev)
    if (isGone && device.namespace === null) removeDevice(tx, device)
  }
}

function disableAfterReboot(tx: Transaction, device: DeviceRecord): void {
  const wanted =
    device.namespace === null ? null : need(tx.view, 'namespace', device.namespace).enabled
  disableInBooks(tx, device.uid, true)
  if (device.namespace === null || wanted !== true) return
  const namespace = need(tx.view, 'namespace', device.namespace)
  tx.update('namespace', namespace, { enabled: true })
}

/**
 * Brings one namespace to where it is wanted; `lost` says that its device may be gone and that
 * nobody can be using it. Runs in its region's queue.
 */
export async function settleNamespace(
  deps: RecoveryDeps,
  namespace: NamespaceRecord,
  lost: boolean,
): Promise<void> {
  const device = deps.world.working.get('device', namespace.device ?? '')
  if (device === undefined) return
  const { state } = namespace
  if (state === 'creating') await finishCreation(deps, namespace, device)
  else if (state === 'deleting' || state === 'wiping') await finishDeletion(deps, namespace)
  else if (state === 'active') await settleActive(deps, namespace, device, lost)
}

async function finishCreation(
  deps: RecoveryDeps,
  namespace: NamespaceRecord,
  device: DeviceRecord,
): Promise<void> {
  const steps =
    namespace.claim === null ? { onReady: () => undefined } : deps.claims.stepsFor(namespace)
  await realise<unknown>(deps, { namespace, device }, steps)
}

async function finishDeletion(deps: RecoveryDeps, namespace: NamespaceRecord): Promise<void> {
  const { claim } = namespace
  await finishRetire(deps, namespace.device ?? '', {
    onGone(tx) {
      const record = claim === null ? undefined : tx.view.get('claim', claim)
      if (record !== undefined) tx.remove('claim', record)
    },
    onStuck(tx, error) {
      const record = claim === null ? undefined : tx.view.get('claim', claim)
      if (record === undefined) return
      tx.update('claim', record, { state: 'failed', problem: asStoredProblem(error) })
    },
  })
}

async function settleActive(
  deps: RecoveryDeps,
  namespace: NamespaceRecord,
  device: DeviceRecord,
  lost: boolean,
): Promise<void> {
  const host = await deps.backend.discover(namespace.region)
  const shown = host.devices.find(({ chardev }) => chardev === device.chardev)
  const intent = reshapeIntent(deps.world, device.uid)
  if (lost) await bringBack(deps, namespace, device, host)
  else if (shown !== undefined && intent !== null) {
    await finishReshape(deps, namespace, { device, shown, intent })
  } else if (shown !== undefined) await agree(deps, namespace, device, shown)
  await deps.specs.settle(device.uid)
}

/** What the host has begun to change is changed wholly; if it has not begun, nothing has been. */
async function finishReshape(
  { world, backend, wipeMinimum }: RecoveryDeps,
  { name }: NamespaceRecord,
  about: {
    readonly device: DeviceRecord
    readonly shown: HostDevice
    readonly intent: ReshapeIntent
  },
): Promise<void> {
  const { device, shown, intent } = about
  const { uid, chardev } = device
  const { shape, fields } = intent
  const isUntouched = driftOf(device, shown) === null
  if (!isUntouched) await backend.reshape(chardev, shape)
  await world.commit((tx) => {
    setReshapeIntent(tx, uid, null)
    if (isUntouched) return
    tx.update('device', need(tx.view, 'device', uid), { ...shapeFields(shape), drift: null })
    const namespace = need(tx.view, 'namespace', name)
    const wipe = namespaceWipe(tx.view, namespace, fields.wipe, wipeMinimum)
    tx.update('namespace', namespace, { ...fields, wipe })
  })
}

/** The device is made again if it is gone, and enabled, in a new generation, if it is wanted so. */
async function bringBack(
  deps: RecoveryDeps,
  namespace: NamespaceRecord,
  device: DeviceRecord,
  host: HostView,
): Promise<void> {
  const { world, backend } = deps
  const { uid, region, align, memmap, mode, extents, ranges } = device
  const same = host.devices.find((other) => isSameDevice(device, other))
  const { name, uuid } = namespace
  const shape = { align, memmap, mode, extents, ranges }
  const plan = { region, chardev: device.chardev, name, uuid, ...shape }
  const there = same === undefined ? await backend.create(plan) : await reformed(deps, device, same)
  const ready = namespace.enabled && device.size > 0 ? await backend.enable(there.chardev) : there
  await world.commit((tx) => {
    const current = disableInBooks(tx, uid, true).device
    const generation = ready.enabled ? tx.nextGeneration(ready.chardev) : current.life.generation
    const state = ready.enabled ? 'enabled' : 'disabled'
    const life = { state, generation } as const
    const fields = { ...hostFields(ready), life, drift: null }
    leaveIdle(tx, uid, ready.chardev)
    setReshapeIntent(tx, uid, null)
    const back = tx.update('device', current, fields)
    keepIdle(tx, need(tx.view, 'region', String(region)))
    const record = need(tx.view, 'namespace', name)
    tx.update('namespace', record, { chardev: ready.chardev, enabled: namespace.enabled })
    if (back.life.state === 'enabled') renewClaims(tx, back)
  })
}

/** A place is a device's own; one without memory has only its name. */
function isSameDevice({ region, chardev, extents }: DeviceRecord, host: HostDevice): boolean {
  if (host.region !== region) return false
  if (extents.length === 0) return host.chardev === chardev
  return host.extents[0]?.start === extents[0]?.start
}

/** The host may have given a device the name of the region's empty slot, which then is none. */
function leaveIdle(tx: Transaction, uid: string, chardev: string): void {
  const bearer = tx.view.index.bearer(chardev)
  if (bearer === undefined || bearer === uid) return
  const other = need(tx.view, 'device', bearer)
  if (isIdle(other)) tx.remove('device', other)
}

/** The host's device in the wanted shape; disabled if it had another, or is wanted disabled. */
async function reformed(
  { world, backend }: RecoveryDeps,
  device: DeviceRecord,
  host: HostDevice,
): Promise<HostDevice> {
  const { align, memmap, mode, extents, ranges } = device
  const asDisabled = { ...device, life: { state: 'disabled', generation: 0 } } as const
  const sameShape = driftOf(asDisabled, { ...host, enabled: false }) === null
  const namespace = need(world.working, 'namespace', device.namespace ?? '')
  if (sameShape && (namespace.enabled || !host.enabled)) return host
  const disabled = await backend.disable(host.chardev)
  if (sameShape) return disabled
  return backend.reshape(host.chardev, { align, memmap, mode, extents, ranges })
}

/** Without a reboot: the books say what is wanted, unless the host's users would be hurt by it. */
async function agree(
  deps: RecoveryDeps,
  namespace: NamespaceRecord,
  device: DeviceRecord,
  shown: HostDevice,
): Promise<void> {
  const { world, backend, log } = deps
  const { handles, mappings } = world.working.index.references(device.uid)
  if (device.life.state === 'disabled' && shown.enabled) {
    if ((await currentUsers(deps, device)).some((user) => !user.stale)) return
    await backend.disable(device.chardev)
  } else if (device.life.state === 'enabled' && !shown.enabled && device.size > 0) {
    if (handles + mappings === 0) await backend.enable(device.chardev)
    else {
      // Somebody disabled it behind our back: what was mapped through it is dead.
      await world.commit((tx) => disableInBooks(tx, device.uid, true))
      log.warn({ chardev: device.chardev }, 'a device in use was disabled behind daxd')
    }
  } else return
  const host = await backend.discover(namespace.region)
  await world.commit((tx) => syncRegion(tx, host, namespace.region))
  log.info({ namespace: namespace.name, chardev: device.chardev }, 'device state made good')
}

/** Slices whose making or whose release was cut short. */
export async function resumeSlices({ world, claims, log }: RecoveryDeps): Promise<void> {
  const isHalfDone = ({ state, request }: ClaimRecord): boolean =>
    request.sharing === 'slice' && (state === 'releasing' || state === 'creating')
  const due = [...world.durable.after('claim', -1)].filter(isHalfDone)
  for (const { name, seq } of due) {
    // While the ones before were seen to, it may have ended, or be kept as it is by somebody.
    const current = world.working.get('claim', name)
    if (current?.seq !== seq || !isHalfDone(current)) continue
    await claims.resume(name).catch((err: unknown) => {
      log.error({ err, claim: name }, 'a slice could not be finished')
    })
  }
}
