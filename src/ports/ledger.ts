import type { EventType, Kind } from '../core/vocabulary.ts'
import type { AuditTrail } from './audit.ts'

/**
 * What is kept besides the objects: counters that must outlive them, remembered answers. A `reply`
 * is the body of an answer; it is not loaded at start but read when it is wanted.
 */
export type LedgerKind = Kind | 'generation' | 'answer' | 'reply' | 'meta'

/** One stored value; `body` is its JSON text. */
export interface LedgerRow {
  readonly kind: LedgerKind
  readonly id: string
  readonly revision: number
  readonly body: string
}

/** One change: a new body, or null for a deletion. */
export interface LedgerChange {
  readonly kind: LedgerKind
  readonly id: string
  readonly revision: number
  readonly body: string | null
  /** The event that tells it to watchers; absent for what is not an object. */
  readonly event?: LedgerEvent
}

/** One change as watchers see it. `id` is the public one (a device's chardev, not its uid). */
export interface LedgerEvent {
  readonly revision: number
  readonly at_ms: number
  readonly type: EventType
  readonly kind: Kind
  readonly id: string
  /** JSON of the wire view, absent for deletions. */
  readonly object?: string
  /** Whose the object is, absent for the host's own. */
  readonly tenant?: string
}

export interface LedgerEvents {
  /** True when events between `after` and the oldest kept are gone. */
  readonly gone: boolean
  readonly events: readonly LedgerEvent[]
}

/**
 * The durable store. A commit resolves when the whole list would survive a power cut, and rejects
 * with `ledger_full` (nothing of it is kept, later ones may succeed) or `ledger_failed` (no later
 * commit can succeed before a restart).
 */
export interface Ledger extends AuditTrail {
  /**
   * Every live row but the replies, read at start and told in pieces, so that a million of them
   * need not be in memory as text at once. The order is that of their last change.
   */
  load(take: (rows: readonly LedgerRow[]) => void): Promise<void>
  /** The highest revision ever committed, 0 for a new ledger. */
  lastRevision(): number
  /**
   * One atomic, durable step. At most one is in flight; the caller groups. `audits` are JSON texts
   * of audit entries, which the ledger links to its chain in the same step.
   */
  commit(changes: readonly LedgerChange[], audits?: readonly string[]): Promise<void>
  /** The body of a reply, null for none. Sees every commit that resolved before the call. */
  reply(id: string): Promise<string | null>
  /** Kept events with a revision above `after` (from the oldest when null), in order. */
  events(after: number | null, limit: number): Promise<LedgerEvents>
  close(): Promise<void>
}
