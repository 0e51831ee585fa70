import { hash } from 'node:crypto'
import type { AuditLink, AuditVerdict } from '../ports/audit.ts'
import type { ChainEnds } from './chain-ends.ts'

/** How many of the newest entries are kept. */
export const AUDIT_KEPT = 1_000_000

/** The hash of an entry: whoever changes one must change all later ones, and the head, too. */
export function linkHash(before: string, number: number, text: string): string {
  return hash('sha256', `${before}\n${number}\n${text}`)
}

/** How far a look at the chain has come. */
export interface ChainLook {
  /** The last entry that was found whole, and its hash; the anchor at first. */
  readonly number: number
  readonly hash: string
  readonly entries: number
  readonly broken: AuditVerdict['broken']
  readonly expected: boolean | null
}

/** The beginning of a look; `expectedHash` is one that was noted elsewhere. */
export function beginLook({ trimmed, anchor }: ChainEnds, expectedHash: string | null): ChainLook {
  const expected = expectedHash === null ? null : expectedHash === anchor
  return { number: trimmed, hash: anchor, entries: 0, broken: null, expected }
}

/**
 * Goes on with a look. What the ledger has dropped since its last piece, because it is no longer
 * kept, is passed over.
 */
export function lookAtLinks(
  look: ChainLook,
  links: Iterable<AuditLink>,
  ends: ChainEnds,
  expectedHash: string | null,
): ChainLook {
  let { number, hash: before, entries, expected } = look
  if (number < ends.trimmed) {
    number = ends.trimmed
    before = ends.anchor
  }
  for (const link of links) {
    const reason = faultOf(link, number, before)
    if (reason !== null) {
      const broken = { number: number + 1, reason }
      return { number, hash: before, entries, broken, expected }
    }
    number = link.number
    before = link.hash
    entries += 1
    if (before === expectedHash) expected = true
  }
  return { number, hash: before, entries, broken: null, expected }
}

/** What is wrong at the end of a look that has seen every entry, null for nothing. */
export function faultAtEnd(look: ChainLook, ends: ChainEnds): AuditVerdict['broken'] {
  if (look.broken !== null) return look.broken
  if (look.number < ends.number) {
    return { number: look.number + 1, reason: `it is missing; the newest is ${ends.number}` }
  }
  if (look.hash === ends.hash && look.number === ends.number) return null
  return { number: look.number, reason: 'it is not the newest entry that the ledger notes' }
}

function faultOf({ number, text, hash: found }: AuditLink, last: number, before: string) {
  if (number !== last + 1) return `it is missing; the next one is ${number}`
  return found === linkHash(before, number, text) ? null : 'it does not match its hash'
}
