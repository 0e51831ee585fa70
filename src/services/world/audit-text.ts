import type { MappingRecord, RecordOf } from '../../core/model.ts'
import type { Kind } from '../../core/vocabulary.ts'
import type { AuditEntry, AuditObject } from '../../ports/audit.ts'
import type { LedgerChange } from '../../ports/ledger.ts'
import { type AuditNote, byDaxd } from '../audit-note.ts'
import { publicIdOf } from './state.ts'
import { encodeBody } from './stored-body.ts'
import type { ObjectChange, OpenTransaction } from './transaction.ts'

/** Changes that one entry lists; a batch has up to a thousand. */
const LISTED_MAX = 100
/** Once an entry is longer, further changes are listed without what was before and after. */
const DETAIL_LENGTH_MAX = 65_536

/** What a change is about, when it changes several: the first of these. */
const ABOUT: readonly Kind[] = [
  'tenant',
  'claim',
  'namespace',
  'region',
  'lease',
  'handle',
  'mapping',
  'device',
  'operation',
]

/** Not told again: they say when, which the entry says. */
const STAMPS: ReadonlySet<string> = new Set(['seq', 'revision', 'created_ms', 'updated_ms'])

/** What becomes of an entry of no call: daxd's own doing, such as following the host. */
const UPKEEP = byDaxd('daxd:upkeep')

/**
 * The audit's entry of a transaction as JSON text, null for one that changes no object. `stored` is
 * what the ledger is given of the same changes, in the same order: it tells of what is new.
 */
export function auditText(tx: OpenTransaction, stored: readonly LedgerChange[]): string | null {
  if (tx.changes.length === 0) return null
  const { object: wanted, ...note } = tx.note() ?? UPKEEP
  const mainAt = mainPlace(tx.changes)
  const main = tx.changes[mainAt] as ObjectChange
  const head = {
    at_ms: tx.now,
    ...(note satisfies Omit<AuditNote, 'object'>),
    object: wanted ?? objectOf(main),
    tenant: stored[mainAt]?.event?.tenant ?? null,
    revisions: { first: tx.firstRevision, last: tx.revision() },
    unlisted: Math.max(0, tx.changes.length - LISTED_MAX),
    why: tx.why(),
  } satisfies Omit<AuditEntry, 'changes'>
  return `${JSON.stringify(head).slice(0, -1)},"changes":[${listOf(tx.changes, stored)}]}`
}

function listOf(changes: readonly ObjectChange[], stored: readonly LedgerChange[]): string {
  const parts: string[] = []
  let length = 0
  for (const [at, change] of changes.slice(0, LISTED_MAX).entries()) {
    const { kind, id } = objectOf(change)
    const bare = `{"kind":"${kind}","id":${JSON.stringify(id)},"type":"${change.type}"`
    const detail = length > DETAIL_LENGTH_MAX ? '' : detailOf(change, stored[at]?.body ?? null)
    length += detail.length
    parts.push(`${bare}${detail}}`)
  }
  return parts.join(',')
}

/** Before and after as members of a JSON object, with a comma before each. */
function detailOf({ kind, before, after }: ObjectChange, body: string | null): string {
  if (before === undefined) return body === null ? '' : `,"after":${body}`
  if (after === undefined) return `,"before":${endedText(kind, before)}`
  const from: Record<string, unknown> = {}
  const to: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = (before as unknown as Record<string, unknown>)[key]
    const is = (after as unknown as Record<string, unknown>)[key]
    if (STAMPS.has(key) || isSame(was, is)) continue
    from[key] = was
    to[key] = is
  }
  return `,"before":${JSON.stringify(from)},"after":${JSON.stringify(to)}`
}

/** What ended; of a mapping, as there are so many, only where it was and whose. */
function endedText<K extends Kind>(kind: K, record: RecordOf[K]): string {
  if (kind !== 'mapping') return encodeBody(kind, record)
  const { handle, chardev, generation, holder, offset, length } = record as unknown as MappingRecord
  return JSON.stringify({ handle, chardev, generation, holder, offset, length })
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object') return false
  return JSON.stringify(left) === JSON.stringify(right)
}

/** The place of the change that an entry is about. */
function mainPlace(changes: readonly ObjectChange[]): number {
  let place = 0
  let best = ABOUT.length
  for (const [at, { kind }] of changes.entries()) {
    const rank = ABOUT.indexOf(kind)
    if (rank >= best) continue
    place = at
    best = rank
  }
  return place
}

function objectOf({ kind, key, before, after }: ObjectChange): AuditObject {
  const shown = after ?? before
  return { kind, id: shown === undefined ? key : publicIdOf(kind, shown as RecordOf[typeof kind]) }
}
