/** One attempt at a request: what is sent, and the answer whatever its status. */
import { DaxdConnectionError } from './errors.ts'
import type { Fetch } from './options.ts'

/** The largest answer that is read: the map of a region comes whole, with a million pieces. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request as it goes out. */
export interface Outgoing {
  readonly method: Method
  /** With its query. */
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The parsed JSON, the text of what is not JSON, undefined for nothing. */
  readonly body: unknown
}

/**
 * Sends a request and reads its answer within `timeoutMs`.
 * @throws DaxdConnectionError when there is no whole answer; the signal's reason when it aborts.
 */
export async function attempt(
  fetch: Fetch,
  outgoing: Outgoing,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  const { signal, timeoutMs } = limits
  signal?.throwIfAborted()
  const tooLate = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)))
  const either = signal === undefined ? tooLate : AbortSignal.any([signal, tooLate])
  const { method, url, headers, body } = outgoing
  try {
    const answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: either,
      redirect: 'error',
    })
    return await readAnswer(answer)
  } catch (cause) {
    signal?.throwIfAborted()
    throw noAnswer(cause, { timeoutMs: tooLate.aborted ? timeoutMs : null, outgoing })
  }
}

/** Reads an answer whole. */
export async function readAnswer(answer: Response): Promise<Answer> {
  const { status, headers } = answer
  return { status, headers, body: parsed(answer, await readText(answer)) }
}

async function readText(answer: Response): Promise<string> {
  if (answer.body === null) return ''
  const decoder = new TextDecoder()
  const parts: string[] = []
  let length = 0
  const reader = answer.body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.byteLength
    if (length > ANSWER_BYTES_MAX) {
      await reader.cancel()
      throw new Error(`the answer is over ${ANSWER_BYTES_MAX} bytes`)
    }
    parts.push(decoder.decode(read.value, { stream: true }))
  }
  return parts.join('') + decoder.decode()
}

function parsed(answer: Response, text: string): unknown {
  if (text === '') return undefined
  const type = answer.headers.get('content-type') ?? ''
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(type) ? JSON.parse(text) : text
}

/** The failure of a request that got no answer, in one sentence with its cause in it. */
export function noAnswer(
  cause: unknown,
  about: { readonly timeoutMs: number | null; readonly outgoing: Outgoing },
): DaxdConnectionError {
  const { timeoutMs, outgoing } = about
  const { method, url } = outgoing
  if (timeoutMs !== null) {
    const text = `No answer within ${Math.round(timeoutMs)} ms: ${method} ${url}`
    return new DaxdConnectionError('timeout', text, { cause })
  }
  return new DaxdConnectionError('unreachable', `No answer: ${method} ${url}: ${deepest(cause)}`, {
    cause,
  })
}

/** `fetch failed` says nothing; what it was caused by does. */
function deepest(error: unknown): string {
  let at = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  if (!(at instanceof Error)) return String(at)
  const errors = at instanceof AggregateError ? at.errors : []
  return at.message || errors.map((each) => String(each?.message ?? each)).join('; ') || at.name
}
