import type { ObservedUser } from '../ports/backend.ts'

/**
 * A file whose users are looked for. `key` is the caller's name for it and unique in one search.
 * A `file` is told by the numbers that stat(2) gives; `path` helps where a file system shows
 * another device number in the maps of a process (btrfs, overlay). A `chardev` is told by its
 * device number, whatever node it was opened through.
 */
export type WatchedFile =
  | {
      readonly key: string
      readonly kind: 'file'
      readonly dev: number
      readonly ino: number
      readonly path?: string
    }
  | {
      readonly key: string
      readonly kind: 'chardev'
      readonly major: number
      readonly minor: number
      readonly path?: string
    }

/**
 * A process that has a watched file open or mapped: descriptors ascending, mapped parts ascending
 * and joined where they are adjacent, in bytes from the file's start.
 */
export interface ProcessUse extends Omit<ObservedUser, 'stale'> {
  /** Of the files through which it has it, ascending: a device's nodes differ from life to life. */
  readonly inodes: readonly number[]
}

/** The use as the port tells it. */
export function asUser({ inodes: _, ...use }: ProcessUse, stale: boolean): ObservedUser {
  return { ...use, stale }
}

/**
 * `found` has an entry, under the caller's key, only for files in use. `complete` is false where a
 * process could not be read wholly, so a user may be missing.
 */
export interface ProcessFindings {
  readonly found: ReadonlyMap<string, readonly ProcessUse[]>
  readonly complete: boolean
}

export interface ProcessObserver {
  /**
   * Who has these files open or mapped, by a look that begins after the call. A process that takes
   * longer than the time-out is left out and makes the findings incomplete.
   * @throws DaxError `backend_failed` (EIO) when the process table itself cannot be read.
   */
  find(files: readonly WatchedFile[]): Promise<ProcessFindings>
}

export interface ProcessObserverOptions {
  /** Where procfs is mounted; `/proc` by default. */
  readonly procRoot?: string
  /** The longest time of a look at one process, in milliseconds. */
  readonly timeoutMs?: number
  /** The longest time of a look at all, in milliseconds; one that takes longer rejects. */
  readonly totalMs?: number
  /** The process that does not count: daxd itself, by default. */
  readonly ownPid?: number
  /** The longest maps file of a process that is read whole. */
  readonly mapsLimitBytes?: number
}
