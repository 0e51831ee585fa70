import { DaxError } from '../core/errors.ts'
import { totalSize } from '../core/extent.ts'
import type { DeviceRecord, NamespaceRecord } from '../core/model.ts'
import type { Wipe } from '../core/vocabulary.ts'
import type { Call } from './call.ts'
import { removeDevice } from './device-records.ts'
import { type Action, CLAIM, compare, type Difference, REGION } from './differences.ts'
import { driftOf, isPlanned, syncHost, takeOver } from './host-sync.ts'
import { need } from './lookup.ts'
import { currentUsers } from './quiet.ts'
import { type RecoveryDeps, settleNamespace } from './recovery.ts'
import { forgetRegion } from './regions.ts'
import { disableInBooks } from './retire.ts'
import { randomUUID } from './uuid.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'

/** Desired state, ledger and host side by side, and what can be done about differences. */
export interface Reconciliation {
  /** Reads the host afresh. */
  differences(): Promise<readonly Difference[]>
  /** What the last look has written down; asks the host nothing. */
  known(): readonly Difference[]
  /**
   * `adopt` takes what the host shows for right, `forget` gives up what it has not, `repair` makes
   * the host as it is wanted. What is in use is never destroyed. Much of it are the steps that daxd
   * takes at a start, too, which name nobody: who has asked is to be told `onBegun`.
   * @throws DaxError `no_such_item` when there is no such difference or it has no such action.
   */
  act(
    object: string,
    action: Action,
    call: Pick<Call<unknown>, 'note'>,
    onBegun: () => void,
  ): Promise<readonly Difference[]>
}

/** Comparison of desired state, ledger and live host, each time as they are now. */
export function createReconciliation(deps: RecoveryDeps): Reconciliation {
  const { world, backend, queues, claims } = deps
  let begun = 0
  let latest = 0

  async function look(): Promise<readonly Difference[]> {
    begun += 1
    const turn = begun
    const isStill = queues.watch()
    const host = await backend.discover()
    await world.commit((tx) => {
      // A look that began later has seen a newer host.
      if (turn < latest) return
      latest = turn
      syncHost(tx, host, isStill)
    })
    return compare(world.durable)
  }

  return {
    differences: look,
    known: () => compare(world.durable),
    async act(object, action, call, onBegun) {
      requireDifference(await look(), object, action)
      onBegun()
      if (object.startsWith(CLAIM)) await claims.resume(object.slice(CLAIM.length))
      else {
        const { region } = subjectOf(world.working, object)
        await queues.run(region, async () => {
          // In its turn: somebody else may have mended it, and given it to users, meanwhile, and
          // what bears the name now may be in another region, of which this is not the turn.
          const isHere = subjectOf(world.working, object).region === region
          requireDifference(isHere ? compare(world.durable) : [], object, action)
          await perform(deps, object, action, call)
        })
      }
      return look()
    },
  }
}

/** @throws DaxError `no_such_item` when there is no such difference or it has no such action. */
function requireDifference(
  differences: readonly Difference[],
  object: string,
  action: Action,
): void {
  const item = differences.find((one) => one.object === object)
  if (item?.actions.includes(action) === true) return
  const detail = `There is no difference of ${JSON.stringify(object)} to ${action}.`
  throw new DaxError('no_such_item', detail)
}

function subjectOf(
  view: StateView,
  object: string,
): {
  readonly region: number
  readonly device?: DeviceRecord
  readonly namespace?: NamespaceRecord
} {
  const name = object.slice(object.indexOf('/') + 1)
  if (object.startsWith('namespace/')) {
    const namespace = need(view, 'namespace', name)
    return { region: namespace.region, namespace }
  }
  if (object.startsWith(REGION)) return { region: Number(name) }
  const device = need(view, 'device', view.index.bearer(name) ?? name)
  return { region: device.region, device }
}

/** A change that somebody has asked for. */
type Changed = <T>(change: (tx: Transaction) => T) => Promise<T>

