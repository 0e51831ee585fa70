import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { APPLICATION_ID } from './migrations.ts'
import { readPragma } from './pragma.ts'
import {
  describeError,
  isNoRoom,
  openFailure,
  SQLITE_CANTOPEN,
  SQLITE_CORRUPT,
  SQLITE_NOTADB,
  sqliteCodeOf,
} from './sqlite-error.ts'

/** How long to wait for a lock that another process has on the file. */
export const BUSY_TIMEOUT_MS = 1_000

/** SQLITE_IOERR_SHMOPEN, _SHMSIZE and _SHMMAP: the log's index could not be made. */
const SHARED_INDEX_ERRORS = new Set([4618, 4874, 5386])

// https://www.sqlite.org/fileformat2.html#the_database_header
const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'
const USER_VERSION_AT = 60
const APPLICATION_ID_AT = 68

/**
 * Looks at an existing ledger through a connection that can only read, so that what is refused
 * keeps every byte of the file and of its log. False when the look needs an index beside the log
 * for which there is no room; the caller then checks through its own connection.
 * @throws DaxError `ledger_failed` when the file is no ledger, damaged or of a newer daxd; `busy`.
 */
export function examineLedger(path: string, newestVersion: number): boolean {
  let database: DatabaseSync | undefined
  try {
    checkHeader(path, newestVersion)
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    checkLedger(database, path, newestVersion)
    return true
  } catch (error) {
    if (isWithoutIndex(error)) return false
    throw isDamage(error) ? damaged(path, describeError(error), error) : openFailure(path, error)
  } finally {
    database?.close()
  }
}

/** Checks an open ledger: whose it is, its version, and that its pages hold together. */
export function checkLedger(database: DatabaseSync, path: string, newestVersion: number): void {
  checkOwner(path, readPragma(database, 'application_id'))
  checkVersion(path, readPragma(database, 'user_version'), newestVersion)
  const verdict = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
  if (verdict !== 'ok') throw damaged(path, String(verdict))
}

function checkHeader(path: string, newestVersion: number): void {
  const header = readHeader(path)
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw damaged(path, 'it is not an SQLite file')
  }
  checkOwner(path, header.readUInt32BE(APPLICATION_ID_AT))
  checkVersion(path, header.readUInt32BE(USER_VERSION_AT), newestVersion)
}

function readHeader(path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    return header.subarray(0, readSync(descriptor, header, 0, HEADER_BYTES, 0))
  } finally {
    closeSync(descriptor)
  }
}

function checkOwner(path: string, applicationId: number): void {
  if (applicationId === APPLICATION_ID) return
  throw refused(
    `${path} is a database of another program (application id ${applicationId})`,
    'choose another state directory, or move the file away',
  )
}

function checkVersion(path: string, version: number, newestVersion: number): void {
  if (version >= 1 && version <= newestVersion) return
  throw refused(
    `The ledger ${path} has schema version ${version}, this daxd knows 1 to ${newestVersion}`,
    'start the daxd that wrote it, or a newer one',
  )
}

function damaged(path: string, reason: string, cause?: unknown): DaxError {
  return refused(
    `The ledger ${path} is damaged: ${reason}`,
    'restore it from a copy, or move it away to start without records',
    cause,
  )
}

function refused(what: string, advice: string, cause?: unknown): DaxError {
  return new DaxError('ledger_failed', `${what}; nothing was changed; ${advice}.`, {}, cause)
}

function isDamage(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB
}

function isWithoutIndex(error: unknown): boolean {
  if (isNoRoom(error) || sqliteCodeOf(error) === SQLITE_CANTOPEN) return true
  if (!(error instanceof Error) || !('errcode' in error)) return false
  return SHARED_INDEX_ERRORS.has(Number(error.errcode))
}
