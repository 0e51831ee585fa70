/** What a caller may say: of the whole client, and of single calls. Durations are milliseconds. */
import type { DaxdConnectionError, DaxdError } from './errors.ts'
import type { OperationView } from './wire.ts'

/** The part of the platform's `fetch` that the client needs. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>

export interface FetchInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal: AbortSignal
  readonly redirect: 'error'
}

/** A bearer token, or who tells it: asked before every attempt, so that it may change. */
export type TokenSource = string | (() => string | null | Promise<string | null>)

export interface ClientOptions {
  /** Where daxd is, a path before `/v1` included. Default: `http://127.0.0.1:7329`. */
  readonly url?: string | URL | undefined
  readonly token?: TokenSource | undefined
  /** Default: the platform's own. The Node entry has one for unix sockets and certificates. */
  readonly fetch?: Fetch | undefined
  /** Of one call with all its repeats. Default: 30,000. */
  readonly timeoutMs?: number | undefined
  /** Of one attempt at a call, its answer included. Default: 20,000. */
  readonly attemptTimeoutMs?: number | undefined
  /** Attempts at one call. Default: 5; 1 is none but the first. */
  readonly attemptsMax?: number | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Told of every repeat before its pause. */
  readonly onRetry?: ((retry: Retry) => void) | undefined
}

/** A call that is about to be made again. */
export interface Retry {
  readonly method: string
  readonly path: string
  /** Attempts made so far. */
  readonly attempts: number
  readonly pauseMs: number
  readonly error: DaxdError | DaxdConnectionError
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call with the signal's reason; what daxd has begun by then goes on. */
  readonly signal?: AbortSignal | undefined
  /** Of this call with all its repeats. */
  readonly timeoutMs?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What every change takes. */
export interface ChangeOptions extends CallOptions {
  /** The revision that the object must still have, or `*` for any; else 412. */
  readonly ifMatch?: number | '*' | undefined
  /** The `token` of the lease that the object lives under; else 410. */
  readonly fencingToken?: number | undefined
}

/** What a POST takes. */
export interface PostOptions extends ChangeOptions {
  /** Default: one that the client makes for the call and repeats with it. */
  readonly idempotencyKey?: string | undefined
}

/** What a creation takes. */
export interface CreateOptions extends PostOptions {
  /** Answers what would happen, or the very refusal, and changes nothing. */
  readonly dryRun?: boolean | undefined
}

/** What a call takes whose work may outlast it. */
export interface FollowOptions {
  /** Default: true, which waits for the operation's end. False: answers the operation. */
  readonly wait?: boolean | undefined
  /** `Prefer: wait=N`, seconds: how long daxd itself shall wait before it answers an operation. */
  readonly preferWaitS?: number | undefined
  /** The longest wait for the operation's end. Default: 3,600,000, an hour. */
  readonly waitTimeoutMs?: number | undefined
  /** Told of the operation when it is known and whenever it has got further. */
  readonly onProgress?: ((operation: OperationView) => void) | undefined
}
