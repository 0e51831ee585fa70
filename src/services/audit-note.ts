import { DAXD } from '../core/principal.ts'
import type { AuditEntry, AuditObject, AuditOutcome } from '../ports/audit.ts'

/** Who asked for a change and how: what the audit cannot see in the change itself. */
export interface AuditNote extends AuditOrigin, Pick<AuditEntry, 'action' | 'outcome'> {
  /** What the call was about; absent leaves it to what was changed. */
  readonly object?: AuditEntry['object']
}

/** Where a call comes from and what it calls. */
export type AuditOrigin = Pick<AuditEntry, 'actor' | 'source' | 'request_id' | 'call'>

/** What a call says of itself for each of its steps. */
export type Noter = (outcome: AuditOutcome) => AuditNote

/** The object that a call names, if it names one. */
export type Named = { readonly object?: AuditObject }

/** What daxd does by itself, such as `leases:expire`. */
export function byDaxd(action: string): AuditNote {
  return { actor: DAXD, source: 'daxd', request_id: null, call: null, action, outcome: 'done' }
}
