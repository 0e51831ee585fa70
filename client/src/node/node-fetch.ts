/** `fetch` over Node's own HTTP, for what the platform's cannot do: sockets and certificates. */
import { Agent, type IncomingMessage, request } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { Fetch, FetchInit } from '../options.ts'
import { createPemFiles } from './pem-files.ts'
import type { Tls } from './tls.ts'

/** Requests under way at once; those beyond wait for a connection. Streams of events count. */
const CONNECTIONS_MAX = 64

export interface NodeFetchOptions {
  readonly socketPath: string | undefined
  readonly tls: Tls | undefined
}

/** A `fetch` with connections of its own; closing it cuts them. */
export function createNodeFetch(options: NodeFetchOptions): {
  readonly fetch: Fetch
  readonly close: () => void
} {
  const { socketPath, tls = {} } = options
  const plain = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX })
  const pem = createPemFiles(tls)
  let secured: { readonly version: number; readonly agent: TlsAgent } | null = null

  async function secureAgent(): Promise<TlsAgent> {
    const { version, material } = await pem()
    if (secured?.version === version) return secured.agent
    // Requests under way keep the connections of the old one; it is left to them.
    const { servername } = tls
    const agent = new TlsAgent({
      keepAlive: true,
      maxSockets: CONNECTIONS_MAX,
      ...material,
      ...(servername === undefined ? {} : { servername }),
    })
    secured = { version, agent }
    return agent
  }

  return {
    async fetch(url, init) {
      const isSecure = url.startsWith('https:')
      const sent = isSecure
        ? tlsRequest(url, { ...requestOptions(init), agent: await secureAgent() })
        : request(url, {
            ...requestOptions(init),
            agent: plain,
            ...(socketPath === undefined ? {} : { socketPath }),
          })
      const answer = new Promise<IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve)
        // It may fail again after its answer; the body tells of that.
        sent.on('error', reject)
      })
      sent.end(init.body)
      return asResponse(await answer)
    },
    close() {
      plain.destroy()
      secured?.agent.destroy()
    },
  }
}

function requestOptions({ method, headers, body, signal }: FetchInit) {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return { method, headers: { ...headers, ...length }, signal }
}

function asResponse(answer: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = answer
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  }
  if (status === 204 || status === 304) {
    answer.resume()
    return new Response(null, { status, headers })
  }
  const body = Readable.toWeb(answer) as NodeReadableStream<Uint8Array>
  return new Response(body as ReadableStream<Uint8Array>, { status, headers })
}
