import { invariant } from '../core/invariant.ts'
import type { LedgerChange } from '../ports/ledger.ts'

/** No stored text is longer; SQLite would refuse it only at 10^9 bytes. */
const TEXT_LENGTH_MAX = 16_777_216

/**
 * Checks what every ledger relies on, before anything is written: revisions are safe integers that
 * never go down, and each event's is above every revision committed or listed before it. Answers
 * the highest revision of the list, `lastRevision` when it is empty.
 */
export function checkChanges(changes: readonly LedgerChange[], lastRevision: number): number {
  let highest = lastRevision
  let highestEvent = lastRevision
  for (const { revision, kind, id, body, event } of changes) {
    invariant(Number.isSafeInteger(revision), 'a revision is an integer', { kind, id, revision })
    invariant(revision >= highest, 'revisions never go down', { kind, id, revision, highest })
    invariant(id.length <= TEXT_LENGTH_MAX, 'an id has a bounded length', kind)
    invariant((body?.length ?? 0) <= TEXT_LENGTH_MAX, 'a body has a bounded length', { kind, id })
    highest = revision
    if (event === undefined) continue
    invariant(event.revision === revision, 'an event has the revision of its change', { kind, id })
    invariant(revision > highestEvent, 'each event has a revision of its own', { kind, id })
    invariant((event.object?.length ?? 0) <= TEXT_LENGTH_MAX, 'an event has a bounded length', id)
    highestEvent = revision
  }
  return highest
}
