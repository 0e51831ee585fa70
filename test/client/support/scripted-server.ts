import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a client has sent. */
export interface Received {
  readonly call: string
  readonly headers: IncomingMessage['headers']
}

export type Script = (response: ServerResponse, count: number, received: Received) => void

/** A server that answers as the test says, where daxd itself cannot be made to. */
export async function startScriptedServer(
  script: Script,
): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const { method, url, headers } = request
    request.resume()
    request.once('end', () => {
      const one = { call: `${method} ${url}`, headers }
      received.push(one)
      script(response, received.length, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

/** Answers JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** Answers a problem document. */
export function problem(
  response: ServerResponse,
  told: { readonly status: number; readonly code: string; readonly retryAfterS?: number },
): void {
  const { status, code, retryAfterS } = told
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  })
  response.end(
    JSON.stringify({ type: `urn:daxd:error:${code}`, title: 'No', status, code, detail: code }),
  )
}
