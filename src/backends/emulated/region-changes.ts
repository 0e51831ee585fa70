import { isDeepStrictEqual } from 'node:util'
import { DaxError } from '../../core/errors.ts'
import { overlaps } from '../../core/extent.ts'
import { invariant } from '../../core/invariant.ts'
import type { RegionNature } from '../../core/model.ts'
import { listDataFiles } from './data-files.ts'
import { sweepEndedLives } from './ended-lives.ts'
import type { EmulatedHost } from './host.ts'
import { emptyDevice, freeMinor, isIdle, requireRegion } from './host-device.ts'
import { regionSchema } from './record-schemas.ts'
import { settle } from './settle.ts'

/**
 * Adds a region to the host; a dynamic one gets its empty id 0. Defining it again in the same
 * words changes nothing.
 *
 * @throws DaxError `name_taken` (EEXIST) when the id has another nature, `region_overlap`.
 */
export async function defineRegion(host: EmulatedHost, given: RegionNature): Promise<void> {
  const region = regionSchema.parse(given)
  const regions = await host.records.regions()
  const same = regions.find((other) => other.id === region.id)
  if (same === undefined) {
    const hit = regions.find((other) => overlaps(other, region))
    if (hit !== undefined) {
      throw new DaxError('region_overlap', `Region ${hit.id} has a part of that range already.`)
    }
    await host.records.writeRegion(region)
  } else if (!isDeepStrictEqual(same, region)) {
    throw new DaxError('name_taken', `Region ${region.id} is there already, and is another one.`)
  }
  await ensurePermanentDevice(host, region)
}

/**
 * Takes a region off the host, with its empty id 0.
 * @throws DaxError `no_such_region`, `region_busy`.
 */
export async function dropRegion(host: EmulatedHost, id: number): Promise<void> {
  const region = await requireRegion(host, id)
  const devices = await host.records.devices(id)
  const busy = devices.filter((device) => !isIdle(region, device))
  if (busy.length > 0) {
    const holders = busy.map(({ chardev }) => ({ kind: 'device', id: chardev }) as const)
    throw new DaxError('region_busy', `Region ${id} has ${busy.length} devices.`, { holders })
  }
  // The region goes last: a crash before it leaves a region whose id 0 the next start restores.
  for (const { chardev } of devices) {
    await host.records.removeDevice(chardev)
    await settle(host, chardev)
  }
  await host.records.removeRegion(id)
  // Nobody could ever open an empty id 0, so its data end here.
  if (devices.length > 0) await sweepEndedLives(host)
}

/** Gives a dynamic region the id 0 that the kernel makes with it, where it has none. */
export async function ensurePermanentDevice(
  host: EmulatedHost,
  region: RegionNature,
): Promise<void> {
  if (region.kind !== 'dynamic') return
  const chardev = `dax${region.id}.0`
  if ((await host.records.device(chardev)) !== null) return
  await settle(host, chardev)
  const files = await listDataFiles(host.paths, new Set([chardev]))
  const minor = freeMinor(await host.records.devices())
  const device = emptyDevice(region, { minor, serial: host.serials.next(chardev, files) })
  invariant(device.chardev === chardev, 'the permanent device has id 0', device)
  await host.records.writeDevice(device)
  await settle(host, chardev)
}
