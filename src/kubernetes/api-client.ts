import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBackoff } from './backoff.ts'
import { type KubeApi, KubeApiError, type KubeObject, type KubeWatchEvent } from './kube-api.ts'
import type { KubeConfig } from './kube-config.ts'
import {
  createKubeConnection,
  type KubeConnection,
  type KubeRequest,
  readKubeAnswer,
} from './kube-connection.ts'
import { readWatchLines } from './watch-lines.ts'

/** One attempt, its answer included. */
const ATTEMPT_TIMEOUT_MS = 10_000
/** All attempts of a read together: a kubelet gives up after 45 s. */
const READ_TIMEOUT_MS = 25_000
const LIST_PAGE_ITEMS = 500
const LIST_PAGES_MAX = 1_000
/** The server ends a watch after this; a connection that died silently is noticed soon after. */
const WATCH_TIMEOUT_S = 240
const WATCH_GRACE_MS = 30_000

/** Statuses that pass: too many requests, and a server or a proxy that is just not there. */
const PASSING: readonly number[] = [0, 429, 500, 502, 503, 504]

interface ListAnswer {
  readonly items: readonly KubeObject[]
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
}

/** The Kubernetes API over HTTP, as far as a driver needs it. `close` ends idle connections. */
export function createApiClient(config: KubeConfig): KubeApi & { close(): void } {
  const connection = createKubeConnection(config)
  const once = (request: Omit<KubeRequest, 'signal'>): Promise<unknown> => ask(connection, request)
  const read = (path: string): Promise<unknown> => repeated(() => once({ method: 'GET', path }))
  return {
    get: async (path) => (await read(path)) as KubeObject,
    list: (path) => listAll(read, path),
    watch: (path, options) => watched(connection, path, options),
    create: async (path, body) => (await once({ method: 'POST', path, body })) as KubeObject,
    update: async (path, body) => (await once({ method: 'PUT', path, body })) as KubeObject,
    delete: async (path) => void (await once({ method: 'DELETE', path })),
    close: () => connection.close(),
  }
}

async function ask(
  connection: KubeConnection,
  request: Omit<KubeRequest, 'signal'>,
): Promise<unknown> {
  const signal = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)
  return readKubeAnswer(await connection.open({ ...request, signal }))
}

/** Reads may be repeated: nothing comes of it. */
async function repeated<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + READ_TIMEOUT_MS
  const backoff = createBackoff()
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const pauseMs = backoff.next()
      const isPassing = error instanceof KubeApiError && PASSING.includes(error.status)
      if (!isPassing || performance.now() + pauseMs >= deadline) throw error
      await sleep(pauseMs)
    }
  }
}

/** All pages; when the list changes too much meanwhile (410), the server says so. */
async function listAll(
  read: (path: string) => Promise<unknown>,
  path: string,
): Promise<{ items: readonly KubeObject[]; resourceVersion: string }> {
  const items: KubeObject[] = []
  let token = ''
  for (let page = 0; page < LIST_PAGES_MAX; page += 1) {
    const paging = `limit=${LIST_PAGE_ITEMS}${token === '' ? '' : `&continue=${token}`}`
    const answer = (await read(withQuery(path, paging))) as ListAnswer
    items.push(...answer.items)
    token = encodeURIComponent(answer.metadata.continue ?? '')
    if (token === '') return { items, resourceVersion: answer.metadata.resourceVersion }
  }
  throw new KubeApiError(0, 'TooLong', `${path} has over ${LIST_PAGES_MAX} pages`)
}

/**
 * The changes after a resource version, over as many connections as it takes: where one ends, the
 * next goes on after the last version seen, bookmarks among them.
 */
async function* watched(
  connection: KubeConnection,
  path: string,
  options: { readonly resourceVersion: string; readonly signal: AbortSignal },
): AsyncGenerator<KubeWatchEvent, void, undefined> {
  let { resourceVersion } = options
  const backoff = createBackoff()
  while (!options.signal.aborted) {
    const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`
    const full = withQuery(path, `${query}&timeoutSeconds=${WATCH_TIMEOUT_S}`)
    const late = AbortSignal.timeout(WATCH_TIMEOUT_S * 1000 + WATCH_GRACE_MS)
    const signal = AbortSignal.any([options.signal, late])
    try {
      const answer = await connection.open({ method: 'GET', path: full, signal })
      for await (const event of eventsOf(answer)) {
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion
        backoff.reset()
        if (event.type !== 'BOOKMARK') yield { type: event.type, object: event.object }
      }
    } catch (error) {
      if (options.signal.aborted) return
      if (!(error instanceof KubeApiError && PASSING.includes(error.status))) throw error
    }
    await sleep(backoff.next(), undefined, { signal: options.signal }).catch(() => {})
  }
}

interface WatchLine {
  readonly type: KubeWatchEvent['type'] | 'BOOKMARK'
  readonly object: KubeObject
}

/** @throws KubeApiError for an ERROR line (410 is one), and when the stream breaks off. */
async function* eventsOf(answer: IncomingMessage): AsyncGenerator<WatchLine, void, undefined> {
  for await (const line of readWatchLines(answer)) {
    const { type, object } = line as { type: string; object: Readonly<Record<string, unknown>> }
    if (type === 'ERROR') {
      const { code, reason, message } = object
      throw new KubeApiError(Number(code ?? 0), String(reason ?? ''), String(message ?? 'watch'))
    }
    yield line as WatchLine
  }
}

function withQuery(path: string, query: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${query}`
}
