import { statSync } from 'node:fs'
import { join } from 'node:path'
import { nullIfGoneNow } from './host-errors.ts'
import { listNames } from './read-sysfs.ts'

/** One `mappingN` of a device: the kernel's object for one of its ranges. */
export interface DeviceMapping {
  readonly path: string
  /**
   * Source: fs/kernfs/dir.c `kernfs_new_node`: 64 bits, given to one object and never to another
   * until the next boot, unlike the name, which the next range bears.
   */
  readonly inode: bigint
}

/**
 * What the kernel has for a device's ranges, by the numbers in their names; null when one went away
 * while it was looked at. Listing and stat(2) wait for nothing and keep nobody waiting: unlike a
 * read of what is in them, see `readPlace`.
 */
export function listMappings(device: string): DeviceMapping[] | null {
  const numbers = listNames(device).flatMap((name) => /^mapping(\d+)$/.exec(name)?.[1] ?? [])
  const found = numbers
    .map((number) => join(device, `mapping${number}`))
    .map((path) => nullIfGoneNow(() => ({ path, inode: statSync(path, { bigint: true }).ino })))
  return found.every((mapping) => mapping !== null) ? found : null
}
