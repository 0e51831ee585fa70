/** Makes calls: headers, credentials, time-outs, repeats, and problems as errors. */
import { DaxdConnectionError, DaxdError } from './errors.ts'
import type { ChangeOptions, ClientOptions, CreateOptions, FollowOptions } from './options.ts'
import { pause } from './pause.ts'
import { randomName } from './random-name.ts'
import { notDaxd, refusalOf } from './refusal.ts'
import { type Failure, isRepeatable, mayRetry, pauseBefore, retryAfterMs } from './retry-policy.ts'
import { type Answer, attempt, type Method, type Outgoing } from './transport.ts'
import { type QueryValue, urlOf } from './url.ts'

const JSON_TYPE = 'application/json'
const URL_DEFAULT = 'http://127.0.0.1:7329'
const CALL_TIMEOUT_MS = 30_000
const ATTEMPT_TIMEOUT_MS = 20_000
const ATTEMPTS_MAX = 5
/** What an answer may need beyond the wait that was asked for. */
const PREFER_SLACK_MS = 5_000

/** One call of the API. */
export interface Call {
  readonly method: Method
  /** As `route` makes it: its parts are encoded already. */
  readonly path: string
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly body?: unknown
  /** A POST that may be made twice without a key: it only says how things shall be. */
  readonly isRepeatable?: boolean
  /** Statuses from 400 on that are answers and no failures. */
  readonly accepts?: readonly number[]
}

/** All options that any call has; each call takes those that its type shows. */
export type AnyOptions = CreateOptions & FollowOptions

/** Everything that the endpoints need of the client. */
export interface Caller {
  readonly options: ClientOptions
  /**
   * Makes a call, again where that may help and does no harm.
   * @throws DaxdError, DaxdConnectionError, or the reason of the caller's signal.
   */
  answer(call: Call, options?: AnyOptions): Promise<Answer>
  /** The body of the answer, of the type that the contract gives it. */
  call<T>(call: Call, options?: AnyOptions): Promise<T>
  /** The address and the headers of a call, credentials included. */
  prepare(call: Call, options?: AnyOptions): Promise<Outgoing>
  readonly fetch: NonNullable<ClientOptions['fetch']>
}

/** A caller by the client's options. @throws TypeError for an address that is none. */
export function createCaller(options: ClientOptions): Caller {
  const base = baseOf(options.url)
  const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))

  async function prepare(call: Call, given: AnyOptions = {}): Promise<Outgoing> {
    const { method, path, body } = call
    const query = { ...call.query, ...(given.dryRun === true ? { dry_run: true } : {}) }
    const headers: Record<string, string> = {
      accept: JSON_TYPE,
      ...lowerCased(options.headers),
      ...changeHeaders(call, given),
      ...lowerCased(given.headers),
    }
    const token = await tokenOf(options)
    if (token !== null) headers['authorization'] ??= `Bearer ${token}`
    const url = urlOf(base, path, query)
    if (body === undefined) return { method, url, headers }
    headers['content-type'] = 'application/json'
    return { method, url, headers, body: JSON.stringify(body) }
  }

  async function answer(call: Call, given: AnyOptions = {}): Promise<Answer> {
    const preferMs = given.preferWaitS === undefined ? 0 : given.preferWaitS * 1000
    const least = preferMs === 0 ? 0 : preferMs + PREFER_SLACK_MS
    const attemptMs = Math.max(options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS, least)
    const callMs = given.timeoutMs ?? Math.max(options.timeoutMs ?? CALL_TIMEOUT_MS, least)
    const deadline = performance.now() + callMs
    const { signal } = given
    // One key for all attempts: that is its purpose.
    const keyed = { ...given, idempotencyKey: keyFor(call, given) }
    let isTokenFresh = false
    let wasUnanswered = false
    for (let attempts = 1; ; attempts += 1) {
      const outgoing = await prepare(call, keyed)
      const timeoutMs = Math.min(attemptMs, deadline - performance.now())
      const outcome = await outcomeOf(fetch, outgoing, { timeoutMs, signal, call })
      if ('status' in outcome) return outcome
      const { error } = outcome
      // Its own first attempt has taken away what it does not find now.
      if (wasUnanswered && isGone(call, error)) {
        return { status: 204, headers: new Headers(), body: undefined }
      }
      wasUnanswered ||= mayBeDone(error)
      if (!isTokenFresh && (await hasNewToken(error, outgoing))) {
        isTokenFresh = true
        continue
      }
      const mayRepeat = call.isRepeatable ?? isRepeatable(call.method, outgoing.headers)
      const pauseMs = pauseBefore(outcome, attempts)
      const isOver = attempts >= (options.attemptsMax ?? ATTEMPTS_MAX)
      const isLate = performance.now() + pauseMs >= deadline
      if (isOver || isLate || !mayRetry(outcome, mayRepeat)) throw error
      options.onRetry?.({ method: call.method, path: call.path, attempts, pauseMs, error })
      await pause(pauseMs, signal)
    }
  }

  /** A token may have been changed between its reading and its use. */
  async function hasNewToken(error: Error, { headers }: Outgoing): Promise<boolean> {
    if (!(error instanceof DaxdError) || error.status !== 401) return false
    const token = await tokenOf(options)
    return token !== null && headers['authorization'] !== `Bearer ${token}`
  }

  return {
    options,
    answer,
    call: async <T>(call: Call, given?: AnyOptions) => (await answer(call, given)).body as T,
    prepare,
    fetch,
  }
}

