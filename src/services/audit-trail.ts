import type {
  AuditEntry,
  AuditHead,
  AuditLink,
  AuditObject,
  AuditPage,
  AuditQuery,
  AuditVerdict,
} from '../ports/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { AuditOrigin } from './audit-note.ts'
import { createRefusals, type Refusal } from './audit-refusals.ts'
import { createRounds } from './rounds.ts'
import { createTurns } from './turns.ts'
import type { World } from './world/world.ts'

/** How often the chain's end is logged, so that a log kept elsewhere shows a chain cut off. */
const HEAD_LOGGED_MS = 3_600_000

/** As they are written, for those who draw them. */
export type Entry = AuditEntry
export type Link = AuditLink
export type Wanted = AuditQuery

/** Who has begun what. */
export type Begun = AuditOrigin & {
  readonly action: string
  readonly object: AuditObject
  readonly why: object
}

/** What was done, by whom and why; and what was refused for want of rights. */
export interface Audit {
  /** Writes a refusal down, in its time: it changes nothing, so nobody waits for it. */
  refusal(refusal: Refusal): void
  /** Writes down what somebody has begun and daxd then does by itself, step by step. */
  begun(what: Begun): void
  list(query: AuditQuery): Promise<AuditPage>
  head(): Promise<AuditHead>
  /** Looks at the whole chain; those who ask meanwhile for the same share one look. */
  verify(expectedHash: string | null): Promise<AuditVerdict>
  start(): void
  /** What was counted is written; durable when the world is idle. */
  stop(): void
}

export interface AuditDeps {
  readonly world: World
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
}

/** The audit as the routes and the doorkeeper see it. */
export function createAudit(deps: AuditDeps): Audit {
  const { world, ledger, clock, log } = deps
  const turns = createTurns()
  const refusals = createRefusals(clock, (entry) => {
    world.note(entry).catch((err: unknown) => log.warn({ err }, 'a refusal was not recorded'))
  })
  const looks = new Map<string, Promise<AuditVerdict>>()
  const heads = createRounds(deps, HEAD_LOGGED_MS, 'the audit head was not read', logHead)

  async function logHead(): Promise<void> {
    const { number, hash } = await ledger.auditHead()
    log.info({ audit_number: number, audit_hash: hash }, 'audit head')
  }

  /** One look at a time: it reads all there is. */
  function lookOnce(expectedHash: string | null): Promise<AuditVerdict> {
    const key = expectedHash ?? ''
    const under = looks.get(key)
    if (under !== undefined) return under
    const look = turns.take('look', () => ledger.verifyAudit(expectedHash))
    looks.set(key, look)
    const forget = (): void => void looks.delete(key)
    look.then(forget, forget)
    return look
  }

  return {
    refusal: refusals.add,
    begun(what) {
      const nothing = { tenant: null, revisions: null, changes: [], unlisted: 0 } as const
      const entry = { ...what, ...nothing, at_ms: clock.now(), outcome: 'begun' } as const
      world.note(entry).catch((err: unknown) => log.warn({ err }, 'an entry was not recorded'))
    },
    list: (query) => world.patiently(() => turns.take('list', () => ledger.audit(query))),
    head: () => world.patiently(() => ledger.auditHead()),
    verify: (expectedHash) => world.patiently(() => lookOnce(expectedHash)),
    start: () => heads.start(),
    stop() {
      heads.stop()
      refusals.close()
    },
  }
}
