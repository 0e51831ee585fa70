import { totalSize } from '../../core/extent.ts'
import { bytes } from '../../core/units.ts'
import { type DataFile, dataFileStats, listDataFiles } from './data-files.ts'
import type { EmulatedHost } from './host.ts'
import type { DeviceOnDisk } from './record-schemas.ts'

/**
 * Brings the data files of a name to what its record says: finishes what a change committed (its
 * record is written) and undoes what it only began. Every change ends with this, and so does the
 * recovery of one that died at any step. Safe to repeat, and to die in.
 *
 * The order of steps that this relies on. `S` is the serial in the record before the change,
 * `T` a new one; a commit is the atomic replacement or removal of the record.
 *
 * - create: make `off/X` of the full size; commit.
 * - reshape: when growing, lengthen the file; commit; when shrinking, cut the file.
 * - enable, unfence: commit; rename `off/X` to `dev/X`.
 * - fence: commit; rename `dev/X` to `off/X`.
 * - disable without users: rename `dev/X` to `off/X`; commit.
 * - disable with users: rename `dev/X` to `off/X`; copy `off/X` to `off/X.T`; rename `off/X`
 *   to `old/X.S`; commit with the serial T; rename `off/X.T` to `off/X`; cut `old/X.S` to 0.
 * - destroy: rename `off/X` to `old/X.S`; commit (an id 0 that stays gets the serial T); cut
 *   `old/X.S` to 0; remove it unless somebody holds it.
 *
 * So `old/X.S` with the record's own serial is data whose end was not committed, and goes back;
 * `off/X.S` with the record's own serial is data whose beginning was.
 */
export async function settle(host: EmulatedHost, chardev: string): Promise<void> {
  await settleFiles(host, chardev, await listDataFiles(host.paths, new Set([chardev])))
}

/** {@link settle} for a name whose data files are known: whoever settles all lists them once. */
export async function settleFiles(
  host: EmulatedHost,
  chardev: string,
  files: readonly DataFile[],
): Promise<void> {
  const device = await host.records.device(chardev)
  if (device === null) return endAll(host, files)
  const live = files.find((file) => file.role === 'live')
  const restored = live?.path ?? (await restoreLive(host, device, files))
  for (const file of files) {
    if (file.role === 'live') continue
    // What was restored has left its path, so neither of these touches it.
    if (file.role === 'prepared') await host.files.remove(file.path)
    else await empty(host, file)
  }
  await putInPlace(host, device, restored)
}

/** True when the device's data are to be where clients can open them. */
function isOpenable(device: DeviceOnDisk): boolean {
  return device.enabled && !device.fenced && device.mode === 'devdax'
}

/** Where the device's data are once it is settled. */
export function settledPath(host: EmulatedHost, device: DeviceOnDisk): string {
  const { chardev } = device
  return isOpenable(device) ? host.paths.openable(chardev) : host.paths.closed(chardev)
}

async function endAll(host: EmulatedHost, files: readonly DataFile[]): Promise<void> {
  for (const file of files) {
    if (file.role === 'prepared') {
      await host.files.remove(file.path)
    } else if (file.role === 'ended') {
      await empty(host, file)
    } else {
      const serial = host.serials.next(file.chardev, files)
      const path = host.paths.ended(file.chardev, serial)
      await host.files.rename({ from: file.path, to: path })
      await empty(host, { path, chardev: file.chardev, role: 'ended', serial })
    }
  }
}

async function restoreLive(
  host: EmulatedHost,
  device: DeviceOnDisk,
  files: readonly DataFile[],
): Promise<string> {
  const to = host.paths.closed(device.chardev)
  const own = files.find((file) => file.role !== 'live' && file.serial === device.serial)
  if (own === undefined) await host.files.createSparse(to, totalSize(device.ranges))
  else await host.files.rename({ from: own.path, to })
  return to
}

async function putInPlace(host: EmulatedHost, device: DeviceOnDisk, path: string): Promise<void> {
  const size = totalSize(device.ranges)
  const facts = await dataFileStats({ ...device, path, role: 'live', openable: false })
  if (facts?.size !== size) await host.files.resize(path, size)
  const to = settledPath(host, device)
  if (path !== to) await host.files.rename({ from: path, to })
}

async function empty(host: EmulatedHost, file: DataFile): Promise<void> {
  const facts = await dataFileStats(file)
  // An empty one may be swept meanwhile by a look at its users, and needs nothing.
  if (facts !== null && facts.size > 0) await host.files.resize(file.path, bytes(0))
}
