import { DaxError } from '../core/errors.ts'
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

/** What a repeated call is answered with. */
export interface Answer {
  readonly fingerprint: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly at_ms: number
}

export interface AnswerKey {
  /** Caller, method, path and the client's key in one text. */
  readonly scope: string
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
   * @throws DaxError `idempotency_conflict` (422) for the same key with another request.
   */
  once<T>(
    key: AnswerKey,
    perform: () => Promise<T>,
  ): Promise<{ readonly replayed: Answer } | { readonly result: T }>
  /** Stores the answer, in the transaction that makes the change. */
  store(tx: Transaction, key: AnswerKey, answer: Omit<Answer, 'fingerprint' | 'at_ms'>): void
  start(): void
  stop(): void
}

export interface IdempotencyDeps {
  readonly world: World
  readonly clock: Clock
  readonly log: Log
  /** A collision-free digest of a text. */
  readonly digest: (text: string) => string
}

/** Remembered answers; the old ones are forgotten from {@link Idempotency.start} on. */
export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  const { world, clock, digest } = deps
  const turns = createTurns()

  function find({ scope, fingerprint }: AnswerKey): Answer | null {
    const text = world.aux('answer', scope)
    if (text === undefined) return null
    const answer = JSON.parse(text) as Answer
    if (clock.now() - answer.at_ms > ANSWER_KEPT_MS) return null
    if (answer.fingerprint === fingerprint) return answer
    const detail = 'The Idempotency-Key was used for a request with another body.'
    throw new DaxError('idempotency_conflict', detail)
  }

  const purges = createRounds(deps, PURGE_INTERVAL_MS, 'old answers could not be forgotten', () =>
    purge(deps),
  )

  return {
    fingerprint: (request) => digest(canonicalText(request)),
    once: (key, perform) =>
      turns.take(key.scope, async () => {
        const known = find(key)
        if (known === null) return { result: await perform() }
        await world.barrier()
        return { replayed: known }
      }),
    store(tx, { scope, fingerprint }, answer) {
      const stored: Answer = { ...answer, fingerprint, at_ms: tx.now }
      tx.setAux('answer', scope, JSON.stringify(stored))
    },
    start: () => purges.start(),
    stop: () => purges.stop(),
  }
}

/** Forgets the answers that were kept long enough. */
async function purge({ world, clock }: IdempotencyDeps): Promise<void> {
  const due: string[] = []
  for (const scope of world.auxKeys('answer')) {
    const { at_ms } = JSON.parse(world.aux('answer', scope) ?? '{"at_ms":0}') as Answer
    if (clock.now() - at_ms > ANSWER_KEPT_MS) due.push(scope)
    if (due.length >= PURGE_MAX) break
  }
  if (due.length === 0) return
  await world.commit((tx) => {
    for (const scope of due) tx.setAux('answer', scope, null)
  })
}
