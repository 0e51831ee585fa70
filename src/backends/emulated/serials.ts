import type { DataFile } from './data-files.ts'

/**
 * Gives out the serials of devices' data, none twice while this daemon lives. A look at the
 * processes takes its time, and whoever waited for one removes what it saw ended and unheld: the
 * path must not have become another life's meanwhile. An inode would not tell them apart, since
 * file systems give its number to the next file.
 */
export interface Serials {
  /** A serial that is none of `files` and greater than `last`, the one that a device has had. */
  next(files: readonly DataFile[], last?: number): number
}

/** None is given out yet: what an earlier daemon gave, nobody looks at any more. */
export function createSerials(): Serials {
  let given = 0
  return {
    next(files, last = 0) {
      for (const file of files) if (file.role !== 'live') given = Math.max(given, file.serial)
      given = Math.max(given, last) + 1
      return given
    },
  }
}
