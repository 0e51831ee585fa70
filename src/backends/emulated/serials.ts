import type { DataFile } from './data-files.ts'

/**
 * Gives out the serials of each name's data, none twice while this daemon lives. A look at the
 * processes takes its time, and whoever waited for one removes what it saw ended and unheld: the
 * path must not have become another life's meanwhile. An inode would not tell them apart, since
 * file systems give its number to the next file.
 */
export interface Serials {
  /** One that none of the name's `files` has, and greater than `last`, which its device has had. */
  next(chardev: string, files: readonly DataFile[], last?: number): number
}

/** None is given out yet: what an earlier daemon gave, nobody looks at any more. */
export function createSerials(): Serials {
  const given = new Map<string, number>()
  return {
    next(chardev, files, last = 0) {
      const there = files.map((file) => (file.role === 'live' ? 0 : file.serial))
      const next = Math.max(given.get(chardev) ?? 0, last, ...there) + 1
      given.set(chardev, next)
      return next
    },
  }
}
