import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import type { QueueFigures } from '../core/queue-figures.ts'
import type { AdmissionLimits } from './admission-limits.ts'
import { createShares, type Share } from './admission-shares.ts'
import { type BoundedCount, createBoundedCount } from './bounded-count.ts'
import { LIVE_PATH, READY_PATH } from './health.ts'
import { createLane } from './lane.ts'
import { METRICS_PATH } from './metrics.ts'

/** An operator looks here to learn of an overload. */
const EXEMPT_PATHS: ReadonlySet<string | undefined> = new Set([LIVE_PATH, READY_PATH, METRICS_PATH])

const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD'])
const WAIT_PATTERN = /(?:^|[,;\s])wait\s*=/i
const RETRY_AFTER_S = 1
/** How often answers that nobody takes are looked for. */
const SWEEP_INTERVAL_MS = 5000

declare module 'fastify' {
  interface FastifyRequest {
    /** The request's share of the limits, null when it has none. */
    admitted: Share | null
  }
}

/** Lets in as many requests as can be served, and has large ones take turns. */
export interface Admission {
  /** Takes what a request needs before its body is read; the refusal when it cannot be had. */
  admit(request: FastifyRequest, reply: FastifyReply): DaxError | null
  /**
   * Once the body is there: calls `go` in its turn, at once for a small one; with `overloaded` when
   * too much is under way by then, or too many large ones wait.
   */
  inTurn(request: FastifyRequest, body: Buffer, go: (refusal: DaxError | null) => void): void
  /** The answer is made: the next large body may be worked on. A stream ends its share. */
  answered(request: FastifyRequest, isStream: boolean): void
  /** The answer has gone out. */
  end(request: FastifyRequest): void
  /** Cuts connections whose client takes no answer. */
  sweep(): void
  figures(): QueueFigures[]
}

export interface AdmissionOptions {
  readonly limits: AdmissionLimits
  readonly bodyLimitBytes: number
  /** Why no change can be taken in just now, null while all is well. */
  readonly refuseChange: () => DaxError | null
}

/** An admission with nobody inside. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { limits, bodyLimitBytes, refuseChange } = options
  const reads = createBoundedCount('reads', limits.reads)
  const changes = createBoundedCount('changes', limits.changes)
  const waits = createBoundedCount('waits', limits.waits)
  const bytes = createBoundedCount('large_body_bytes', limits.largeBodiesBytes)
  const lane = createLane('large_bodies', limits.largeAtOnce, limits.largeWaiting)
  const shares = createShares(bytes)

  function slotsFor({ method, headers }: FastifyRequest): BoundedCount {
    if (READ_METHODS.has(method)) return reads
    const { prefer } = headers
    return prefer !== undefined && WAIT_PATTERN.test(String(prefer)) ? waits : changes
  }

  return {
    admit(request, reply) {
      if (EXEMPT_PATHS.has(request.routeOptions.url)) return null
      const slots = slotsFor(request)
      const { tenant } = request.principal
      const refusal = slots === reads ? null : refuseChange()
      if (refusal !== null) return refusal
      const length = announced(request, bodyLimitBytes)
      const large = length > limits.largeBodyBytes ? length : 0
      // A GET has no body that anybody would wait for.
      const hasSlot = length === 0 || slots === reads
      if (!hasSlot && slots.isFull(tenant)) {
        slots.refuse()
        return TOO_MANY
      }
      if (large > 0 && !bytes.take(tenant, large)) return TOO_MANY
      if (hasSlot && !slots.take(tenant, 1)) {
        bytes.give(tenant, large)
        return TOO_MANY
      }
      const share: Share = {
        socket: request.raw.socket,
        response: reply.raw,
        slots,
        hasSlot,
        tenant,
        bytes: large,
        leaveLane: null,
        answeredAt: null,
      }
      request.admitted = share
      shares.keep(share)
      return null
    },
    inTurn(request, body, go) {
      const share = request.admitted
      if (share === null) return go(null)
      const begin = (): void => {
        share.hasSlot ||= share.slots.take(share.tenant, 1)
        go(share.hasSlot ? null : TOO_MANY)
      }
      if (body.length <= limits.largeBodyBytes) return begin()
      share.leaveLane = lane.enter(begin)
      if (share.leaveLane === null) go(TOO_MANY)
    },
    answered(request, isStream) {
      const share = request.admitted
      share?.leaveLane?.()
      // A stream has a bound of its own and no end.
      if (isStream && share !== null) shares.release(share)
    },
    end(request) {
      if (request.admitted !== null) shares.release(request.admitted)
    },
    sweep: () => shares.cut(performance.now(), limits.answerTakenMs),
    figures: () => [reads, changes, waits, bytes, lane].map((queue) => queue.figures()),
  }
}

/** One object for all: its stack would cost more than the refusal. */
const TOO_MANY = new DaxError('overloaded', 'Too many requests are under way; come back later.', {
  retry_after_s: RETRY_AFTER_S,
})

/** How long the body is said to be; one of unknown length may be as long as any. */
function announced({ headers }: FastifyRequest, limitBytes: number): number {
  if (headers['transfer-encoding'] !== undefined) return limitBytes
  return Math.min(Number(headers['content-length'] ?? 0), limitBytes)
}

/** Refuses what cannot be served, before anything is done for it. */
export const admission = fp<{ readonly doorkeeper: Admission }>(
  async (app, { doorkeeper }) => {
    app.decorateRequest('admitted', null)
    app.addHook('onRequest', (request, reply, done) => {
      done(doorkeeper.admit(request, reply) ?? undefined)
    })
    app.addHook('onSend', (request, _reply, payload, done) => {
      doorkeeper.answered(request, payload instanceof Readable)
      done()
    })
    app.addHook('onResponse', (request, _reply, done) => {
      doorkeeper.end(request)
      done()
    })
    const sweeps = setInterval(() => doorkeeper.sweep(), SWEEP_INTERVAL_MS).unref()
    app.addHook('onClose', async () => clearInterval(sweeps))
  },
  { name: 'daxd-admission', fastify: '5.x' },
)
