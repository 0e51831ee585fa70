import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import type { Role } from '../core/principal.ts'
import {
  endOf,
  parseTokens,
  renderTokens,
  TOKEN_FILE_NAME,
  TOKENS_MAX,
  type TokenRecord,
} from './token-records.ts'
import { digestOf, makeToken } from './token-text.ts'

/** How long a writer waits for another one. */
const LOCK_WAIT_MS = 10_000
/** Ended tokens are kept this long, for `daxd token list` to tell of them. */
const ENDED_KEPT_MS = 90 * 86_400_000
const FILE_MODE = 0o600

/** What a new token shall be. */
export interface TokenWish {
  readonly name: string
  readonly role: Role
  readonly tenant: string | null
  /** Null for a token without end. */
  readonly lifeMs: number | null
  readonly note: string
}

/**
 * Makes a token and keeps its digest. `text` is in no file: it is told this once.
 * @throws DaxError `malformed` for a wrong wish, a broken file or too many tokens.
 */
export function createToken(
  directory: string,
  { name, role, tenant, lifeMs, note }: TokenWish,
): { readonly record: TokenRecord; readonly text: string } {
  const now = Date.now()
  const { id, text } = makeToken()
  const record: TokenRecord = {
    id,
    name,
    role,
    tenant,
    sha256: digestOf(text).toString('hex'),
    created_at: new Date(now).toISOString(),
    expires_at: lifeMs === null ? null : new Date(now + lifeMs).toISOString(),
    revoked_at: null,
    note,
  }
  change(directory, (tokens) => {
    const kept = tokens.filter((token) => !isLongEnded(token, now))
    if (kept.length < TOKENS_MAX) return [...kept, record]
    throw new DaxError('malformed', `There are ${TOKENS_MAX} tokens already.`)
  })
  return { record, text }
}

/**
 * Ends a token; one that is revoked stays as it is. False when there is none of this id.
 * @throws DaxError `malformed` for a broken file.
 */
export function revokeToken(directory: string, id: string): boolean {
  let isThere = false
  change(directory, (tokens) => {
    isThere = tokens.some((token) => token.id === id)
    const revoked_at = new Date().toISOString()
    return tokens.map((token) =>
      token.id === id && token.revoked_at === null ? { ...token, revoked_at } : token,
    )
  })
  return isThere
}

/** All tokens of a state directory, oldest first. @throws DaxError `malformed`. */
export function listTokens(directory: string): readonly TokenRecord[] {
  const path = join(directory, TOKEN_FILE_NAME)
  try {
    return existsSync(path) ? parseTokens(readFileSync(path, 'utf8')) : []
  } catch (error) {
    throw unusable(path, error)
  }
}

function isLongEnded(token: TokenRecord, now: number): boolean {
  return endOf(token, now - ENDED_KEPT_MS) === 'expired' || isLongRevoked(token, now)
}

function isLongRevoked({ revoked_at }: TokenRecord, now: number): boolean {
  return revoked_at !== null && Date.parse(revoked_at) < now - ENDED_KEPT_MS
}

/** Reads, changes and replaces the file while no other writer does. */
function change(
  directory: string,
  edit: (tokens: readonly TokenRecord[]) => readonly TokenRecord[],
): void {
  const path = join(directory, TOKEN_FILE_NAME)
  const lock = takeLock(join(directory, `${TOKEN_FILE_NAME}.lock`))
  try {
    const before = listTokens(directory)
    const after = edit(before)
    replace(path, render(path, after))
  } finally {
    lock.close()
  }
}

function render(path: string, tokens: readonly TokenRecord[]): string {
  try {
    return renderTokens(tokens)
  } catch (error) {
    throw unusable(path, error)
  }
}

/** SQLite's lock on an empty file: the kernel drops it with its process, however that ends. */
function takeLock(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS })
    giveToOwner(openSync(path, 'r'), dirname(path))
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    throw unusable(path, error)
  }
}

/** Whoever reads it meets the old file or the new one, after a crash as well. */
function replace(path: string, text: string): void {
  const draft = `${path}.new`
  try {
    rmSync(draft, { force: true })
    const file = openSync(draft, 'wx', FILE_MODE)
    try {
      fchmodSync(file, FILE_MODE)
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      giveToOwner(file, dirname(path))
    }
    renameSync(draft, path)
    syncDirectory(dirname(path))
  } catch (error) {
    rmSync(draft, { force: true })
    throw unusable(path, error)
  }
}

/** Closes a file that root may have made for a daemon that the directory's owner runs. */
function giveToOwner(file: number, directory: string): void {
  try {
    const { uid, gid } = statSync(directory)
    if (process.getuid?.() === 0) fchownSync(file, uid, gid)
  } finally {
    closeSync(file)
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function unusable(path: string, error: unknown): DaxError {
  if (error instanceof DaxError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new DaxError('malformed', `${path} cannot be used: ${reason}.`, {}, error)
}
