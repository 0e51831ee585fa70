import { chmod, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DaxError } from '../../core/errors.ts'
import type { RegionNature } from '../../core/model.ts'
import { listDataFiles } from './data-files.ts'
import { endDevice } from './destroy-device.ts'
import { sweepEndedLives } from './ended-lives.ts'
import type { EmulatedHost } from './host.ts'
import { isIdle } from './host-device.ts'
import { nullIfGone } from './host-errors.ts'
import { TEMPORARY_SUFFIX } from './host-files.ts'
import type { DeviceOnDisk } from './record-schemas.ts'
import { ensurePermanentDevice } from './region-changes.ts'
import { settleFiles } from './settle.ts'

/** Clients must reach the data; nobody else has to see how the host is kept. */
const DEV_MODE = 0o755
const PRIVATE_MODE = 0o700

/**
 * Makes the directory of the emulated host, or brings the one that is there to what its records
 * say, whatever the daemon before us died in: half-made changes are finished or undone, fences
 * end, inodes that nobody holds go. With another boot id than the last one the host was power
 * cycled: devices of volatile regions are gone with their data, those of persistent regions are
 * as they were, and nobody holds anything. Safe to repeat, and to die in.
 */
export async function recoverHost(host: EmulatedHost, bootId: string): Promise<void> {
  await makeDirectories(host)
  const lastBootId = (await nullIfGone(readFile(host.paths.bootId, 'utf8')))?.trim() ?? null
  const regions = await host.records.regions()
  const devices = await host.records.devices()
  for (const device of devices) requireKnown(regions, device)
  for (const region of regions) await ensurePermanentDevice(host, region)
  for (const device of devices.filter((item) => item.fenced)) {
    await host.records.writeDevice({ ...device, fenced: false })
  }
  const files = Map.groupBy(await listDataFiles(host.paths), (file) => file.chardev)
  const names = new Set([...devices.map((device) => device.chardev), ...files.keys()])
  for (const chardev of names) await settleFiles(host, chardev, files.get(chardev) ?? [])
  if (lastBootId === bootId) {
    await sweepEndedLives(host)
    return
  }
  if (lastBootId !== null) await loseVolatile(host, regions)
  // Until this is written the next start does all of the above again.
  await host.files.writeText({ path: host.paths.bootId, text: `${bootId}\n` })
}

async function makeDirectories(host: EmulatedHost): Promise<void> {
  const { paths, files } = host
  for (const path of [paths.host, paths.dev, paths.off, paths.old]) {
    const mode = path === paths.dev ? DEV_MODE : PRIVATE_MODE
    await mkdir(path, { recursive: true, mode })
    // The umask takes bits off the mode of a new directory.
    await chmod(path, mode)
  }
  for (const path of [paths.host, paths.off]) {
    for (const name of await readdir(path)) {
      if (name.endsWith(TEMPORARY_SUFFIX)) await files.remove(join(path, name))
    }
  }
}

function requireKnown(regions: readonly RegionNature[], device: DeviceOnDisk): void {
  if (regions.some((region) => region.id === device.region)) return
  const detail = `${device.chardev} is on the emulated host, but its region is not.`
  throw new DaxError('backend_failed', detail)
}

async function loseVolatile(host: EmulatedHost, regions: readonly RegionNature[]): Promise<void> {
  for (const region of regions) {
    if (region.media.persistence !== 'volatile') continue
    for (const device of await host.records.devices(region.id)) {
      if (!isIdle(region, device)) await endDevice(host, device)
    }
  }
  // No process outlives a power cycle, so there is nobody to look for.
  for (const file of await listDataFiles(host.paths)) {
    if (file.role === 'ended') await host.files.remove(file.path)
  }
}
