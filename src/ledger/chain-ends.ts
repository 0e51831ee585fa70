import type { AuditHead } from '../ports/audit.ts'

/** What the first entry of all is linked to. */
export const CHAIN_BEGIN = '0'.repeat(64)

/** Where the chain of the audit ends, on both sides. */
export interface ChainEnds extends AuditHead {
  /** The hash of the newest entry that is no longer kept: what the oldest kept one is linked to. */
  readonly anchor: string
}

/** The chain of a ledger without any entry. */
export const NO_CHAIN: ChainEnds = { number: 0, hash: CHAIN_BEGIN, trimmed: 0, anchor: CHAIN_BEGIN }

/** What of the ends is told to others. */
export function headOf({ number, hash, trimmed }: ChainEnds): AuditHead {
  return { number, hash, trimmed }
}
