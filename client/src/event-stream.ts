/** One connection of the stream of events, until it is lost. */
import type { Caller } from './caller.ts'
import { DaxdConnectionError, DaxdError } from './errors.ts'
import { createFrameParser, type Frame } from './event-frames.ts'
import { notDaxd, refusalOf } from './refusal.ts'
import { noAnswer, type Outgoing, readAnswer } from './transport.ts'

/** daxd says something every 15 seconds; silence of three times that is a lost connection. */
const SILENCE_MAX_MS = 45_000

/** A connection that has been answered. */
export interface OpenStream {
  /** The next frames, null at the end. @throws DaxdConnectionError when the connection is lost. */
  read(): Promise<readonly Frame[] | null>
  close(): void
}

/** Where to begin, and who may end it. */
export interface StreamStart {
  /** A revision; undefined for daxd's newest. */
  readonly after: number | undefined
  readonly signal: AbortSignal | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
}

/**
 * Opens the stream.
 * @throws DaxdError `events_gone` when later events are no longer kept, DaxdConnectionError.
 */
export async function openStream(caller: Caller, start: StreamStart): Promise<OpenStream> {
  const { after, headers } = start
  const resumed = after === undefined ? {} : { 'last-event-id': String(after) }
  const outgoing = await caller.prepare(
    { method: 'GET', path: '/v1/events' },
    { headers: { ...headers, accept: 'text/event-stream', ...resumed } },
  )
  const watch = createWatch(start.signal, outgoing)
  const reader = (await watch.over(() => bodyOf(caller, outgoing, watch.signal))).getReader()
  const decoder = new TextDecoder()
  const parse = createFrameParser()
  return {
    async read() {
      const { done, value } = await watch.over(() => reader.read())
      return done ? null : parse(decoder.decode(value, { stream: true }))
    },
    close: watch.close,
  }
}

async function bodyOf(
  { fetch }: Caller,
  { method, url, headers }: Outgoing,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const outgoing = { method, url, headers }
  const answer = await fetch(url, { method, headers, signal, redirect: 'error' })
  if (answer.status >= 400) throw refusalOf(await readAnswer(answer), outgoing)
  const type = answer.headers.get('content-type') ?? ''
  if (answer.body === null || !type.startsWith('text/event-stream')) {
    throw notDaxd(answer.status, outgoing)
  }
  return answer.body
}

/** Ends a connection that is silent for too long, or when its user has enough. */
function createWatch(signal: AbortSignal | undefined, outgoing: Outgoing) {
  const ender = new AbortController()
  return {
    signal: signal === undefined ? ender.signal : AbortSignal.any([signal, ender.signal]),
    close: () => ender.abort(),
    async over<T>(work: () => Promise<T>): Promise<T> {
      let isSilent = false
      const timer = setTimeout(() => {
        isSilent = true
        ender.abort()
      }, SILENCE_MAX_MS)
      try {
        return await work()
      } catch (cause) {
        ender.abort()
        signal?.throwIfAborted()
        if (cause instanceof DaxdError || cause instanceof DaxdConnectionError) throw cause
        throw noAnswer(cause, { timeoutMs: isSilent ? SILENCE_MAX_MS : null, outgoing })
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
