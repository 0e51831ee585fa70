import { Agent, type ClientRequest, request } from 'node:http'

/** JSON as the recorder reads it. */
// biome-ignore lint/suspicious/noExplicitAny: a recorder reads many shapes of foreign JSON.
export type Body = any

export interface WireAnswer {
  readonly status: number
  readonly body: Body
}

export interface WireCall {
  readonly method: string
  readonly path: string
  readonly body?: object
  readonly key?: string
  /** Cuts the connection this long after the request was sent, milliseconds. */
  readonly cutAfterMs?: number
}

/** One client with one connection, which it opens again when it was cut. */
export interface Wire {
  /** Null when the connection broke before the answer was whole. */
  ask(call: WireCall): Promise<WireAnswer | null>
  close(): void
}

/** A client of the daemon at `url`, asked anew for every call since a daemon may move. */
export function createWire(url: () => string | Promise<string>): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    ask: async (call) => exchange(agent, await url(), call),
    close: () => agent.destroy(),
  }
}

function exchange(agent: Agent, url: string, call: WireCall): Promise<WireAnswer | null> {
  const { method, path, body, key, cutAfterMs } = call
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve) => {
    const headers = {
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    }
    const sent = request(`${url}${path}`, { agent, method, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', () => resolve(null))
      response.on('end', () => {
        if (!response.complete) return resolve(null)
        const answer = Buffer.concat(parts).toString()
        const { statusCode: status = 0 } = response
        resolve({ status, body: answer === '' ? null : JSON.parse(answer) })
      })
    })
    sent.on('error', () => resolve(null))
    sent.on('close', () => resolve(null))
    if (cutAfterMs !== undefined) cutLater(sent, cutAfterMs)
    sent.end(text)
  })
}

function cutLater(sent: ClientRequest, delayMs: number): void {
  sent.once('finish', () => setTimeout(() => sent.destroy(), delayMs))
}
