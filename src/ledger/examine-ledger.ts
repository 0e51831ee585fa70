import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { AUDIT_VERSION } from './audit-rows.ts'
import { readHead } from './head.ts'
import { damagedLedger, isDamage, refusedLedger } from './ledger-damage.ts'
import { APPLICATION_ID } from './migrations.ts'
import { pageProblems } from './page-problems.ts'
import { readPragma } from './pragma.ts'
import {
  describeError,
  isNoRoom,
  openFailure,
  SQLITE_CANTOPEN,
  sqliteCodeOf,
} from './sqlite-error.ts'

/** How long to wait for a lock that another process has on the file. */
export const BUSY_TIMEOUT_MS = 1_000

/** SQLITE_IOERR_SHMOPEN, _SHMSIZE and _SHMMAP: the log's index could not be made. */
const SHARED_INDEX_ERRORS = new Set([4618, 4874, 5386])

// https://www.sqlite.org/fileformat2.html#the_database_header
const HEADER_BYTES = 100
const NO_SQLITE_FILE = 'it is not an SQLite file'
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
    throw isDamage(error)
      ? damagedLedger(path, describeError(error), error)
      : openFailure(path, error)
  } finally {
    database?.close()
  }
}

/**
 * Checks an open ledger: whose it is, its version, that its pages hold together, and that its head
 * is at least as new as what it leads. The rows' own checksums are held when they are read.
 */
export function checkLedger(database: DatabaseSync, path: string, newestVersion: number): void {
  checkOwner(path, readPragma(database, 'application_id'))
  checkVersion(path, readPragma(database, 'user_version'), newestVersion)
  const problem = pageProblems(database, 'quick_check', 1)[0] ?? headProblem(database)
  if (problem !== null) throw damagedLedger(path, problem)
}

/** What is wrong with the head of a ledger, null for nothing: a page of it may be an old one. */
export function headProblem(database: DatabaseSync): string | null {
  const { lastRevision, isSound, audit } = readHead(database)
  if (!isSound) return 'its head does not match its checksum'
  const newest = database
    .prepare(`
      SELECT max(
        (SELECT coalesce(max(revision), 0) FROM events),
        (SELECT coalesce(max(revision), 0) FROM (SELECT revision FROM records
          ORDER BY seq DESC LIMIT 1))
      ) AS revision`)
    .get()
  const revision = Number(newest?.['revision'])
  if (revision > lastRevision) {
    return `its head is of revision ${lastRevision}, but it holds revision ${revision}`
  }
  if (readPragma(database, 'user_version') < AUDIT_VERSION) return null
  const last = Number(database.prepare('SELECT max(number) AS last FROM audit').get()?.['last'])
  if (last === (audit.number === audit.trimmed ? 0 : audit.number)) return null
  return `its head notes ${audit.number} as the newest entry of the audit, but that is ${last}`
}

function checkHeader(path: string, newestVersion: number): void {
  const header = readHeader(path)
  if (!isSqliteHeader(header)) throw damagedLedger(path, NO_SQLITE_FILE)
  checkOwner(path, header.readUInt32BE(APPLICATION_ID_AT))
  checkVersion(path, header.readUInt32BE(USER_VERSION_AT), newestVersion)
}

/** What is wrong with the file as such, null for nothing. */
export function fileProblem(path: string): string | null {
  return isSqliteHeader(readHeader(path)) ? null : NO_SQLITE_FILE
}

function isSqliteHeader(header: Buffer): boolean {
  return header.length === HEADER_BYTES && header.toString('latin1', 0, MAGIC.length) === MAGIC
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
  throw refusedLedger(
    `${path} is a database of another program (application id ${applicationId})`,
    'choose another state directory, or move the file away',
  )
}

function checkVersion(path: string, version: number, newestVersion: number): void {
  if (version >= 1 && version <= newestVersion) return
  throw refusedLedger(
    `The ledger ${path} has schema version ${version}, this daxd knows 1 to ${newestVersion}`,
    'start the daxd that wrote it, or a newer one',
  )
}

function isWithoutIndex(error: unknown): boolean {
  if (isNoRoom(error) || sqliteCodeOf(error) === SQLITE_CANTOPEN) return true
  if (!(error instanceof Error) || !('errcode' in error)) return false
  return SHARED_INDEX_ERRORS.has(Number(error.errcode))
}
