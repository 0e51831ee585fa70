import { readFileSync, statSync } from 'node:fs'
import { DaxError } from '../core/errors.ts'
import type { Log } from '../ports/log.ts'
import { fileStamp } from './file-stamp.ts'

/** How long a change of a file may go unseen. Revocations have to bite within a second. */
const UNSEEN_MAX_MS = 250
const FILE_BYTES_MAX = 8 * 1024 * 1024

/** What a file says, as of at most {@link UNSEEN_MAX_MS} ago. */
export interface WatchedFile<T> {
  /** What it says, or last said while it could be used. */
  current(): T
  /** Why what is on the disk now is not used, one sentence; null while it is. */
  problem(): string | null
}

export interface WatchedFileOptions<T> {
  readonly path: string
  /** @throws Error when the text cannot be used. */
  readonly parse: (text: string) => T
  /** What a file says that was never there; without it, it has to be there. */
  readonly absent?: T
  readonly log: Log
}

/**
 * Opens a file that may change under us. It is looked at when it is used, and not by inotify: the
 * state directory's watch would wake at each commit of the ledger, a file's is lost with a rename.
 * What cannot be used leaves what was read before in force and is logged, once for each reason.
 * @throws DaxError `malformed` when it cannot be used from the start.
 */
export function watchFile<T>({ path, parse, absent, log }: WatchedFileOptions<T>): WatchedFile<T> {
  let stamp = fileStamp(path)
  let problem: string | null = null
  let lookedAt = performance.now()
  let value = first()

  function first(): T {
    if (stamp === null && absent !== undefined) return absent
    try {
      return parse(read(path))
    } catch (error) {
      throw new DaxError('malformed', sentence(path, error), {}, error)
    }
  }

  function look(): void {
    const now = performance.now()
    if (now - lookedAt < UNSEEN_MAX_MS) return
    lookedAt = now
    const found = fileStamp(path)
    // What a broken one names may be mended without a change of its own.
    if (found === stamp && problem === null) return
    stamp = found
    try {
      value = parse(read(path))
      problem = null
      log.info({ path }, 'file read anew')
    } catch (error) {
      problem = sentence(path, error)
      log.error(
        { path, reason: problem },
        'changed file cannot be used: what it said before counts',
      )
    }
  }

  return {
    current() {
      look()
      return value
    },
    problem() {
      look()
      return problem
    },
  }
}

function read(path: string): string {
  const { size } = statSync(path)
  if (size > FILE_BYTES_MAX) throw new Error(`it has more than ${FILE_BYTES_MAX} bytes`)
  return readFileSync(path, 'utf8')
}

function sentence(path: string, error: unknown): string {
  return `${path} cannot be used: ${error instanceof Error ? error.message : String(error)}.`
}
