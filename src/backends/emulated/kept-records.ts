import { type BigIntStats, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { z } from 'zod'
import { DaxError } from '../../core/errors.ts'
import { nullIfGone } from './host-errors.ts'

/** The largest record read; a device of 100,000 ranges stays below it. */
const RECORD_MAX_BYTES = 16 * 1024 * 1024

/** How many records are looked at between two turns of the event loop, and read side by side. */
const LOOKS_AT_ONCE_MAX = 64

/**
 * How old a file must be for its times to change with its next change. Linux stamps files with the
 * time of its last tick, which is at most 10 ms ago (CONFIG_HZ=100).
 */
const STAMP_TICK_MS = 20

/**
 * The records in files of one kind. A record that was read once is parsed again only when its file
 * has changed: each look asks the kernel for the file's identity, so that the disk stays what
 * counts, whoever writes it. Records are frozen, since all who look share them.
 *
 * Two files in a row may have one identity: the inode of the first is free for the second, and
 * both may be written within one tick of the clock. So a record is kept only when its file was
 * older than a tick as it was read, and not beyond a change of our own ({@link forget}), which
 * holds when the clock is set back, too.
 */
export interface KeptRecords<R> {
  /**
   * Null when there is no file.
   * @throws DaxError `backend_failed` for a record that is not as we write them.
   */
  read(path: string): Promise<R | null>
  /** The records that are still there when their turn comes, in the order of `paths`. */
  readAll(paths: readonly string[]): Promise<R[]>
  /** To be called after each change of our own to the file, one that failed half-way included. */
  forget(path: string): void
  /** Forgets what is kept of other files than these, so that no more is kept than there are. */
  keepOnly(paths: readonly string[]): void
}

/** One file's content, by what its identity was. */
interface Kept<R> {
  readonly file: FileIdentity
  readonly record: R
}

type FileIdentity = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>

/** Keeps the records that `schema` reads; none at first. */
export function createKeptRecords<R>(schema: z.ZodType<R>): KeptRecords<R> {
  const keptByPath = new Map<string, Kept<R>>()
  // What was read before a change of our own may be older than it, and is not kept.
  let changes = 0

  async function load(path: string): Promise<R | null> {
    const changesBefore = changes
    keptByPath.delete(path)
    const found = await nullIfGone(readFileOnce(path))
    if (found === null) return null
    const record = deepFreeze(parseRecord(path, found.text, schema))
    const { file, isSettled } = found
    if (isSettled && changes === changesBefore) keptByPath.set(path, { file, record })
    return record
  }

  async function read(path: string): Promise<R | null> {
    const kept = keptByPath.get(path)
    if (kept === undefined) return load(path)
    // A promise for each of thousands of looks would cost more than the looks, so this one waits.
    const facts = statSync(path, { bigint: true, throwIfNoEntry: false })
    return facts !== undefined && isSameFile(kept.file, facts) ? kept.record : load(path)
  }

  return {
    read,
    async readAll(paths) {
      const records: R[] = []
      for (let next = 0; next < paths.length; next += LOOKS_AT_ONCE_MAX) {
        if (next > 0) await setImmediate()
        const batch = await Promise.all(paths.slice(next, next + LOOKS_AT_ONCE_MAX).map(read))
        for (const record of batch) if (record !== null) records.push(record)
      }
      return records
    },
    forget(path) {
      changes += 1
      keptByPath.delete(path)
    },
    keepOnly(paths) {
      if (keptByPath.size <= paths.length) return
      const there = new Set(paths)
      for (const path of keptByPath.keys()) if (!there.has(path)) keptByPath.delete(path)
    },
  }
}

/** A file's text with the identity of the very inode that it was read from. */
async function readFileOnce(
  path: string,
): Promise<{ readonly file: FileIdentity; readonly isSettled: boolean; readonly text: string }> {
  const handle = await open(path)
  try {
    const now = Date.now()
    const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true })
    if (size > RECORD_MAX_BYTES) throw unreadable(path, `it has ${size} bytes`)
    const isSettled = Number(ctimeNs / 1_000_000n) + STAMP_TICK_MS <= now
    const text = await handle.readFile('utf8')
    return { file: { dev, ino, size, mtimeNs, ctimeNs }, isSettled, text }
  } finally {
    await handle.close()
  }
}

function isSameFile(left: FileIdentity, right: FileIdentity): boolean {
  return (
    left.ctimeNs === right.ctimeNs &&
    left.mtimeNs === right.mtimeNs &&
    left.ino === right.ino &&
    left.size === right.size &&
    left.dev === right.dev
  )
}

function parseRecord<R>(path: string, text: string, schema: z.ZodType<R>): R {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): DaxError {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const detail = `The record ${name} of the emulated host is damaged.`
  return new DaxError('backend_failed', detail, {}, cause)
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