/** One attempt: its answer, or its failure with what was said of when to come back. */
async function outcomeOf(
  fetch: Caller['fetch'],
  outgoing: Outgoing,
  about: {
    readonly timeoutMs: number
    readonly signal: AbortSignal | undefined
    readonly call: Call
  },
): Promise<Answer | Failure> {
  let answer: Answer
  try {
    answer = await attempt(fetch, outgoing, about)
  } catch (error) {
    if (error instanceof DaxdConnectionError) return { error, retryAfterMs: 0 }
    throw error
  }
  const isFine = answer.status < 300 || about.call.accepts?.includes(answer.status) === true
  if (!isFine) return { error: refusalOf(answer, outgoing), retryAfterMs: retryAfterMs(answer) }
  // A page in the place of JSON is a proxy's, a login's or another server's, whatever its status.
  const isForeign = typeof answer.body === 'string' && outgoing.headers['accept'] === JSON_TYPE
  return isForeign ? { error: notDaxd(answer.status, outgoing), retryAfterMs: 0 } : answer
}

/** Nobody knows what came of an attempt without an answer; a disk that hangs may take it yet. */
function mayBeDone(error: Error): boolean {
  if (!(error instanceof DaxdError)) return true
  return error.status === 503 && error.code !== 'overloaded'
}

function isGone({ method }: Call, error: Error): boolean {
  return method === 'DELETE' && error instanceof DaxdError && error.status === 404
}

function baseOf(url: ClientOptions['url']): string {
  const text = String(url ?? URL_DEFAULT)
  const { protocol, search, hash } = new URL(text)
  if ((protocol === 'http:' || protocol === 'https:') && search === '' && hash === '') {
    return text.replace(/\/+$/, '')
  }
  throw new TypeError(`${text} is not the http or https address of a daxd`)
}

async function tokenOf({ token }: ClientOptions): Promise<string | null> {
  return typeof token === 'function' ? await token() : (token ?? null)
}

function changeHeaders({ method }: Call, given: AnyOptions): Record<string, string> {
  if (method === 'GET') return {}
  const { ifMatch, fencingToken, idempotencyKey, preferWaitS }: ChangeOptions & AnyOptions = given
  return {
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` }),
    ...(fencingToken === undefined ? {} : { 'daxd-fencing-token': String(fencingToken) }),
    ...(preferWaitS === undefined ? {} : { prefer: `wait=${preferWaitS}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  }
}

/** A key for a POST that changes something and may not be made twice. */
function keyFor({ method, isRepeatable }: Call, given: AnyOptions): string | undefined {
  if (given.idempotencyKey !== undefined) return given.idempotencyKey
  return method === 'POST' && isRepeatable !== true ? randomName() : undefined
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return Object.fromEntries(entries) as Record<string, string>
}
