import type { DatabaseSync } from 'node:sqlite'
import type { AuditLink, AuditVerdict } from '../ports/audit.ts'
import { beginLook, faultAtEnd, lookAtLinks } from './audit-chain.ts'
import { headOf } from './chain-ends.ts'
import { readHead } from './head.ts'

/** The schema version from which on a ledger has an audit. */
export const AUDIT_VERSION = 4

/** Looks at every link of an open ledger of {@link AUDIT_VERSION} or later. */
export function verifyChain(database: DatabaseSync, expectedHash: string | null): AuditVerdict {
  const { audit: ends } = readHead(database)
  const begin = beginLook(ends, expectedHash)
  const look = lookAtLinks(begin, readLinks(database), ends, expectedHash)
  const { entries, expected } = look
  return { head: headOf(ends), entries, broken: faultAtEnd(look, ends), expected }
}

/** Every entry that is kept, oldest first. */
export function* readLinks(database: DatabaseSync): Generator<AuditLink> {
  const rows = database.prepare('SELECT * FROM audit ORDER BY number').iterate()
  for (const row of rows) yield* linksOf(row as unknown as AuditGroup)
}

/** A row of the table, as its `STRICT` columns have it: entries of one commit. */
export interface AuditGroup {
  /** Of the last of them. */
  readonly number: number
  /** Their texts, one on each line. */
  readonly entry: string
  /** Their hashes in the same way. */
  readonly hash: string
}

/**
 * The entries of a row. One without a hash of its own gets none that could match, and so does the
 * last one when hashes are left over.
 */
export function* linksOf({ number, entry, hash }: AuditGroup): Generator<AuditLink> {
  const texts = entry.split('\n')
  const hashes = hash.split('\n')
  const before = number - texts.length
  const last = texts.length - 1
  for (const [at, text] of texts.entries()) {
    const own = at === last ? hashes.slice(at).join(' ') : (hashes[at] ?? '')
    yield { number: before + at + 1, text, hash: own }
  }
}
