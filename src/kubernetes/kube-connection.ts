import { readFile } from 'node:fs/promises'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { KubeApiError } from './kube-api.ts'
import type { KubeConfig } from './kube-config.ts'

/** Kubelets replace tokens long before they end, so one may be used this long unread. */
const TOKEN_AGE_MAX_MS = 60_000
const CONNECTIONS_MAX = 8
/** The API server's own bound of one object is 3 MiB; a page of a list has hundreds. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: object
  /** Ends the request, its answer included. */
  readonly signal: AbortSignal
}

/** Requests to one API server, as whom the configuration says we are. */
export interface KubeConnection {
  /**
   * Sends one request and gives its answer once its head is there, if that says success.
   * A 401 is tried once more with the token read anew: it was refused before anything was done.
   * @throws KubeApiError for any other status, and with status 0 when there is no answer.
   */
  open(request: KubeRequest): Promise<IncomingMessage>
  close(): void
}

/** Connects at the first request, not here. */
export function createKubeConnection(config: KubeConfig): KubeConnection {
  const { server, ca, cert, key, serverName, insecure } = config
  const isTls = server.protocol === 'https:'
  const agent = isTls
    ? new HttpsAgent({
        keepAlive: true,
        maxSockets: CONNECTIONS_MAX,
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(serverName === undefined ? {} : { servername: serverName }),
        rejectUnauthorized: insecure !== true,
      })
    : new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX })
  const token = createToken(config)

  async function attempt({ method, path, body, signal }: KubeRequest): Promise<IncomingMessage> {
    const authorization = await token.read()
    const text = body === undefined ? undefined : JSON.stringify(body)
    const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server)
    return new Promise((resolve, reject) => {
      const send = isTls ? httpsRequest : httpRequest
      const sent = send(url, {
        agent,
        method,
        signal,
        headers: {
          accept: 'application/json',
          ...(authorization === null ? {} : { authorization: `Bearer ${authorization}` }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      })
      sent.once('error', reject)
      sent.once('response', resolve)
      sent.end(text)
    })
  }

  async function tried(request: KubeRequest): Promise<IncomingMessage> {
    try {
      return await attempt(request)
    } catch (cause) {
      const { message } = cause as Error
      throw new KubeApiError(0, 'NoAnswer', `${server.origin} does not answer: ${message}`, {
        cause,
      })
    }
  }

  return {
    async open(request) {
      let answer = await tried(request)
      if (answer.statusCode === 401 && token.forget()) {
        answer.resume()
        answer = await tried(request)
      }
      if ((answer.statusCode ?? 0) < 300) return answer
      throw await refusalOf(answer, request)
    },
    close: () => agent.destroy(),
  }
}

/**
 * The answer's JSON, whole.
 * @throws KubeApiError with status 0 when it breaks off, is too long, or is no JSON.
 */
export async function readKubeAnswer(answer: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      length += part.length
      if (length > ANSWER_BYTES_MAX) throw new Error(`it is over ${ANSWER_BYTES_MAX} bytes`)
      parts.push(part)
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch (cause) {
    const { message } = cause as Error
    throw new KubeApiError(0, 'BrokenAnswer', `The API server's answer: ${message}`, { cause })
  }
}

async function refusalOf(answer: IncomingMessage, request: KubeRequest): Promise<KubeApiError> {
  const status = answer.statusCode ?? 0
  const where = `${request.method} ${request.path}`
  const body = await readKubeAnswer(answer).catch(() => null)
  const { reason, message } = (body ?? {}) as { reason?: unknown; message?: unknown }
  return new KubeApiError(
    status,
    typeof reason === 'string' ? reason : 'Unknown',
    `${typeof message === 'string' ? message : `HTTP ${status}`} (${where})`,
  )
}

function createToken({ token, tokenFile }: KubeConfig) {
  let known: { readonly text: string; readonly atMs: number } | null = null
  return {
    async read(): Promise<string | null> {
      if (tokenFile === undefined) return token ?? null
      if (known === null || performance.now() - known.atMs > TOKEN_AGE_MAX_MS) {
        const text = (await readFile(tokenFile, 'utf8')).trim()
        known = { text, atMs: performance.now() }
      }
      return known.text
    },
    /** False when there is no other one to be had. */
    forget(): boolean {
      known = null
      return tokenFile !== undefined
    },
  }
}
