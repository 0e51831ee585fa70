import { type Agent, type IncomingMessage, request } from 'node:http'
import type { DaxdAddress } from './daxd-address.ts'

/** The largest answer that is read; a page of a thousand objects is far smaller. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024

/** One HTTP request to daxd. */
export interface DaxdCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** What came back, whatever its status. */
export interface DaxdAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** The parsed JSON, null for an empty body. */
  readonly body: unknown
}

/**
 * Sends one request and reads its answer within `timeoutMs`, connecting included.
 * @throws Error when there is no whole answer: whether daxd has done it is unknown then.
 */
export function callDaxd(
  address: DaxdAddress,
  agent: Agent,
  call: DaxdCall,
  timeoutMs: number,
): Promise<DaxdAnswer> {
  const { method, path, body, headers } = call
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request({
      agent,
      method,
      path,
      signal: AbortSignal.timeout(timeoutMs),
      ...(address.kind === 'unix'
        ? { socketPath: address.path }
        : { host: address.host, port: address.port }),
      headers: {
        accept: 'application/json',
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
    })
    sent.once('error', reject)
    sent.once('response', (answer) => {
      readBody(answer).then((body) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      }, reject)
    })
    sent.end(text)
  })
}

async function readBody(answer: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length
    if (length > ANSWER_BYTES_MAX)
      throw new Error(`daxd's answer is over ${ANSWER_BYTES_MAX} bytes`)
    parts.push(part)
  }
  return length === 0 ? null : JSON.parse(Buffer.concat(parts).toString('utf8'))
}
