import type { FastifyReply, FastifyRequest } from 'fastify'
import { DaxError } from '../src/core/errors.ts'
import type { OperationRecord } from '../src/core/model.ts'
import type { LongCall } from '../src/services/call.ts'
import { checkLivingFence } from '../src/services/fencing.ts'
import type { Answer, AnswerKey, Idempotency } from '../src/services/idempotency.ts'
import type { Followed } from '../src/services/operations.ts'
import type { StateView } from '../src/services/world/state.ts'
import type { IfMatch, Transaction } from '../src/services/world/transaction.ts'
import type { World } from '../src/services/world/world.ts'
import { createNoters } from './audit-origin.ts'
import { operationView } from './views.ts'

/** Work that ends sooner is answered at once; what is longer becomes an operation. */
const LONG_WORK_MS = 5000
/** `Prefer: wait` is honoured up to this many seconds. */
const WAIT_MAX_S = 300

/** `wait` as RFC 7240 lets it be written: in any case, quoted or not, spaces about the `=`. */
const WAIT = /(?:^|[,;\s])wait\s*=\s*(?:(\d+)|"(\d+)")\s*(?:$|[,;\s])/i

/** One tag of a list; a comma inside quotes belongs to the tag. */
const ENTITY_TAG = /(?:W\/)?"[^"]*"|[^\s,]+/g
/** A revision as its ETag has it; weak or without quotes it is taken, too. */
const REVISION_TAG = /^(?:W\/)?(?:"(\d{1,16})"|(\d{1,16}))$/

/** How a success of one route is answered. */
export interface AnswerSpec<T> {
  readonly status: (result: T) => number
  readonly view: (result: T, state: StateView) => unknown
  readonly headers?: (result: T) => Readonly<Record<string, string>>
  /** Long by nature: answered with its operation unless the caller would rather wait. */
  readonly alwaysLong?: boolean
  /** Its steps look at the fencing token one by one, and may be refused so. */
  readonly isFencedByStep?: boolean
}

export interface Responder {
  /** Performs a change and answers it, once for an Idempotency-Key. */
  answer<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    spec: AnswerSpec<T>,
    perform: (call: LongCall<T>) => Promise<T>,
  ): Promise<void>
  /** The same for work that may outlast the call: 202 with its operation then. */
  follow<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    spec: AnswerSpec<T>,
    perform: (call: LongCall<T>) => Promise<Followed<T>>,
  ): Promise<void>
  /** Answers what a call would do, by a rehearsal that is undone. */
  dryRun(reply: FastifyReply, rehearse: () => unknown): Promise<void>
}

interface ResponderDeps {
  readonly idempotency: Idempotency
  readonly world: Pick<World, 'durable' | 'barrier' | 'patiently'>
}

interface CallDeps extends ResponderDeps {
  readonly noterOf: ReturnType<typeof createNoters>
}

/** Answers changes by their specs; everything told is durable by then. */
export function createResponder(deps: ResponderDeps): Responder {
  const { idempotency, world } = deps
  const drawing: CallDeps = { ...deps, noterOf: createNoters() }
  const follow: Responder['follow'] = async (request, reply, spec, perform) => {
    const key = keyOf(request, idempotency)
    const call = callFor(drawing, request, spec, key)
    const work = async () => {
      if (spec.isFencedByStep !== true) checkLivingFence(world.durable, call.caller, call.fence)
      return perform(call)
    }
    if (key === null) return send(reply, spec, call, await told(deps, work))
    const outcome = await told(deps, () => idempotency.once(key, work))
    if ('result' in outcome) return send(reply, spec, call, outcome.result)
    const { status, headers, body } = outcome.replayed
    reply.code(status).headers({ ...headers, 'idempotency-replayed': 'true' })
    reply.send(body)
  }
  return {
    follow,
    async dryRun(reply, rehearse) {
      const result = await told(deps, async () => {
        const rehearsed = rehearse()
        // What it shows was decided on the same not yet durable ground as a refusal.
        await world.barrier()
        return rehearsed
      })
      reply.send(result)
    },
    answer: (request, reply, spec, perform) =>
      follow(request, reply, spec, async (call) => ({ kind: 'done', result: await perform(call) })),
  }
}

/**
 * A refusal is made on what is decided, some of which may not be on the disk yet: it is told when
 * that is. If it never gets there, that failure is the answer. While the disk hangs nobody waits.
 */
function told<T>({ world }: ResponderDeps, work: () => Promise<T>): Promise<T> {
  return world.patiently(async () => {
    try {
      return await work()
    } catch (error) {
      await world.barrier()
      throw error
    }
  })
}

