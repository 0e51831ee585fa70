/** Follows the stream of events over as many connections as it takes. */
import type { Caller } from './caller.ts'
import { DaxdConnectionError, DaxdError } from './errors.ts'
import type { Frame } from './event-frames.ts'
import { type OpenStream, openStream } from './event-stream.ts'
import { pause } from './pause.ts'
import { mayRetry, pauseBefore } from './retry-policy.ts'
import type { EventView } from './wire.ts'

/** How long a first connection is tried for. */
const FIRST_TIMEOUT_MS = 30_000

/** How to watch. */
export interface WatchOptions {
  /** Only changes after this revision. Default: those that come from now on. */
  readonly since?: number | undefined
  /** Ends the sequence with its reason. */
  readonly signal?: AbortSignal | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * How long to try to come back to a daxd that is away, milliseconds. Default: for ever, once it
   * has been there; a first connection is tried for 30,000.
   */
  readonly giveUpAfterMs?: number | undefined
  /** Told of every connection, the first and those after a loss. */
  readonly onOpen?: (() => void) | undefined
  /** Told of every loss and of every failure to come back; the next try is after `pauseMs`. */
  readonly onLost?: ((lost: Lost) => void) | undefined
}

/** A connection that is lost, or could not be had. */
export interface Lost {
  readonly error: DaxdError | DaxdConnectionError
  readonly pauseMs: number
}

/** Hands out events in the order of their revisions, each once. */
export interface Watcher {
  /** At least nothing: heartbeats hold no events. @throws what cannot be helped by waiting. */
  next(): Promise<readonly EventView[]>
  close(): void
}

/** A watcher that has not connected yet. */
export function createWatcher(caller: Caller, options: WatchOptions): Watcher {
  const { signal, headers } = options
  let last = options.since
  let stream: OpenStream | null = null
  let failures = 0
  let hasBeenThere = false
  let aliveAt = performance.now()

  async function read(): Promise<readonly Frame[]> {
    const isNew = stream === null
    stream ??= await openStream(caller, { after: last, signal, headers })
    const frames = await stream.read()
    if (frames === null) {
      throw new DaxdConnectionError('unreachable', 'daxd has ended the stream of events')
    }
    // Not before: the first that daxd says is where it begins, to be come back to.
    if (isNew) options.onOpen?.()
    hasBeenThere = true
    failures = 0
    aliveAt = performance.now()
    return frames
  }

  async function waitAfter(error: unknown): Promise<void> {
    const isKnown = error instanceof DaxdError || error instanceof DaxdConnectionError
    if (!isKnown) throw error
    failures += 1
    const afterS = error instanceof DaxdError ? (error.retry_after_s ?? 0) : 0
    const failure = { error, retryAfterMs: afterS * 1000 }
    const pauseMs = pauseBefore(failure, failures)
    const leastMs = hasBeenThere ? Number.POSITIVE_INFINITY : FIRST_TIMEOUT_MS
    const isLate = performance.now() + pauseMs - aliveAt > (options.giveUpAfterMs ?? leastMs)
    if (isLate || !mayRetry(failure, true)) throw error
    options.onLost?.({ error, pauseMs })
    await pause(pauseMs, signal)
  }

  return {
    async next() {
      for (;;) {
        try {
          const frames = await read()
          const newest = frames.findLast(({ id }) => id !== null && id !== '')
          if (newest !== undefined) last = Number(newest.id)
          return frames.flatMap(({ data }) =>
            data === null ? [] : [JSON.parse(data) as EventView],
          )
        } catch (error) {
          stream?.close()
          stream = null
          signal?.throwIfAborted()
          await waitAfter(error)
        }
      }
    },
    close() {
      stream?.close()
    },
  }
}
