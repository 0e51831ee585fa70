import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { makeDirectory } from './make-directory.ts'
import { describeError, SQLITE_BUSY, sqliteCodeOf } from './sqlite-error.ts'

/** The right to a state directory, held until released or the process ends in whatever way. */
export interface StateLock {
  /** Lets another daemon in; repeatable. */
  release(): void
}

const OWNER_LENGTH_MAX = 20

/** Locks in force. A database that nothing refers to is closed by the collector, and unlocked. */
const locks = new Set<DatabaseSync>()

/**
 * Makes the state directory when it is missing and takes it for this process. The lock is SQLite's
 * exclusive lock on the empty file `daxd.lock` (an fcntl lock, which the kernel drops when the
 * process dies and child processes do not inherit); `daxd.pid` only tells people who has it. No
 * other code of this process may open `daxd.lock`: closing it would drop the lock.
 * @throws DaxError `busy` when a daemon has it, `ledger_failed` when the directory cannot be used.
 */
export function lockStateDirectory(directory: string): StateLock {
  makeWritable(directory)
  const database = takeLock(directory)
  locks.add(database)
  const pidFile = join(directory, 'daxd.pid')
  try {
    writeFileSync(pidFile, `${process.pid}\n`)
  } catch {
    // On a full disk the lock still counts; a pid of somebody else must not stay.
    rmSync(pidFile, { force: true })
  }
  let held = true
  return {
    release() {
      if (!held) return
      held = false
      rmSync(pidFile, { force: true })
      database.close()
      locks.delete(database)
    },
  }
}

function makeWritable(directory: string): void {
  try {
    makeDirectory(directory)
    accessSync(join(directory, '.'), constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw unusable(directory, reasonOf(error), error)
  }
}

function takeLock(directory: string): DatabaseSync {
  const path = join(directory, 'daxd.lock')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if (sqliteCodeOf(error) === SQLITE_BUSY) throw taken(directory, error)
    throw unusable(directory, `${path} cannot be locked: ${describeError(error)}`, error)
  }
}

function taken(directory: string, cause: unknown): DaxError {
  const pid = readOwner(directory)
  const owner = pid === null ? 'another daxd' : `another daxd (pid ${pid})`
  const detail = `The state directory ${directory} is in use by ${owner}.`
  return new DaxError('busy', detail, {}, cause)
}

function readOwner(directory: string): string | null {
  try {
    const text = readFileSync(join(directory, 'daxd.pid'), 'utf8').slice(0, OWNER_LENGTH_MAX)
    return /^[1-9][0-9]*\n$/.test(text) ? text.trim() : null
  } catch {
    return null
  }
}

function unusable(directory: string, reason: string, cause: unknown): DaxError {
  const detail = `The state directory ${directory} cannot be used: ${reason}.`
  return new DaxError('ledger_failed', detail, {}, cause)
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'it is not a directory',
  ENOTDIR: 'it, or a directory above it, is not a directory',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOENT: 'it cannot be made there',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its file system is full',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? describeError(error)
}