function callFor<T>(
  { idempotency, world, noterOf }: CallDeps,
  request: FastifyRequest,
  spec: AnswerSpec<T>,
  key: AnswerKey | null,
): LongCall<T> {
  let isStored = false
  const store = (tx: Transaction, answer: Omit<Answer, 'fingerprint' | 'at_ms'>): void => {
    if (key === null || isStored) return
    isStored = true
    idempotency.store(tx, key, answer)
  }
  // An answer is of the moment of its change; until it is sent, others may have changed what it
  // shows of the state around it. A DELETE shows only what it has hit, which is known at its end.
  let drawn: { readonly body: unknown } | null = null
  const ifMatch = ifMatchOf(request)
  const fence = request.headers['daxd-fencing-token']
  const noted = noterOf(request)
  return {
    caller: request.principal,
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(fence === undefined ? {} : { fence: Number(fence) }),
    windowMs: windowOf(request, spec.alwaysLong === true),
    view: (result) => (drawn === null ? spec.view(result, world.durable) : drawn.body),
    note(tx, outcome = 'done') {
      request.change = tx
      tx.audit(noted(outcome))
    },
    remember(tx, result) {
      request.change = tx
      tx.audit(noted('done'))
      if (request.method === 'DELETE') return
      const body = spec.view(result, tx.view)
      drawn = { body }
      store(tx, { status: spec.status(result), headers: spec.headers?.(result) ?? {}, body })
    },
    rememberOperation(tx, operation) {
      request.change = tx
      tx.audit(noted('begun'))
      store(tx, {
        status: 202,
        headers: operationHeaders(operation),
        body: operationView(operation),
      })
    },
  }
}

function send<T>(
  reply: FastifyReply,
  spec: AnswerSpec<T>,
  call: LongCall<T>,
  outcome: Followed<T>,
): void {
  if (outcome.kind === 'operation') {
    reply.code(202).headers(operationHeaders(outcome.operation))
    reply.send(operationView(outcome.operation))
    return
  }
  const { result } = outcome
  reply.code(spec.status(result)).headers(spec.headers?.(result) ?? {})
  reply.send(call.view(result))
}

/** Nothing to tell but that it is done. */
export const gone: AnswerSpec<unknown> = { status: () => 204, view: () => undefined }

/** The headers of an object's answer: its revision, and where it is when it is new. */
export function objectHeaders(revision: number, location?: string): Record<string, string> {
  const etag = `"${revision}"`
  return location === undefined ? { etag } : { etag, location }
}

function operationHeaders(operation: OperationRecord): Record<string, string> {
  return objectHeaders(operation.revision, `/v1/operations/${operation.id}`)
}

/**
 * The revisions that `If-Match` lists; `*` asks only that the object is there. A tag that no object
 * of ours can have is one that does not match, as RFC 9110 (13.1.1) has it.
 * @throws DaxError `precondition_failed` (412) when no tag of the list can be one of ours.
 */
function ifMatchOf(request: FastifyRequest): IfMatch | undefined {
  const text = request.headers['if-match']
  if (text === undefined) return undefined
  if (text.trim() === '*') return '*'
  const revisions = (text.match(ENTITY_TAG) ?? []).flatMap((tag) => {
    const match = REVISION_TAG.exec(tag)
    return match === null ? [] : [Number(match[1] ?? match[2])]
  })
  if (revisions.length > 0) return revisions
  throw new DaxError('precondition_failed', `If-Match ${JSON.stringify(text)} names no revision.`)
}

function windowOf(request: FastifyRequest, alwaysLong: boolean): number | null {
  const match = WAIT.exec(preferOf(request))
  if (match !== null) return Math.min(Number(match[1] ?? match[2]), WAIT_MAX_S) * 1000
  return alwaysLong ? null : LONG_WORK_MS
}

function preferOf(request: FastifyRequest): string {
  const text = request.headers['prefer']
  return Array.isArray(text) ? text.join(',') : (text ?? '')
}

function keyOf(request: FastifyRequest, idempotency: Idempotency): AnswerKey | null {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || request.method !== 'POST') return null
  const path = request.url.split('?', 1)[0] ?? ''
  const { via, tenant, name } = request.principal
  return {
    // Names are of a tenant's own choice: what two of them call alike is not the same caller.
    scope: JSON.stringify([via, tenant, name, request.method, path, key]),
    tenant,
    fingerprint: idempotency.fingerprint([request.query, request.body]),
  }
}
