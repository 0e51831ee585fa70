import type { AuditHead, AuditLink, AuditPage, AuditQuery, AuditVerdict } from '../ports/audit.ts'
import { beginLook, faultAtEnd, linkHash, lookAtLinks } from './audit-chain.ts'
import { auditFilter } from './audit-filter.ts'
import { type ChainEnds, headOf, NO_CHAIN } from './chain-ends.ts'
import { dropOldest, inGroups } from './trim.ts'

/** The chain of a ledger that keeps nothing beyond the process. */
export interface MemoryTrail {
  add(texts: readonly string[]): void
  head(): AuditHead
  page(query: AuditQuery): AuditPage
  verify(expectedHash: string | null): AuditVerdict
}

/** A chain without an entry, of which the newest `kept` are kept. */
export function createMemoryTrail(kept: number): MemoryTrail {
  const groups: AuditLink[][] = []
  let ends: ChainEnds = NO_CHAIN
  return {
    add(texts) {
      if (texts.length === 0) return
      const links: AuditLink[] = []
      for (const text of texts) {
        const number = ends.number + 1
        const hash = linkHash(ends.hash, number, text)
        links.push({ number, text, hash })
        ends = { ...ends, number, hash }
      }
      groups.push(...inGroups(links, ({ text }) => text.length))
      const count = ends.number - ends.trimmed
      const dropped = dropOldest(groups, { count, added: texts.length, kept })
      if (dropped !== undefined) ends = { ...ends, trimmed: dropped.number, anchor: dropped.hash }
    },
    head: () => headOf(ends),
    page(query) {
      const isWanted = auditFilter(query)
      const found = groups.flat().filter((link) => link.number > query.after && isWanted(link))
      const page = found.slice(0, query.limit)
      const last = page.at(-1)?.number ?? ends.number
      const isEnd = page.length < query.limit || last === ends.number
      return { links: page, next: isEnd ? null : last }
    },
    verify(expectedHash) {
      const look = lookAtLinks(beginLook(ends, expectedHash), groups.flat(), ends, expectedHash)
      const { entries, expected } = look
      return { head: headOf(ends), entries, broken: faultAtEnd(look, ends), expected }
    },
  }
}
