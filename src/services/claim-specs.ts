import { cdiDeviceName } from '../core/cdi-name.ts'
import { DaxError } from '../core/errors.ts'
import type { ClaimRecord, ClaimRequest, DeviceRecord } from '../core/model.ts'
import type { Bytes } from '../core/units.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeviceSpec, DeviceSpecs } from '../ports/device-specs.ts'
import type { Log } from '../ports/log.ts'
import { claimsOn } from './claim-renewal.ts'
import { createOfferedDevices, type OfferedDevices } from './offered-devices.ts'
import { randomUUID } from './uuid.ts'
import type { StateView } from './world/state.ts'
import type { Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** Random characters in a device's name. */
const SALT_LENGTH = 8

/** What a claim has of a device that is enabled. */
export interface Grant {
  readonly device: Pick<DeviceRecord, 'path' | 'align'>
  readonly offset: Bytes
  readonly length: Bytes
}

/**
 * The devices that container runtimes know by the claims' names (CDI). A claim is offered only
 * while its device is enabled and still: the offer stands before the claim is answered, and is
 * taken back before the device is changed in any way.
 */
export interface ClaimSpecs {
  /**
   * The qualified name that a new claim will be offered under, null where none is.
   * @throws DaxError `unsupported` (EOPNOTSUPP) when the request wants what cannot be had.
   */
  newName(tx: Transaction, claim: string, request: ClaimRequest): string | null
  /** Offers a claim. @throws DaxError `cdi_failed` (EIO), `backend_timeout`. */
  offer(claim: ClaimRecord, grant: Grant): Promise<void>
  /** Offers what is there to be offered of a device; what fails is told and tried again. */
  settle(uid: string): Promise<void>
  /** Takes a claim's offer back. What cannot be removed keeps nobody waiting; it is tried on. */
  withdraw(claim: ClaimRecord): Promise<void>
  /** Takes back every offer of a device of the host, in the same way. */
  withdrawDevice(chardev: string): Promise<void>
  /**
   * Asked before a device is made openable: an offer of somebody before, which could not be
   * removed, must not hand it out.
   * @throws DaxError `cdi_failed` (EIO).
   */
  requireUnnamed(chardev: string): Promise<void>
  /** At start, before the host is touched: sweeps what nobody is to find any more. */
  begin(rebooted: boolean): Promise<void>
  /** Goes on with what has failed; also how a start offers what is there. */
  settleAll(): Promise<void>
  goOn(): Promise<void>
}

export interface ClaimSpecsDeps {
  readonly world: World
  readonly clock: Clock
  readonly log: Log
  readonly specs: DeviceSpecs
}

interface Shelf extends ClaimSpecsDeps {
  readonly offered: OfferedDevices
  /** Devices (by uid) some of whose claims could not be offered. */
  readonly due: Set<string>
}

/** Offers of claims in a directory that runtimes read. */
export function createClaimSpecs(deps: ClaimSpecsDeps): ClaimSpecs {
  const shelf: Shelf = { ...deps, offered: createOfferedDevices(deps), due: new Set() }
  const { world, specs, offered } = shelf
  const settle = (uid: string): Promise<void> => settleDevice(shelf, uid)
  return {
    newName(tx, claim, { cdi }) {
      if (cdi !== undefined && !specs.givesNodes) {
        const detail = 'The devices of this host are files, whose owner and mode stay as they are.'
        throw new DaxError('unsupported', detail)
      }
      return nameOf(specs, newDevice(tx, claim))
    },
    offer: (claim, grant) => offerClaim(shelf, claim, grant),
    settle,
    async withdraw({ cdi_device }) {
      if (cdi_device !== null) await offered.remove(deviceOf(cdi_device))
    },
    async withdrawDevice(chardev) {
      for (const device of offered.naming(chardev)) await offered.remove(device)
    },
    async requireUnnamed(chardev) {
      for (const device of offered.naming(chardev)) {
        const isGone = await offered.remove(device)
        if (isGone || ownerOf(world.working, nameOf(specs, device))?.chardev === chardev) continue
        const detail = `An earlier claim's CDI device ${device} still names ${chardev}.`
        throw new DaxError('cdi_failed', detail)
      }
    },
    begin: (rebooted) => beginOffers(shelf, rebooted),
    async settleAll() {
      for (const uid of claimedDevices(world.durable)) await settle(uid)
    },
    goOn: () => goOn(shelf),
  }
}

/** Where no directory is served: nothing is offered, and a request for more than that refused. */
export function createNoSpecs({ world }: Pick<ClaimSpecsDeps, 'world'>): ClaimSpecs {
  const nothing = async (): Promise<void> => undefined
  return {
    newName(_tx, _claim, { cdi }) {
      if (cdi === undefined) return null
      throw new DaxError('unsupported', 'This daxd serves no CDI directory (--cdi-dir).')
    },
    offer: nothing,
    settle: nothing,
    withdraw: nothing,
    withdrawDevice: nothing,
    requireUnnamed: nothing,
    begin: () => rename({ world }, () => null),
    settleAll: nothing,
    goOn: nothing,
  }
}

function newDevice(tx: Transaction, claim: string): string {
  return cdiDeviceName({
    claim,
    number: tx.nextNumber(),
    salt: randomUUID().slice(0, SALT_LENGTH),
  })
}

function nameOf({ kind }: DeviceSpecs, device: string): string {
  return `${kind}=${device}`
}

function deviceOf(qualified: string): string {
  return qualified.slice(qualified.indexOf('=') + 1)
}

function ownerOf(view: StateView, qualified: string): ClaimRecord | null {
  for (const claim of view.after('claim', -1)) if (claim.cdi_device === qualified) return claim
  return null
}

function claimedDevices(view: StateView): Set<string> {
  const uids = new Set<string>()
  for (const { device } of view.after('claim', -1)) if (device !== null) uids.add(device)
  return uids
}

async function offerClaim({ offered }: Shelf, claim: ClaimRecord, grant: Grant): Promise<void> {
  const { cdi_device, name, request } = claim
  if (cdi_device === null) return
  const { device, offset, length } = grant
  const { path, align } = device
  const { access = 'rw', cdi: owner = {} } = request
  const spec: DeviceSpec = {
    device: deviceOf(cdi_device),
    claim: name,
    path,
    offset,
    length,
    align,
    access,
    owner,
  }
  await offered.put(spec)
}

/**
 * Whether a claim of a device is to be found. Both states are asked: what only the working one has
 * may be taken back, and what it has not any more is on its way out. A slice is, before it is
 * `active`: its place is taken, and it becomes so with its offer.
 */
export function isToBeOffered(world: World, name: string, uid: string): boolean {
  if (world.inTransition.has(uid)) return false
  return [world.durable, world.working].every((view) => {
    const claim = view.get('claim', name)
    if (claim?.device !== uid || claim.cdi_device === null) return false
    if (view.get('device', uid)?.life.state !== 'enabled') return false
    const { state, mapping, request } = claim
    return state === 'active' || (state === 'creating' && request.sharing === 'slice' && !!mapping)
  })
}

async function settleDevice(shelf: Shelf, uid: string): Promise<void> {
  const { world, due, log } = shelf
  const device = world.durable.get('device', uid)
  due.delete(uid)
  if (device === undefined) return
  for (const { name } of claimsOn(world.durable, device)) {
    const claim = world.durable.get('claim', name)
    // Asked at the very moment: while another was written, this one may have been released.
    if (claim === undefined || !isToBeOffered(world, name, uid)) continue
    const { offset, length, cdi_device } = claim
    try {
      await offerClaim(shelf, claim, {
        device: { ...device, path: claim.path ?? '' },
        offset,
        length,
      })
    } catch (err) {
      due.add(uid)
      log.warn({ err, claim: name, cdi_device }, 'a claim could not be offered; that is tried on')
    }
  }
}

async function beginOffers(shelf: Shelf, rebooted: boolean): Promise<void> {
  const { world, specs, offered } = shelf
  await rename(shelf, (tx, { cdi_device, name }) =>
    nameOf(specs, cdi_device === null ? newDevice(tx, name) : deviceOf(cdi_device)),
  )
  await offered.load()
  const wanted = new Set<string>()
  for (const { state, cdi_device } of world.durable.after('claim', -1)) {
    if (cdi_device !== null && state !== 'releasing') wanted.add(deviceOf(cdi_device))
  }
  // After a reboot a path may be another device's, so all are written anew when it is known.
  const old = [...offered.all()].filter((device) => rebooted || !wanted.has(device))
  for (const device of old) await offered.remove(device)
}

/** Gives the claims of earlier starts the names that this one offers them under. */
async function rename(
  { world }: Pick<Shelf, 'world'>,
  newName: (tx: Transaction, claim: ClaimRecord) => string | null,
): Promise<void> {
  await world.commit((tx) => {
    for (const claim of [...tx.view.after('claim', -1)]) {
      // Ledgers from before there were names have none.
      const before = claim.cdi_device ?? null
      const after = newName(tx, { ...claim, cdi_device: before })
      if (after !== claim.cdi_device) tx.update('claim', claim, { cdi_device: after })
    }
  })
}

async function goOn(shelf: Shelf): Promise<void> {
  const { world, specs, offered, due } = shelf
  for (const device of await offered.forgetLost()) {
    const owner = ownerOf(world.durable, nameOf(specs, device))
    if (owner?.device != null) due.add(owner.device)
  }
  for (const device of offered.stuck()) {
    const owner = ownerOf(world.working, nameOf(specs, device))
    const isWanted = owner?.device != null && isToBeOffered(world, owner.name, owner.device)
    if (!isWanted) await offered.remove(device)
  }
  for (const uid of [...due]) await settleDevice(shelf, uid)
}
