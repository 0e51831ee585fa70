import { DaxError } from '../core/errors.ts'
import type { QueueFigures } from '../core/queue-figures.ts'
import { createTenantParts } from '../core/tenant-parts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { createRounds } from './rounds.ts'
import { canonicalText } from './same-request.ts'
import { createTurns } from './turns.ts'
import type { Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** How long a success is remembered. */
const ANSWER_KEPT_MS = 24 * 3600 * 1000

const PURGE_INTERVAL_MS = 10 * 60 * 1000
/** Forgotten in one commit at most, so that its size is bounded. */
const PURGE_MAX = 5000
/** Remembered at once; of each the key and a few numbers are in memory, 200 bytes or so. */
const ANSWERS_COUNT_MAX = 1_000_000
/** Remembered at once; their bodies are in the ledger alone. */
const ANSWERS_BYTES_MAX = 2 * 1024 ** 3
/** Answers leave by age alone, so a full memory stays full for a while. */
const RETRY_AFTER_S = 60

/** What a repeated call is answered with. */
export interface Answer {
  readonly fingerprint: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly at_ms: number
}

/** What is in memory of an answer; the rest is read from the ledger when a call is repeated. */
interface AnswerHead {
  readonly at_ms: number
  readonly size: number
  /** Of the caller; absent for the host's own, and in what is older than tenants. */
  readonly tenant?: string
}

/** How many answers are remembered at most, and how long all of them are, in characters. */
export interface AnswerLimits {
  readonly count: number
  readonly bytes: number
}

export interface AnswerKey {
  /** Caller, method, path and the client's key in one text. */
  readonly scope: string
  readonly tenant: string | null
  /** Tells one request body from another. */
  readonly fingerprint: string
}

/**
 * Answers of calls with an Idempotency-Key. A success is stored in the same durable step as the
 * change it tells of, so a crash cannot part them; a refusal is not stored, so that a retry after
 * its cause has gone can succeed.
 */
export interface Idempotency {
  /** Tells one request from another, whatever the order of its keys. */
  fingerprint(request: unknown): string
  /**
   * Runs `perform` once for a key: a repeated call gets the first answer, one that comes while the
   * first is under way waits for it.
   * @throws DaxError `idempotency_conflict` (422) for the same key with another request;
   *   `overloaded` (503) for a new key when no more answers can be remembered.
   */
  once<T>(
    key: AnswerKey,
    perform: () => Promise<T>,
  ): Promise<{ readonly replayed: Answer } | { readonly result: T }>
  /** Stores the answer, in the transaction that makes the change. */
  store(tx: Transaction, key: AnswerKey, answer: Omit<Answer, 'fingerprint' | 'at_ms'>): void
  figures(): QueueFigures
  start(): void
  stop(): void
}

export interface IdempotencyDeps {
  readonly world: World
  readonly clock: Clock
  readonly log: Log
  /** A collision-free digest of a text. */
  readonly digest: (text: string) => string
  readonly limits?: AnswerLimits
}

/** How much is remembered, of whom. */
interface AnswerRoom {
  keep(head: AnswerHead, by: 1 | -1): void
  /** Whether one more of the tenant's has room beside `count` that there are. */
  isFor(tenant: string | null, count: number): boolean
}

/** No tenant has more than its part, or its keys would leave none for the others for a day. */
function createAnswerRoom(limits: AnswerLimits): AnswerRoom {
  const counts = createTenantParts(limits.count)
  const sizes = createTenantParts(limits.bytes)
  let bytes = 0
  return {
    keep({ size, tenant: owner }, by) {
      const tenant = owner ?? null
      bytes += by * size
      counts.take(tenant, by)
      sizes.take(tenant, by * size)
    },
    isFor: (tenant, count) =>
      count < limits.count &&
      bytes < limits.bytes &&
      counts.mayTake(tenant, 1) &&
      sizes.mayTake(tenant, 1),
  }
}

/** Remembered answers; the old ones are forgotten from {@link Idempotency.start} on. */
export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  const { world, digest } = deps
  const limits = deps.limits ?? { count: ANSWERS_COUNT_MAX, bytes: ANSWERS_BYTES_MAX }
  const turns = createTurns()
  /** Answers that are on their way to the disk, by scope, and the old ones that they replace. */
  const stored = new Map<string, { head: AnswerHead; replaced: AnswerHead | null }>()
  const room = createAnswerRoom(limits)
  let refused = 0
  for (const scope of world.auxKeys('answer')) {
    const head = headOf(world, scope)
    if (head !== null) room.keep(head, 1)
  }

  function requireRoom(tenant: string | null): void {
    if (room.isFor(tenant, world.auxCount('answer'))) return
    refused += 1
    const detail = 'No more answers can be remembered; a call without Idempotency-Key is served.'
    throw new DaxError('overloaded', detail, { retry_after_s: RETRY_AFTER_S })
  }

  async function performOnce<T>(scope: string, perform: () => Promise<T>): Promise<T> {
    try {
      const result = await perform()
      const { head, replaced = null } = stored.get(scope) ?? {}
      if (replaced !== null) room.keep(replaced, -1)
      if (head !== undefined) room.keep(head, 1)
      return result
    } finally {
      stored.delete(scope)
    }
  }

  const purges = createRounds(
    deps,
    PURGE_INTERVAL_MS,
    'old answers could not be forgotten',
    async () => {
      for (;;) {
        const due = dueAnswers(deps)
        await forget(world, due)
        for (const head of due.values()) room.keep(head, -1)
        if (due.size < PURGE_MAX) return
      }
    },
  )

  return {
    fingerprint: (request) => digest(canonicalText(request)),
    once: (key, perform) =>
      turns.take(key.scope, async () => {
        const replayed = await find(deps, key)
        if (replayed !== null) return { replayed }
        requireRoom(key.tenant)
        return { result: await performOnce(key.scope, perform) }
      }),
    store(tx, { scope, tenant, fingerprint }, answer) {
      const whole: Answer = { ...answer, fingerprint, at_ms: tx.now }
      const text = JSON.stringify(whole)
      const own = tenant === null ? {} : { tenant }
      const head: AnswerHead = { at_ms: tx.now, size: text.length, ...own }
      // Asked only now: while the call was performed, the old one may have been forgotten.
      const { replaced } = stored.get(scope) ?? { replaced: headOf(world, scope) }
      stored.set(scope, { head, replaced })
      tx.setAux('answer', scope, JSON.stringify(head))
      tx.setAux('reply', scope, text)
    },
    figures: () => ({
      name: 'answers',
      length: world.auxCount('answer'),
      limit: limits.count,
      refused,
    }),
    start: () => purges.start(),
    stop: () => purges.stop(),
  }
}

