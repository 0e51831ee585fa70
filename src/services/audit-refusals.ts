import type { AuditEntry, AuditObject } from '../ports/audit.ts'
import type { Clock } from '../ports/clock.ts'
import { byDaxd } from './audit-note.ts'

/** Refusals written one by one within {@link REFUSAL_WINDOW_MS}; what is beyond is counted. */
const REFUSALS_MAX = 10
const REFUSAL_WINDOW_MS = 1_000
/** Kinds of counted refusals that are told apart; the rest is in the total alone. */
const COUNTED_KINDS_MAX = 20
/** Somebody who may not do what was asked. */
export type Refusal = Pick<AuditEntry, 'actor' | 'source' | 'request_id' | 'call' | 'action'> & {
  /** The error code that was told. */
  readonly code: string
  /** What was told not to be there, and whose it is; null when the caller was told the truth. */
  readonly asked: (AuditObject & { readonly tenant: string | null }) | null
}

/** Refusals that are counted together. */
interface Kind {
  readonly actor: string
  readonly tenant: string | null
  readonly source: string
  readonly action: string
  count: number
}

/** Refusals on their way to the audit. */
export interface Refusals {
  add(refusal: Refusal): void
  /** Writes what was counted. */
  close(): void
}

/** Hands on so many refusals in a window, and one entry that counts the others. */
export function createRefusals(clock: Clock, write: (entry: AuditEntry) => void): Refusals {
  let written = 0
  let total = 0
  let kinds = new Map<string, Kind>()
  let cancel: (() => void) | null = null

  function end(): void {
    cancel?.()
    cancel = null
    if (total > 0) write(countedEntry(clock.now(), total, [...kinds.values()]))
    written = 0
    total = 0
    kinds = new Map()
  }

  function count({ actor: { name: actor, tenant }, source, action }: Refusal): void {
    total += 1
    const key = JSON.stringify([actor, tenant, source, action])
    const kind = kinds.get(key)
    if (kind !== undefined) kind.count += 1
    else if (kinds.size < COUNTED_KINDS_MAX) {
      kinds.set(key, { actor, tenant, source, action, count: 1 })
    }
  }

  return {
    add(refusal) {
      cancel ??= clock.after(REFUSAL_WINDOW_MS, end)
      if (written >= REFUSALS_MAX) return count(refusal)
      written += 1
      write(refusedEntry(clock.now(), refusal))
    },
    close: end,
  }
}

function refusedEntry(at_ms: number, { code, asked, ...who }: Refusal): AuditEntry {
  if (asked === null) return entryOf({ ...who, at_ms, tenant: who.actor.tenant, why: { code } })
  const { kind, id, tenant } = asked
  return {
    ...entryOf({ ...who, at_ms, tenant, why: { code, withheld: true } }),
    object: { kind, id },
  }
}

function countedEntry(at_ms: number, count: number, of: readonly object[]): AuditEntry {
  const { outcome: _done, ...daxd } = byDaxd('refusals:counted')
  return entryOf({ ...daxd, at_ms, tenant: null, why: { count, of } })
}

type OfRefusal = Omit<AuditEntry, 'outcome' | 'object' | 'revisions' | 'changes' | 'unlisted'>

function entryOf(refusal: OfRefusal): AuditEntry {
  const nothing = { object: null, revisions: null, changes: [], unlisted: 0 } as const
  return { ...refusal, outcome: 'refused', ...nothing }
}
