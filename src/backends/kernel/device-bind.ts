import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { nullIfGoneNow } from './host-errors.ts'

/**
 * Tells one bind of a device from every other, null without a driver: each makes the link `driver`
 * anew, and sysfs gives a number out once until the next boot.
 * Source: fs/kernfs/dir.c `__kernfs_new_node`, `idr_alloc_cyclic`.
 */
export function readBind(device: string): bigint | null {
  return nullIfGoneNow(() => lstatSync(join(device, 'driver'), { bigint: true }))?.ino ?? null
}
