import { invariant } from '../core/invariant.ts'
import type { AuditEntry, AuditFilter, AuditLink, AuditObject, AuditQuery } from '../ports/audit.ts'

/** The longest page that a ledger reads at once. */
const AUDIT_PAGE_MAX = 10_000

/** Checks what is asked of `audit`, alike for every ledger. */
export function checkAuditQuery({ after, limit }: AuditQuery): void {
  invariant(Number.isSafeInteger(after) && after >= 0, 'a number of an entry is one', after)
  invariant(Number.isSafeInteger(limit), 'a limit is an integer', limit)
  invariant(limit >= 1 && limit <= AUDIT_PAGE_MAX, 'a page of entries is bounded', limit)
}

/** Tells the entries that a filter wants; a text is read only where it is asked about. */
export function auditFilter(filter: AuditFilter): (link: Pick<AuditLink, 'text'>) => boolean {
  const { actor, tenant, action, object, request_id, since_ms } = filter
  const tests: ((entry: AuditEntry) => boolean)[] = []
  if (actor !== undefined) tests.push((entry) => entry.actor.name === actor)
  if (tenant !== undefined) tests.push((entry) => entry.tenant === tenant)
  if (action !== undefined) tests.push((entry) => entry.action === action)
  if (since_ms !== undefined) tests.push((entry) => entry.at_ms >= since_ms)
  if (request_id !== undefined) tests.push((entry) => entry.request_id === request_id)
  if (object !== undefined) tests.push((entry) => isAbout(entry, object))
  if (tests.length === 0) return () => true
  return ({ text }) => {
    const entry = JSON.parse(text) as AuditEntry
    return tests.every((test) => test(entry))
  }
}

function isAbout({ object, changes }: AuditEntry, wanted: string): boolean {
  const named = ({ kind, id }: AuditObject): boolean => wanted === id || wanted === `${kind}/${id}`
  return (object !== null && named(object)) || changes.some(named)
}
