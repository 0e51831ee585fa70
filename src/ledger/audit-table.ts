import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'
import type { AuditLink, AuditPage, AuditQuery } from '../ports/audit.ts'
import { type ChainLook, linkHash, lookAtLinks } from './audit-chain.ts'
import { auditFilter } from './audit-filter.ts'
import { toLink } from './audit-rows.ts'
import type { ChainEnds } from './chain-ends.ts'
import { oldestToTrim } from './trim.ts'

/** Entries looked at for one page, or in one piece of a look: some 10 ms of the ledger's time. */
const SCANNED_MAX = 5_000

/** The audit's table of an open ledger. */
export interface AuditTable {
  /**
   * Links entries to the chain, inside the caller's transaction, drops the oldest beyond `kept`,
   * and answers where the chain ends then.
   */
  add(ends: ChainEnds, texts: readonly string[], kept: number): ChainEnds
  page(query: AuditQuery, ends: ChainEnds): AuditPage
  /** A look's next piece; it was the last when its end is the chain's or it found a fault. */
  look(from: ChainLook, ends: ChainEnds, expectedHash: string | null): ChainLook
}

/** Statements over the table of a ledger of schema version 3 or later. */
export function createAuditTable(database: DatabaseSync): AuditTable {
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?)')
  const hashOf = database.prepare('SELECT hash FROM audit WHERE number = ?')
  const trim = database.prepare('DELETE FROM audit WHERE number <= ?')
  const after = database.prepare('SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?')

  function dropOldest(ends: ChainEnds, added: number, kept: number): ChainEnds {
    const step = oldestToTrim(ends.number - ends.trimmed, added, kept)
    if (step === 0) return ends
    const trimmed = ends.trimmed + step
    const { hash: anchor } = hashOf.get(trimmed) ?? {}
    invariant(typeof anchor === 'string', 'the entries are numbered without a gap', trimmed)
    const dropped = trim.run(trimmed).changes
    invariant(dropped === step, 'a trim drops the oldest entries', { dropped, step })
    return { ...ends, trimmed, anchor }
  }

  return {
    add(ends, texts, kept) {
      let { number, hash } = ends
      for (const text of texts) {
        number += 1
        hash = linkHash(hash, number, text)
        insert.run(number, text, hash)
      }
      return dropOldest({ ...ends, number, hash }, texts.length, kept)
    },
    page(query, ends) {
      const isWanted = auditFilter(query)
      const links: AuditLink[] = []
      let scanned = 0
      let last = query.after
      for (const row of after.iterate(query.after, SCANNED_MAX)) {
        const link = toLink(row)
        scanned += 1
        last = link.number
        if (isWanted(link)) links.push(link)
        if (links.length === query.limit) break
      }
      return { links, next: scanned === 0 || last >= ends.number ? null : last }
    },
    look(from, ends, expectedHash) {
      const links = after.all(Math.max(from.number, ends.trimmed), SCANNED_MAX).map(toLink)
      return lookAtLinks(from, links, ends, expectedHash)
    },
  }
}
