/**
 * A scripted Kubernetes API server. It is OURS, not Kubernetes': it enforces the rules that
 * containers.md saw the real one (1.36.2) enforce on ResourceSlices, versions objects, tells
 * watches, and otherwise does as the test says. What it accepts the real one may still refuse; the
 * suite against a real cluster (cluster.test.ts) is the judge of that.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type KubeDraft, refuseSlice, withoutConsumable } from './slice-rules.ts'

export interface ScriptedOptions {
  /** Bearer tokens that are let in; absent lets everyone in. */
  readonly tokens?: ReadonlySet<string>
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string }
  /** False is a cluster without DRAConsumableCapacity: it drops the fields, silently. */
  readonly consumableCapacity?: boolean
}

export interface ScriptedApiserver {
  readonly url: string
  /** `METHOD path` of every request, watches among them, in order. */
  readonly requests: string[]
  /** The objects of a collection, as in `/apis/resource.k8s.io/v1/resourceslices`. */
  objects(collection: string): KubeDraft[]
  /** Puts an object in place as somebody else would, unchecked. */
  put(collection: string, object: KubeDraft): KubeDraft
  /** Removes one, or, without a name, all of a collection, as a starting kubelet does. */
  remove(collection: string, name?: string): void
  /** Forgets old versions: a watch from before is 410 from now on. */
  compact(): void
  /** Answers the next requests (watches aside) with these statuses instead. */
  failNext(...statuses: number[]): void
  /** Cuts every watch off, as a restarting server does. */
  breakWatches(): void
  /** Sends a bookmark to every watch. */
  bookmark(): void
  watches(): number
}

interface Watcher {
  readonly collection: string
  readonly selector: string
  readonly answer: ServerResponse
}

interface Change {
  readonly version: number
  readonly collection: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeDraft
}

/** Starts one on a free port; it goes with the test. */
export async function startScriptedApiserver(
  options: ScriptedOptions = {},
): Promise<ScriptedApiserver> {
  const state = createState(options)
  const handle = (request: IncomingMessage, answer: ServerResponse): void => {
    state.handle(request, answer).catch((error: unknown) => answer.destroy(error as Error))
  }
  const server: Server =
    options.tls === undefined
      ? createServer(handle)
      : createTlsServer(
          {
            key: options.tls.key,
            cert: options.tls.cert,
            ...(options.tls.clientCa === undefined
              ? {}
              : { ca: options.tls.clientCa, requestCert: true, rejectUnauthorized: true }),
          },
          handle,
        )
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const scheme = options.tls === undefined ? 'http' : 'https'
  return { url: `${scheme}://127.0.0.1:${port}`, ...state.controls }
}

