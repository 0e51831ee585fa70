import { join, resolve } from 'node:path'

/**
 * Where everything of the emulated host is.
 *
 * - `host/` holds what is true: a JSON file for each region and device, and the last boot id.
 * - `dev/` holds the data of devices that can be opened, under the names that clients use.
 * - `off/` holds the data of disabled and fenced devices, and, named `daxR.N.SERIAL`, copies that
 *   are being made for a next life.
 * - `old/` holds, named `daxR.N.SERIAL`, inodes of ended lives that somebody still has open.
 */
export interface HostPaths {
  readonly host: string
  readonly dev: string
  readonly off: string
  readonly old: string
  readonly bootId: string
  regionRecord(id: number): string
  deviceRecord(chardev: string): string
  openable(chardev: string): string
  closed(chardev: string): string
  prepared(chardev: string, serial: number): string
  ended(chardev: string, serial: number): string
}

/** The paths under `directory`, absolute. */
export function hostPaths(directory: string): HostPaths {
  const root = resolve(directory)
  const host = join(root, 'host')
  const dev = join(root, 'dev')
  const off = join(root, 'off')
  const old = join(root, 'old')
  return {
    host,
    dev,
    off,
    old,
    bootId: `${host}/boot_id`,
    // These are made by the thousand, of parts that need no normalising.
    regionRecord: (id) => `${host}/region${id}.json`,
    deviceRecord: (chardev) => `${host}/${chardev}.json`,
    openable: (chardev) => `${dev}/${chardev}`,
    closed: (chardev) => `${off}/${chardev}`,
    prepared: (chardev, serial) => `${off}/${chardev}.${serial}`,
    ended: (chardev, serial) => `${old}/${chardev}.${serial}`,
  }
}
