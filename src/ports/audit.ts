import type { Principal } from '../core/principal.ts'
import type { EventType, Kind } from '../core/vocabulary.ts'

/**
 * What an entry tells of a call. A long call has several entries, one for each durable step:
 * `begun` with its intent, then `done`, or `undone` when the host refused; `refused` for want of
 * rights.
 */
export const AUDIT_OUTCOMES = ['begun', 'done', 'undone', 'refused'] as const
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number]

export interface AuditObject {
  readonly kind: string
  readonly id: string
}

/** What became of one object: the fields that changed, by the names that its record has. */
export interface AuditChange {
  readonly kind: Kind
  readonly id: string
  readonly type: EventType
  readonly before?: object
  readonly after?: object
}

/** Who did what, from where, and why it came out as it did. Carries no secrets. */
export interface AuditEntry {
  readonly at_ms: number
  readonly actor: Principal
  /** The remote address, `unix` for a local socket, `daxd` for what it does by itself. */
  readonly source: string
  readonly request_id: string | null
  /** Method and route, null for what nobody called for. */
  readonly call: string | null
  /** As the policy names it, such as `claims:change`; daxd's own have names of their own. */
  readonly action: string
  readonly outcome: AuditOutcome
  readonly object: AuditObject | null
  /** Whose the object is that it is about, null for the host's own. */
  readonly tenant: string | null
  /** First and last of the revisions that the change used; null when nothing was changed. */
  readonly revisions: { readonly first: number; readonly last: number } | null
  readonly changes: readonly AuditChange[]
  /** How many objects changed beyond those listed. */
  readonly unlisted: number
  /** Why that place, or why not at all. */
  readonly why: object | null
}

/** An entry at its place in the chain, as it is kept. */
export interface AuditLink {
  readonly number: number
  /** The very text of the entry that the hash is made of: JSON of an {@link AuditEntry}. */
  readonly text: string
  /** SHA-256 in hex, over the hash before it, the number and the text. */
  readonly hash: string
}

/** How far the chain goes. */
export interface AuditHead {
  /** Number of the newest entry, 0 for none ever. */
  readonly number: number
  /** Its hash; that of the chain's beginning for none. */
  readonly hash: string
  /** Number of the newest entry that is no longer kept, 0 for none. */
  readonly trimmed: number
}

/** Which entries are wanted; what is absent takes all. */
export interface AuditFilter {
  /** The actor's name. */
  readonly actor?: string
  readonly tenant?: string
  readonly action?: string
  /** An id, or `kind/id`: entries about it, and those that list a change of it. */
  readonly object?: string
  /** The id of the request, as the log and the answer have it. */
  readonly request_id?: string
  readonly since_ms?: number
}

export interface AuditQuery extends AuditFilter {
  /** Entries with a number above this. */
  readonly after: number
  readonly limit: number
}

export interface AuditPage {
  readonly links: readonly AuditLink[]
  /** Where to go on, null at the end. A page may be short of its limit and yet have a next. */
  readonly next: number | null
}

/** What a look at every link of the chain found. */
export interface AuditVerdict {
  readonly head: AuditHead
  /** How many entries were looked at. */
  readonly entries: number
  /** The first entry that is not what was written, null when the chain is whole. */
  readonly broken: { readonly number: number; readonly reason: string } | null
  /** Whether an expected hash is one of the chain's; null when none was. */
  readonly expected: boolean | null
}

/** The part of the ledger that tells of who did what. */
export interface AuditTrail {
  auditHead(): Promise<AuditHead>
  /** Entries in order. Looks at a bounded number of them, so that a commit never waits long. */
  audit(query: AuditQuery): Promise<AuditPage>
  /** Looks at every link that is kept, piece by piece: commits go on meanwhile. */
  verifyAudit(expectedHash: string | null): Promise<AuditVerdict>
}
