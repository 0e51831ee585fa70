import { invariant } from '../core/invariant.ts'

/** The longest page of events that a ledger reads at once. */
const EVENTS_PAGE_MAX = 10_000

/** Checks what is asked of `events`, alike for every ledger. */
export function checkEventsQuery(after: number | null, limit: number): void {
  invariant(after === null || Number.isSafeInteger(after), 'a revision is an integer', after)
  invariant(Number.isSafeInteger(limit), 'a limit is an integer', limit)
  invariant(limit >= 1 && limit <= EVENTS_PAGE_MAX, 'a page of events is bounded', limit)
}
