import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'
import type { AuditLink, AuditPage, AuditQuery } from '../ports/audit.ts'
import { type ChainLook, linkHash, lookAtLinks } from './audit-chain.ts'
import { auditFilter } from './audit-filter.ts'
import { type AuditGroup, linksOf } from './audit-rows.ts'
import type { ChainEnds } from './chain-ends.ts'
import { inGroups, oldestToTrim } from './trim.ts'

/** Entries looked at for one page, or for a piece of a look: some 10 ms of the ledger's time. */
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
  const numbers = database.prepare('SELECT number FROM audit ORDER BY number')
  const hashOf = database.prepare('SELECT hash FROM audit WHERE number = ?')
  const trim = database.prepare('DELETE FROM audit WHERE number <= ?')
  const after = database.prepare('SELECT * FROM audit WHERE number > ? ORDER BY number')

  function dropOldest(ends: ChainEnds, added: number, kept: number): ChainEnds {
    function* oldestFirst(): Generator<{ number: number; length: number }> {
      let before = ends.trimmed
      for (const row of numbers.iterate()) {
        const number = Number(row['number'])
        yield { number, length: number - before }
        before = number
      }
    }
    const count = ends.number - ends.trimmed
    const trimmed = oldestToTrim(oldestFirst(), { count, added, kept })
    if (trimmed === null) return ends
    const { number } = trimmed.last
    const anchor = String(hashOf.get(number)?.['hash']).split('\n').at(-1) ?? ''
    const dropped = trim.run(number).changes
    const { groups } = trimmed
    invariant(dropped === groups, 'a trim drops the oldest groups', { dropped, groups })
    return { ...ends, trimmed: number, anchor }
  }

  /** Links with a number above this, group by group. */
  function* linksAfter(number: number): Generator<AuditLink> {
    for (const row of after.iterate(number)) {
      for (const link of linksOf(row as unknown as AuditGroup)) {
        if (link.number > number) yield link
      }
    }
  }

  return {
    add(ends, texts, kept) {
      if (texts.length === 0) return ends
      let { number, hash } = ends
      for (const group of inGroups(texts, ({ length }) => length)) {
        const hashes: string[] = []
        for (const text of group) {
          invariant(!text.includes('\n'), 'an entry is one line', text)
          number += 1
          hash = linkHash(hash, number, text)
          hashes.push(hash)
        }
        insert.run(number, group.join('\n'), hashes.join('\n'))
      }
      return dropOldest({ ...ends, number, hash }, texts.length, kept)
    },
    page(query, ends) {
      const isWanted = auditFilter(query)
      const links: AuditLink[] = []
      let scanned = 0
      let last = query.after
      for (const link of linksAfter(Math.max(query.after, ends.trimmed))) {
        scanned += 1
        last = link.number
        if (isWanted(link)) links.push(link)
        if (links.length === query.limit || scanned === SCANNED_MAX) break
      }
      return { links, next: scanned === 0 || last >= ends.number ? null : last }
    },
    look(from, ends, expectedHash) {
      const links: AuditLink[] = []
      // Whole rows: what stands in one before its first entry would be passed over otherwise.
      for (const row of after.iterate(Math.max(from.number, ends.trimmed))) {
        links.push(...linksOf(row as unknown as AuditGroup))
        if (links.length >= SCANNED_MAX) break
      }
      return lookAtLinks(from, links, ends, expectedHash)
    },
  }
}