/** The answer of an earlier call with the key; the same key for another request is refused. */
async function find(
  { world, clock }: IdempotencyDeps,
  { scope, fingerprint }: AnswerKey,
): Promise<Answer | null> {
  const head = headOf(world, scope)
  if (head === null || clock.now() - head.at_ms > ANSWER_KEPT_MS) return null
  await world.barrier()
  const text = await world.reply(scope)
  if (text === null) return null
  const answer = JSON.parse(text) as Answer
  if (answer.fingerprint === fingerprint) return answer
  const detail = 'The Idempotency-Key was used for a request with another body.'
  throw new DaxError('idempotency_conflict', detail)
}

function headOf(world: World, scope: string): AnswerHead | null {
  const text = world.aux('answer', scope)
  return text === undefined ? null : (JSON.parse(text) as AnswerHead)
}

/** Answers that were kept long enough; they come in the order of their age. */
function dueAnswers({ world, clock }: IdempotencyDeps): ReadonlyMap<string, AnswerHead> {
  const due = new Map<string, AnswerHead>()
  for (const scope of world.auxKeys('answer')) {
    const head = headOf(world, scope)
    if (head === null) continue
    if (clock.now() - head.at_ms <= ANSWER_KEPT_MS || due.size >= PURGE_MAX) break
    due.set(scope, head)
  }
  return due
}

async function forget(world: World, due: ReadonlyMap<string, AnswerHead>): Promise<void> {
  if (due.size === 0) return
  await world.commit((tx) => {
    for (const scope of due.keys()) {
      tx.setAux('answer', scope, null)
      tx.setAux('reply', scope, null)
    }
  })
}
