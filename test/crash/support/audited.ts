/**
 * The audit after a crash: each event must be told by one entry, which tells of nothing else, and
 * the chain must still hold what was its end at the last check.
 */
import { type Body, must } from './http.ts'

/** What the audit tells of the changes since the last check. */
export interface Audited {
  readonly entries: readonly Body[]
  /** How the look at the chain ended. */
  readonly verdict: Body
}

/** How far a run has followed the chain. */
export interface Followed {
  number: number
  hash: string | null
}

/** Entries of changes up to a revision; what they were told of is checked only once. */
export async function auditedSince(
  url: string,
  from: Followed,
  revision: number,
): Promise<Audited> {
  const entries: Body[] = []
  let query: string | null = `after=${from.number}`
  while (query !== null) {
    const page = await must(url, 'GET', `/v1/audit?limit=1000&${query}`)
    entries.push(...page.items)
    query = page.next === null ? null : `cursor=${encodeURIComponent(page.next)}`
  }
  const expect = from.hash === null ? '' : `?expect_head=${from.hash}`
  const verdict = await must(url, 'GET', `/v1/audit/verify${expect}`)
  const told = entries.filter(({ revisions }) => revisions === null || revisions.last <= revision)
  return { entries: told, verdict }
}

/** The next check begins where this one has ended. */
export function followOn(from: Followed, { entries }: Audited): void {
  const last = entries.at(-1)
  if (last === undefined) return
  from.number = last.number
  from.hash = last.hash
}

/** What contradicts what: the kept events, the entries and the chain. */
export function auditFaults({ entries, verdict }: Audited, events: readonly Body[]): string[] {
  const found: string[] = []
  if (verdict.whole !== true) found.push(`the audit is not whole: ${JSON.stringify(verdict)}`)
  const rest = [...events]
  for (const { number, revisions, changes, unlisted } of entries) {
    if (revisions === null) continue
    const { first, last } = revisions
    const own: Body[] = []
    while (rest[0] !== undefined && rest[0].revision <= last) own.push(rest.shift())
    const early = own.filter(({ revision }) => revision < first)
    found.push(...early.map(({ revision }) => `event ${revision} is in no entry of the audit`))
    const told = own.filter(({ revision }) => revision >= first)
    const names = told.slice(0, changes.length).map(nameOf)
    const isSame = JSON.stringify(names) === JSON.stringify(changes.map(nameOf))
    if (isSame && told.length === changes.length + unlisted) continue
    found.push(`entry ${number} tells of ${changes.map(nameOf)}, events of ${told.map(nameOf)}`)
  }
  const left = rest.map(({ revision }) => `event ${revision} is in no entry of the audit`)
  return [...found, ...left]
}

function nameOf({ type, kind, id }: Body): string {
  return `${type} ${kind} ${id}`
}
