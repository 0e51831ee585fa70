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
  for (const row of rows) yield toLink(row)
}

/** A row of the table; a `STRICT` table holds its columns to their types. */
export function toLink(row: Readonly<Record<string, unknown>>): AuditLink {
  const { number, entry, hash } = row
  return { number: number as number, text: entry as string, hash: hash as string }
}
