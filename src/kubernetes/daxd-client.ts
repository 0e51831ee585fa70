import { readFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProblemView } from '../../schemas/problem.ts'
import { parseDaxdAddress } from './daxd-address.ts'
import { callDaxd, type DaxdAnswer, type DaxdCall } from './daxd-call.ts'
import { DaxdError } from './daxd-error.ts'

/** One attempt; claims are asked to be answered sooner (`Prefer: wait`). */
const ATTEMPT_TIMEOUT_MS = 20_000
/** All attempts of one call together: a kubelet gives up after 45 s. */
const CALL_TIMEOUT_MS = 30_000
const BACKOFF_FIRST_MS = 50
const BACKOFF_MAX_MS = 2_000
/** More than daxd has of anything in one list; a list that goes on for ever is a defect. */
const LIST_PAGES_MAX = 1_000
const PAGE_ITEMS = 1_000
const CONNECTIONS_MAX = 16

export interface DaxdClientOptions {
  /** `http://HOST:PORT` or `unix:PATH`. */
  readonly address: string
  /** A file with the bearer token; read at first use, and anew when daxd answers 401. */
  readonly tokenFile?: string
  /** For all attempts of one call, in milliseconds. */
  readonly timeoutMs?: number
}

/**
 * A client of daxd's HTTP API. Bodies are of the type that the contract in `schemas/` gives the
 * path; daxd holds its answers to it, so they are not checked again.
 */
export interface DaxdClient {
  get<T>(path: string): Promise<T>
  /** All items of a collection, page by page. `path` may carry a query without `limit`. */
  list<T>(path: string): Promise<readonly T[]>
  /**
   * Any call. GET, PUT and DELETE are repeated with back-off while daxd gives no answer or is
   * overloaded (503), and so is a POST or PATCH that has an `idempotency-key`; nothing else is.
   * A DELETE whose answer got lost may so meet a 404 of its own making.
   * @throws DaxdError for every status of 400 and more, and when no answer comes in time.
   */
  call(call: DaxdCall): Promise<DaxdAnswer>
  /** One attempt at a GET, and its answer whatever the status: for probes, whose 503 is news. */
  probe(path: string): Promise<DaxdAnswer>
  close(): void
}

/** @throws Error when the address makes no sense. */
export function createDaxdClient(options: DaxdClientOptions): DaxdClient {
  const address = parseDaxdAddress(options.address)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX })
  const token = createToken(options.tokenFile)
  const timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS

  async function attempt(call: DaxdCall, leftMs: number): Promise<DaxdAnswer> {
    const headers = { ...(await token.header()), ...call.headers }
    return callDaxd(address, agent, { ...call, headers }, Math.min(leftMs, ATTEMPT_TIMEOUT_MS))
  }

  async function call(what: DaxdCall): Promise<DaxdAnswer> {
    const deadline = performance.now() + timeoutMs
    let isTokenFresh = false
    for (let backoffMs = BACKOFF_FIRST_MS; ; backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS)) {
      const leftMs = Math.max(1, Math.ceil(deadline - performance.now()))
      const outcome = await attempt(what, leftMs).catch((cause: Error) => cause)
      if (!(outcome instanceof Error)) {
        if (outcome.status < 400) return outcome
        if (outcome.status === 401 && !isTokenFresh) {
          isTokenFresh = true
          token.forget()
          continue
        }
      }
      const pauseMs = pauseBefore(outcome, backoffMs)
      const isLate = performance.now() + pauseMs >= deadline
      if (!mayRepeat(what, outcome) || isLate) throw refusalOf(options.address, what, outcome)
      await sleep(pauseMs)
    }
  }

  return {
    call,
    probe: (path) =>
      attempt({ method: 'GET', path }, timeoutMs).catch((cause: Error) => {
        throw refusalOf(options.address, { method: 'GET', path }, cause)
      }),
    get: async <T>(path: string) => (await call({ method: 'GET', path })).body as T,
    list: <T>(path: string) => listAll<T>(call, path),
    close: () => agent.destroy(),
  }
}

async function listAll<T>(
  call: (what: DaxdCall) => Promise<DaxdAnswer>,
  path: string,
): Promise<readonly T[]> {
  const items: T[] = []
  const first = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE_ITEMS}`
  let cursor: string | null = null
  for (let page = 0; page < LIST_PAGES_MAX; page += 1) {
    const next: string = cursor === null ? first : `${first}&cursor=${encodeURIComponent(cursor)}`
    const { body } = await call({ method: 'GET', path: next })
    const answer = body as { items: T[]; next: string | null }
    items.push(...answer.items)
    cursor = answer.next
    if (cursor === null) return items
  }
  throw new Error(`${path} has over ${LIST_PAGES_MAX} pages`)
}

/** Refusals stand; no answer and overload pass, if the call may be made twice. */
function mayRepeat(call: DaxdCall, outcome: DaxdAnswer | Error): boolean {
  if (!(outcome instanceof Error) && outcome.status !== 503) return false
  if (call.method === 'GET' || call.method === 'PUT' || call.method === 'DELETE') return true
  return call.headers?.['idempotency-key'] !== undefined
}

/** Half of the back-off is drawn, so that nodes that lost daxd together come back apart. */
function pauseBefore(outcome: DaxdAnswer | Error, backoffMs: number): number {
  const drawnMs = backoffMs / 2 + (Math.random() * backoffMs) / 2
  if (outcome instanceof Error) return drawnMs
  const retryAfterS = Number(outcome.headers['retry-after'] ?? 0)
  return Math.max(drawnMs, Number.isFinite(retryAfterS) ? retryAfterS * 1000 : 0)
}

function refusalOf(address: string, call: DaxdCall, outcome: DaxdAnswer | Error): DaxdError {
  const where = `${call.method} ${call.path}`
  if (outcome instanceof Error) {
    const { message } = outcome
    const told = { status: 0, problem: null }
    return new DaxdError(told, `daxd does not answer at ${address}: ${message} (${where})`, {
      cause: outcome,
    })
  }
  const { status, body } = outcome
  const isProblem = typeof body === 'object' && body !== null && 'code' in body
  const problem = isProblem ? (body as ProblemView) : null
  const text = problem === null ? `HTTP ${status}` : (problem.detail ?? problem.title)
  return new DaxdError({ status, problem }, `${text} (${where})`)
}

function createToken(file: string | undefined) {
  let known: Promise<string> | null = null
  return {
    async header(): Promise<Record<string, string>> {
      if (file === undefined) return {}
      known ??= readFile(file, 'utf8').then((text) => text.trim())
      try {
        return { authorization: `Bearer ${await known}` }
      } catch (error) {
        known = null
        throw error
      }
    },
    forget(): void {
      known = null
    },
  }
}
