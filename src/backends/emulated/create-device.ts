import { isDeepStrictEqual } from 'node:util'
import { parseChardev } from '../../core/chardev.ts'
import { DaxError } from '../../core/errors.ts'
import { totalSize } from '../../core/extent.ts'
import { invariant } from '../../core/invariant.ts'
import type { RegionNature } from '../../core/model.ts'
import type { DevicePlan, DeviceShape, HostDevice } from '../../ports/backend.ts'
import { checkExtents } from './check-extents.ts'
import { listDataFiles } from './data-files.ts'
import { sweepEndedLives } from './ended-lives.ts'
import type { EmulatedHost } from './host.ts'
import { changeDevice, freeMinor, hostDevice, isIdle, requireRegion } from './host-device.ts'
import type { DeviceOnDisk } from './record-schemas.ts'
import { settleFiles } from './settle.ts'

/**
 * Makes a device, disabled. It gets the planned name, or the region's lowest free one when that
 * is taken or an ended life of it is still held. A plan that was carried out already (the same
 * uuid and shape) gives the device that it made, so the call can be repeated. An empty uuid, as
 * recorded devices have, is nobody's.
 *
 * @throws DaxError `no_such_region`, `range_outside`, `range_taken`, `uuid_taken`, `no_space`.
 */
export async function createDevice(host: EmulatedHost, plan: DevicePlan): Promise<HostDevice> {
  const region = await requireRegion(host, plan.region)
  const devices = await host.records.devices()
  const own = devices.filter((device) => device.region === region.id)
  const earlier = own.find((device) => plan.uuid !== '' && device.uuid === plan.uuid)
  if (earlier !== undefined) return repeatedCreate(host, { region, plan, earlier })
  checkExtents(region, { shape: plan, others: own })
  const chardev = await chooseChardev(host, { region, plan, own })
  const serial = await settledSerial(host, chardev)
  const slot = own.find((device) => device.chardev === chardev)
  const device: DeviceOnDisk = {
    ...shapeOf(plan),
    chardev,
    region: region.id,
    name: plan.name,
    uuid: plan.uuid,
    enabled: false,
    fenced: false,
    minor: slot?.minor ?? freeMinor(devices),
    serial: slot?.serial ?? serial,
  }
  await changeDevice(host, chardev, async () => {
    // Room for the file is made before the commit: a failure must leave no device behind.
    const size = totalSize(device.ranges)
    if (slot === undefined) await host.files.createSparse(host.paths.closed(chardev), size)
    else await host.files.resize(host.paths.closed(chardev), size)
    await host.records.writeDevice(device)
  })
  return hostDevice(host, region, device)
}

/** Settles the name, and tells the serial of a new device of it. */
async function settledSerial(host: EmulatedHost, chardev: string): Promise<number> {
  const list = () => listDataFiles(host.paths, new Set([chardev]))
  const files = await list()
  await settleFiles(host, chardev, files)
  // Settling a name without files leaves none; else it may have ended lives, with other serials.
  return host.serials.next(chardev, files.length === 0 ? files : await list())
}

/** The shape alone, without what else the object carries. */
export function shapeOf(shape: DeviceShape): DeviceShape {
  const { align, memmap, mode, extents, ranges } = shape
  return { align, memmap, mode, extents, ranges }
}

function repeatedCreate(
  host: EmulatedHost,
  made: {
    readonly region: RegionNature
    readonly plan: DevicePlan
    readonly earlier: DeviceOnDisk
  },
): HostDevice {
  const { region, plan, earlier } = made
  if (!isDeepStrictEqual(shapeOf(plan), shapeOf(earlier))) {
    throw new DaxError('uuid_taken', `${earlier.chardev} has the uuid ${plan.uuid} already.`)
  }
  return hostDevice(host, region, earlier)
}

async function chooseChardev(
  host: EmulatedHost,
  wish: {
    readonly region: RegionNature
    readonly plan: DevicePlan
    readonly own: readonly DeviceOnDisk[]
  },
): Promise<string> {
  const { region, plan, own } = wish
  invariant(parseChardev(plan.chardev)?.region === region.id, 'the name is of the region', plan)
  const held = await sweepEndedLives(host)
  const taken = new Set(own.filter((item) => !isIdle(region, item)).map((device) => device.chardev))
  const isFree = (chardev: string) => !taken.has(chardev) && !held.has(chardev)
  if (isFree(plan.chardev)) return plan.chardev
  let id = 0
  while (!isFree(`dax${region.id}.${id}`)) id += 1
  return `dax${region.id}.${id}`
}
