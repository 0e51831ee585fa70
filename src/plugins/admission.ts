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

/** The request decorator under which a request's share of the limits is kept. */
const SHARE = 'admitted'

/** Lets in as many requests as can be served, and has large ones take turns. */
export interface Admission {
  /** Takes what a request needs before its body is read. @throws DaxError `overloaded`. */
  admit(request: FastifyRequest, reply: FastifyReply): void
  /** Once the body is there. @throws DaxError `overloaded`. */
  begin(request: FastifyRequest): void
  /**
   * Calls `go` in the body's turn: at once for a small one.
   * @throws DaxError `overloaded` when too many large ones wait.
   */
  inTurn(request: FastifyRequest, body: Buffer, go: () => void): void
  /** The answer is made: the next large body may be worked on. */
  answered(request: FastifyRequest, isStream: boolean): void
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
      if (EXEMPT_PATHS.has(request.routeOptions.url)) return
      const slots = slotsFor(request)
      const refusal = slots === reads ? null : refuseChange()
      if (refusal !== null) throw refusal
      const length = announced(request, bodyLimitBytes)
      const large = length > limits.largeBodyBytes ? length : 0
      const hasSlot = length === 0
      if (hasSlot ? !slots.take(1) : slots.isFull()) throw refused(slots, !hasSlot)
      if (large > 0 && !bytes.take(large)) throw refused(bytes, false)
      const { socket } = request.raw
      const share: Share = {
        socket,
        slots,
        hasSlot,
        bytes: large,
        leaveLane: null,
        answeredAt: null,
      }
      request.setDecorator(SHARE, share)
      shares.keep(share, reply)
    },
    begin(request) {
      const share = shareOf(request)
      if (share === null || share.hasSlot) return
      if (!share.slots.take(1)) throw refused(share.slots, false)
      share.hasSlot = true
    },
    inTurn(request, body, go) {
      const share = shareOf(request)
      if (share === null || body.length <= limits.largeBodyBytes) return go()
      share.leaveLane = lane.enter(go)
      if (share.leaveLane === null) throw TOO_MANY
    },
    answered(request, isStream) {
      const share = shareOf(request)
      if (share === null) return
      share.leaveLane?.()
      share.answeredAt = performance.now()
      // A stream has a bound of its own and no end.
      if (isStream) shares.release(share)
    },
    sweep: () => shares.cut(performance.now() - limits.answerTakenMs),
    figures: () => [reads, changes, waits, bytes, lane].map((queue) => queue.figures()),
  }
}

/** One object for all: its stack would cost more than the refusal. */
const TOO_MANY = new DaxError('overloaded', 'Too many requests are under way; come back later.', {
  retry_after_s: RETRY_AFTER_S,
})

function refused(queue: BoundedCount, isUncounted: boolean): DaxError {
  if (isUncounted) queue.refuse()
  return TOO_MANY
}

/** How long the body is said to be; one of unknown length may be as long as any. */
function announced({ headers }: FastifyRequest, limitBytes: number): number {
  if (headers['transfer-encoding'] !== undefined) return limitBytes
  return Math.min(Number(headers['content-length'] ?? 0), limitBytes)
}

function shareOf(request: FastifyRequest): Share | null {
  return request.getDecorator<Share | null>(SHARE)
}

/** Refuses what cannot be served, before anything is done for it. */
export const admission = fp<{ readonly doorkeeper: Admission }>(
  async (app, { doorkeeper }) => {
    app.decorateRequest(SHARE, null)
    app.addHook('onRequest', (request, reply, done) => {
      done(refusalOf(() => doorkeeper.admit(request, reply)))
    })
    app.addHook('preValidation', (request, _reply, done) => {
      done(refusalOf(() => doorkeeper.begin(request)))
    })
    app.addHook('onSend', (request, reply, _payload, done) => {
      const type = String(reply.getHeader('content-type') ?? '')
      doorkeeper.answered(request, type.startsWith('text/event-stream'))
      done()
    })
    const sweeps = setInterval(() => doorkeeper.sweep(), SWEEP_INTERVAL_MS).unref()
    app.addHook('onClose', async () => clearInterval(sweeps))
  },
  { name: 'daxd-admission', fastify: '5.x' },
)

function refusalOf(act: () => void): DaxError | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof DaxError) return error
    throw error
  }
}
