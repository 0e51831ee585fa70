import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import type { Ledger, LedgerChange, LedgerEvent, LedgerKind, LedgerRow } from '../ports/ledger.ts'
import { AUDIT_KEPT } from './audit-chain.ts'
import { checkAuditQuery } from './audit-filter.ts'
import { checkChanges } from './check-changes.ts'
import { checkEventsQuery } from './check-events-query.ts'
import { inEventGroups } from './event-lines.ts'
import { createMemoryTrail } from './memory-trail.ts'
import { dropOldest } from './trim.ts'

/** A ledger that keeps nothing beyond the process, for tests and for printing the contract. */
export function openMemoryLedger(options: {
  readonly eventsKept: number
  readonly auditKept?: number
}): Ledger {
  invariant(options.eventsKept >= 1, 'at least one event is kept', options.eventsKept)
  const rows = new Map<string, LedgerRow>()
  const groups: LedgerEvent[][] = []
  const trail = createMemoryTrail(options.auditKept ?? AUDIT_KEPT)
  let lastRevision = 0
  let trimmedRevision = 0
  let closed = false

  function apply(changes: readonly LedgerChange[]): void {
    const told: LedgerEvent[] = []
    for (const { event, body, ...row } of changes) {
      const key = keyOf(row.kind, row.id)
      // Deleting first moves a changed row to the end, so that the rows stay in revision order.
      rows.delete(key)
      if (body !== null) rows.set(key, { ...row, body })
      if (event !== undefined) told.push({ ...event })
    }
    if (told.length === 0) return
    groups.push(...inEventGroups(told))
    const count = groups.reduce((sum, group) => sum + group.length, 0)
    const trim = { count, added: told.length, kept: options.eventsKept }
    trimmedRevision = dropOldest(groups, trim)?.revision ?? trimmedRevision
  }

  function refuseClosed(): void {
    if (closed) throw new DaxError('shutting_down', 'The ledger is closed.')
  }

  return {
    async load(take) {
      refuseClosed()
      take([...rows.values()].filter(({ kind }) => kind !== 'reply'))
    },
    lastRevision: () => lastRevision,
    async commit(changes, audits = []) {
      refuseClosed()
      const highest = checkChanges(changes, lastRevision)
      apply(changes)
      trail.add(audits)
      lastRevision = highest
    },
    async reply(id) {
      refuseClosed()
      return rows.get(keyOf('reply', id))?.body ?? null
    },
    async events(after, limit) {
      refuseClosed()
      checkEventsQuery(after, limit)
      if (after !== null && after < trimmedRevision) return { gone: true, events: [] }
      const found = groups.flat().filter((event) => event.revision > (after ?? 0))
      return { gone: false, events: found.slice(0, limit) }
    },
    async auditHead() {
      refuseClosed()
      return trail.head()
    },
    async audit(query) {
      refuseClosed()
      checkAuditQuery(query)
      return trail.page(query)
    },
    async verifyAudit(expectedHash) {
      refuseClosed()
      return trail.verify(expectedHash)
    },
    async close() {
      closed = true
    },
  }
}

function keyOf(kind: LedgerKind, id: string): string {
  return JSON.stringify([kind, id])
}
