import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { parseChardev } from '../../core/chardev.ts'
import { nullIfGone } from './host-errors.ts'
import type { HostPaths } from './host-paths.ts'

/**
 * A file that holds or held a device's data: `live` the data of the name now, `prepared` a copy
 * for its next life, `ended` an inode of an earlier life. A live one has no serial in its name.
 */
export type DataFile = { readonly path: string; readonly chardev: string } & (
  | { readonly role: 'live'; readonly openable: boolean }
  | { readonly role: 'prepared' | 'ended'; readonly serial: number }
)

/**
 * The data files of every device, or of those in `only`. Files are looked for in the order in
 * which a disable moves them (`dev`, `off`, `old`), so one that moves meanwhile is not missed.
 */
export async function listDataFiles(
  paths: HostPaths,
  only?: ReadonlySet<string>,
): Promise<DataFile[]> {
  const found: DataFile[] = []
  for (const place of [paths.dev, paths.off, paths.old]) {
    found.push(...(await filesIn(paths, place, only)))
  }
  return found
}

/** The data files of ended lives alone, of which there are few: no other place is read. */
export function listEndedFiles(paths: HostPaths): Promise<DataFile[]> {
  return filesIn(paths, paths.old)
}

async function filesIn(
  paths: HostPaths,
  place: string,
  only?: ReadonlySet<string>,
): Promise<DataFile[]> {
  const names = await readdir(place)
  // Most listings are for one name of thousands: the others are left out before they are parsed.
  const [prefix = ''] = only?.size === 1 ? only : []
  const files: DataFile[] = []
  for (const name of names) {
    const file = name.startsWith(prefix) ? dataFile(paths, place, name) : null
    if (file !== null && (only === undefined || only.has(file.chardev))) files.push(file)
  }
  return files
}

/** The status of a data file, null when it is gone. */
export function dataFileStats(file: DataFile): Promise<Stats | null> {
  return nullIfGone(stat(file.path))
}

function dataFile(paths: HostPaths, place: string, fileName: string): DataFile | null {
  const match = /^(dax\d+\.\d+)(?:\.(\d+))?$/.exec(fileName)
  const chardev = match?.[1]
  if (chardev === undefined || parseChardev(chardev) === null) return null
  const path = `${place}/${fileName}`
  const serial = match?.[2]
  if (serial === undefined) {
    if (place === paths.old) return null
    return { path, chardev, role: 'live', openable: place === paths.dev }
  }
  if (place === paths.dev) return null
  const role = place === paths.off ? 'prepared' : 'ended'
  return { path, chardev, role, serial: Number(serial) }
}