async function perform(
  deps: RecoveryDeps,
  object: string,
  action: Action,
  call: Pick<Call<unknown>, 'note'>,
): Promise<void> {
  const changed: Changed = (change) =>
    deps.world.commit((tx) => {
      call.note?.(tx)
      return change(tx)
    })
  const { device, namespace, region } = subjectOf(deps.world.working, object)
  if (namespace !== undefined) await retry(deps, namespace, changed)
  else if (device === undefined) await changed((tx) => forgetRegion(tx, region))
  else if (action === 'adopt') await adopt(deps, device, changed)
  else if (action === 'forget') {
    await deps.specs.withdrawDevice(device.chardev)
    await changed((tx) => forget(deps, tx, device))
  } else await repair(deps, device)
}

/** A failed namespace: its deletion is finished, or its creation is tried once more. */
async function retry(
  deps: RecoveryDeps,
  namespace: NamespaceRecord,
  changed: Changed,
): Promise<void> {
  const device = deps.world.working.get('device', namespace.device ?? '')
  const wasMade = device !== undefined && !isPlanned(device)
  if (wasMade && device.life.state !== 'disabled') {
    throw new DaxError('device_enabled', `${device.chardev} is in use again; disable it first.`)
  }
  const state = wasMade ? 'deleting' : 'creating'
  const next = await changed((tx) =>
    tx.update('namespace', need(tx.view, 'namespace', namespace.name), { state }),
  )
  await settleNamespace(deps, next, false)
}

/** What the host shows becomes the truth; nobody's device gets a namespace. */
async function adopt(
  { backend, wipeMinimum }: RecoveryDeps,
  device: DeviceRecord,
  changed: Changed,
): Promise<void> {
  const host = await backend.discover()
  const found = host.devices.find(({ chardev }) => chardev === device.chardev)
  if (found === undefined) return
  await changed((tx) => {
    // What was granted rests on what the device was; a new generation begins on what it is.
    const differs = driftOf(device, found) !== null
    if (differs && device.life.state !== 'disabled') disableInBooks(tx, device.uid, true)
    const after = takeOver(tx, need(tx.view, 'device', device.uid), found)
    if (after.namespace === null) own(tx, after, wipeMinimum)
    else want(tx, after, after.namespace)
  })
}

/** The namespace wants from now on what its device is. */
function want(tx: Transaction, device: DeviceRecord, name: string): void {
  const { align, mode, chardev, extents } = device
  const enabled = device.life.state === 'enabled'
  const namespace = need(tx.view, 'namespace', name)
  tx.update('namespace', namespace, { align, mode, chardev, enabled, size: totalSize(extents) })
}

function own(tx: Transaction, device: DeviceRecord, wipe: Wipe): void {
  const name = freeName(tx.view, `adopted-${device.chardev}`)
  const { align, mode, memmap, chardev, uid, region, extents } = device
  const size = totalSize(extents)
  const enabled = device.life.state === 'enabled'
  const common = { align, mode, memmap, contiguous: false, pool: false, enabled, wipe }
  tx.create('namespace', {
    ...common,
    name,
    uuid: randomUUID(),
    region,
    size,
    state: 'active',
    device: uid,
    chardev,
    claim: null,
    request: { ...common, region, size, labels: {} },
    problem: null,
    tenant: null,
    labels: {},
  })
  tx.update('device', device, { namespace: name })
}

function freeName(view: StateView, wanted: string): string {
  let name = wanted
  for (let count = 2; view.get('namespace', name) !== undefined; count += 1) {
    name = `${wanted}-${count}`
  }
  return name
}

/** The books let go of what the host has not; handles and mappings of it are dead. */
function forget({ claims }: RecoveryDeps, tx: Transaction, device: DeviceRecord): void {
  disableInBooks(tx, device.uid, true)
  const name = device.namespace
  const namespace = name === null ? undefined : tx.view.get('namespace', name)
  if (namespace !== undefined) {
    if (namespace.claim !== null) claims.forget(tx, namespace.claim)
    tx.remove('namespace', namespace)
  }
  removeDevice(tx, need(tx.view, 'device', device.uid))
}

/** Makes the host as the books want it; refused while processes use what would be changed. */
async function repair(deps: RecoveryDeps, device: DeviceRecord): Promise<void> {
  const { world } = deps
  const users = (await currentUsers(deps, device)).filter((user) => !user.stale)
  if (users.length > 0) {
    throw new DaxError('busy', `${users.length} processes use ${device.chardev}.`)
  }
  const namespace = need(world.working, 'namespace', device.namespace ?? '')
  await settleNamespace(deps, namespace, true)
}
