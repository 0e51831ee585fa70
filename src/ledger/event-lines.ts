/**
 * The events of one commit as one text, since a row for each of them costs the ledger's thread
 * several times as much. Two lines an event: what it is, and the object's JSON, empty for none.
 */
import { invariant } from '../core/invariant.ts'
import type { LedgerEvent } from '../ports/ledger.ts'
import { inGroups } from './trim.ts'

const LINES_AN_EVENT = 2

/** Events of one commit, as the ledger keeps them. */
export interface EventGroup {
  /** Of the last of them. */
  readonly revision: number
  readonly count: number
  readonly body: string
}

/** Events in ascending order of their revisions, in groups of a bounded size. */
export function groupEvents(events: readonly LedgerEvent[]): EventGroup[] {
  return inEventGroups(events).map((group) => ({
    revision: group.at(-1)?.revision ?? 0,
    count: group.length,
    body: group.map(encode).join('\n'),
  }))
}

/** The events that go into one row each. */
export function inEventGroups(events: readonly LedgerEvent[]): LedgerEvent[][] {
  return inGroups(events, ({ id, object = '' }) => id.length + object.length)
}

/** The events of a body that {@link groupEvents} made. */
export function eventsIn(body: string): LedgerEvent[] {
  const lines = body.split('\n')
  invariant(lines.length % LINES_AN_EVENT === 0, 'a group has whole events', lines.length)
  const events: LedgerEvent[] = []
  for (let at = 0; at < lines.length; at += LINES_AN_EVENT) {
    events.push(decode(lines[at] ?? '', lines[at + 1] ?? ''))
  }
  return events
}

/** Written out by hand: it is done for every change, and most of it needs no quoting. */
function encode({ revision, at_ms, type, kind, id, object = '', tenant }: LedgerEvent): string {
  const whose = tenant === undefined ? 'null' : JSON.stringify(tenant)
  const head = `[${revision},${at_ms},"${type}","${kind}",${JSON.stringify(id)},${whose}]`
  return `${head}\n${object.includes('\n') ? inOneLine(object) : object}`
}

/** Line ends of a JSON text stand between its tokens; those inside strings are escaped. */
function inOneLine(json: string): string {
  return json.replaceAll('\n', ' ')
}

function decode(head: string, object: string): LedgerEvent {
  const [revision, at_ms, type, kind, id, tenant] = JSON.parse(head)
  return {
    revision,
    at_ms,
    type,
    kind,
    id,
    ...(object === '' ? {} : { object }),
    ...(tenant === null ? {} : { tenant }),
  }
}