function createState(options: ScriptedOptions) {
  const collections = new Map<string, Map<string, KubeDraft>>()
  const history: Change[] = []
  const watchers = new Set<Watcher>()
  const requests: string[] = []
  const failures: number[] = []
  let version = 100
  let oldest = 0
  let serial = 0

  const of = (collection: string): Map<string, KubeDraft> => {
    const known = collections.get(collection) ?? new Map<string, KubeDraft>()
    collections.set(collection, known)
    return known
  }

  function record(collection: string, type: Change['type'], draft: KubeDraft): KubeDraft {
    version += 1
    const metadata = { ...draft.metadata, resourceVersion: String(version) }
    const object = { ...draft, metadata }
    if (type === 'DELETED') of(collection).delete(metadata.name)
    else of(collection).set(metadata.name, object)
    const change = { version, collection, type, object }
    history.push(change)
    for (const watcher of watchers) tell(watcher, change)
    return object
  }

  function remove(collection: string, name?: string): void {
    for (const object of [...of(collection).values()]) {
      if (name === undefined || object.metadata.name === name) record(collection, 'DELETED', object)
    }
  }

  function put(collection: string, draft: KubeDraft): KubeDraft {
    const known = of(collection).get(draft.metadata.name)
    serial += 1
    const uid = draft.metadata.uid ?? known?.metadata.uid ?? `uid-${serial}`
    const type = known === undefined ? 'ADDED' : 'MODIFIED'
    return record(collection, type, { ...draft, metadata: { ...draft.metadata, uid } })
  }

  /** What the server keeps of a body, or its refusal. */
  function admit(collection: string, body: KubeDraft, before?: KubeDraft): KubeDraft {
    if (!collection.endsWith('/resourceslices')) return body
    const draft = options.consumableCapacity === false ? withoutConsumable(body) : body
    const why = refuseSlice(draft, before)
    if (why !== null) throw new Refusal(422, 'Invalid', why)
    return draft
  }

  function create(collection: string, body: KubeDraft, isDry: boolean): KubeDraft {
    serial += 1
    const name = body.metadata.name ?? `${body.metadata.generateName}${serial.toString(36)}x`
    if (of(collection).has(name)) throw new Refusal(409, 'AlreadyExists', `${name} exists`)
    const draft = admit(collection, { ...body, metadata: { ...body.metadata, name } })
    return isDry ? draft : put(collection, draft)
  }

  function update(collection: string, name: string, body: KubeDraft): KubeDraft {
    const before = one(collection, name)
    const { resourceVersion } = body.metadata
    if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
      throw new Refusal(409, 'Conflict', `${name} has been modified`)
    }
    return put(collection, admit(collection, body, before))
  }

  function one(collection: string, name: string): KubeDraft {
    const found = of(collection).get(name)
    if (found === undefined) throw new Refusal(404, 'NotFound', `${name} not found`)
    return found
  }

  function list(collection: string, query: URLSearchParams): object {
    const selector = query.get('fieldSelector') ?? ''
    const all = [...of(collection).values()].filter((object) => selects(selector, object))
    const from = Number(query.get('continue') ?? 0)
    const to = from + Number(query.get('limit') ?? all.length)
    const rest = to < all.length ? { continue: String(to) } : {}
    const metadata = { resourceVersion: String(version), ...rest }
    return { kind: 'List', metadata, items: all.slice(from, to) }
  }

  function watch(collection: string, query: URLSearchParams, answer: ServerResponse): void {
    const from = Number(query.get('resourceVersion') ?? 0)
    answer.writeHead(200, { 'content-type': 'application/json' })
    answer.flushHeaders()
    if (from < oldest) {
      const status = { code: 410, reason: 'Expired', message: 'too old resource version' }
      answer.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', ...status } })}\n`)
      return
    }
    const watcher = { collection, selector: query.get('fieldSelector') ?? '', answer }
    for (const change of history) if (change.version > from) tell(watcher, change)
    watchers.add(watcher)
    answer.once('close', () => watchers.delete(watcher))
  }

  function answerTo(request: IncomingMessage, url: URL, body: KubeDraft): object {
    const { collection, name } = placeOf(url.pathname)
    const isDry = url.searchParams.get('dryRun') === 'All'
    switch (request.method) {
      case 'POST':
        return create(collection, body, isDry)
      case 'PUT':
        return update(collection, name ?? '', body)
      case 'DELETE': {
        const gone = one(collection, name ?? '')
        remove(collection, gone.metadata.name)
        return gone
      }
      default:
        return name === null ? list(collection, url.searchParams) : one(collection, name)
    }
  }

  async function handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://scripted')
    requests.push(`${request.method} ${request.url}`)
    try {
      const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
      if (options.tokens !== undefined && !options.tokens.has(token)) {
        throw new Refusal(401, 'Unauthorized', 'Unauthorized')
      }
      if (url.searchParams.get('watch') === '1') {
        watch(placeOf(url.pathname).collection, url.searchParams, answer)
        return
      }
      const body = await bodyOf(request)
      const failure = failures.shift()
      if (failure !== undefined) throw new Refusal(failure, 'Scripted', 'as the test said')
      const status = request.method === 'POST' ? 201 : 200
      send(answer, status, answerTo(request, url, body as KubeDraft))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, reason, message } = error
      send(answer, status, { kind: 'Status', status: 'Failure', code: status, reason, message })
    }
  }

  return {
    handle,
    controls: {
      requests,
      objects: (collection: string) => [...of(collection).values()],
      put,
      remove,
      compact() {
        oldest = version + 1
        version += 1
        history.length = 0
      },
      failNext: (...statuses: number[]) => void failures.push(...statuses),
      breakWatches() {
        for (const { answer } of watchers) answer.destroy()
      },
      bookmark() {
        const object = { metadata: { resourceVersion: String(version) } }
        for (const { answer } of watchers) {
          answer.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
        }
      },
      watches: () => watchers.size,
    },
  }
}

class Refusal extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

function tell({ collection, selector, answer }: Watcher, change: Change): void {
  if (change.collection !== collection || !selects(selector, change.object)) return
  answer.write(`${JSON.stringify({ type: change.type, object: change.object })}\n`)
}

function selects(selector: string, object: KubeDraft): boolean {
  return selector
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [path = '', value] = term.split('=')
      const found = path
        .split('.')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object)
      return found === value
    })
}

/** `/apis/g/v1/things/name` or `/apis/g/v1/namespaces/ns/things/name`, by its parts. */
function placeOf(path: string): { collection: string; name: string | null } {
  const parts = path.split('/').filter((part) => part !== '')
  const root = parts[0] === 'api' ? 2 : 3
  const isNamespaced = parts[root] === 'namespaces' && parts.length > root + 2
  const end = isNamespaced ? root + 3 : root + 1
  const collection = `/${parts.slice(0, end).join('/')}`
  return { collection, name: parts[end] === undefined ? null : decodeURIComponent(parts[end]) }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const part of request) text += part
  return text === '' ? {} : JSON.parse(text)
}

function send(answer: ServerResponse, status: number, body: object): void {
  answer.writeHead(status, { 'content-type': 'application/json' })
  answer.end(JSON.stringify(body))
}
