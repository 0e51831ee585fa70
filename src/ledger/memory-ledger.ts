import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import type { Ledger, LedgerChange, LedgerEvent, LedgerKind, LedgerRow } from '../ports/ledger.ts'
import { checkChanges } from './check-changes.ts'
import { checkEventsQuery } from './check-events-query.ts'
import { eventsToTrim } from './trim.ts'

/** A ledger that keeps nothing beyond the process, for tests and for printing the contract. */
export function openMemoryLedger(options: { readonly eventsKept: number }): Ledger {
  invariant(options.eventsKept >= 1, 'at least one event is kept', options.eventsKept)
  const rows = new Map<string, LedgerRow>()
  const events: LedgerEvent[] = []
  let lastRevision = 0
  let trimmedRevision = 0
  let closed = false

  function apply(changes: readonly LedgerChange[]): void {
    let added = 0
    for (const { event, body, ...row } of changes) {
      const key = keyOf(row.kind, row.id)
      // Deleting first moves a changed row to the end, so that the rows stay in revision order.
      rows.delete(key)
      if (body !== null) rows.set(key, { ...row, body })
      if (event === undefined) continue
      events.push({ ...event })
      added += 1
    }
    const trimmed = events.splice(0, eventsToTrim(events.length, added, options.eventsKept))
    trimmedRevision = trimmed.at(-1)?.revision ?? trimmedRevision
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
    async commit(changes) {
      refuseClosed()
      const highest = checkChanges(changes, lastRevision)
      apply(changes)
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
      const found = events.filter((event) => event.revision > (after ?? 0))
      return { gone: false, events: found.slice(0, limit) }
    },
    async close() {
      closed = true
    },
  }
}

function keyOf(kind: LedgerKind, id: string): string {
  return JSON.stringify([kind, id])
}
