import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import type { ErrorCode } from '../core/error-codes.ts'
import { problemDocument } from '../core/problem-document.ts'
import { PROBLEM_TYPE } from './problem.ts'

/** How long the client has to read the answer before the socket is destroyed, milliseconds. */
const LINGER_MS = 1000

const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The request line and headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive in time.'],
}

/** A request and its answer, from the request's head to the answer's last byte. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** What answers clients whose bytes are no HTTP request. */
export interface ClientErrors {
  /** Told of every request, so that none is answered in another's place. */
  note(request: IncomingMessage, response: ServerResponse): void
  /** Answers on the bare socket, as a problem document, after all that was asked before. */
  answer(error: Error & { readonly code?: string }, socket: Socket): void
}

/**
 * There is no request to speak of yet, so nothing of the framework runs. What the client asked
 * before on the same connection is answered first: a change that is being made must not be told
 * as a refusal.
 */
export function createClientErrors(log: FastifyBaseLogger | null): ClientErrors {
  const exchanges = new WeakMap<Socket, Set<Exchange>>()
  const refused = new WeakSet<Socket>()
  return {
    note(request, response) {
      const { socket } = request
      const open = exchanges.get(socket) ?? new Set()
      const exchange = { request, response }
      exchanges.set(socket, open.add(exchange))
      response.once('close', () => open.delete(exchange))
    },
    answer(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable || isHandshake(error)) {
        socket.destroy()
        return
      }
      if (refused.has(socket)) return
      refused.add(socket)
      log?.debug({ err: error }, 'client error')
      // What has not arrived whole is itself what cannot be read.
      const before = [...(exchanges.get(socket) ?? [])].filter(({ request }) => request.complete)
      let left = before.length
      if (left === 0) refuse(error.code, socket)
      for (const { response } of before) {
        response.once('close', () => {
          left -= 1
          if (left === 0) refuse(error.code, socket)
        })
      }
    },
  }
}

/** A client that speaks no TLS, or none that we do, would not read an answer. */
function isHandshake({ code = '' }: { readonly code?: string }): boolean {
  return code.startsWith('ERR_SSL_') || code === 'ERR_TLS_HANDSHAKE_TIMEOUT'
}

function refuse(cause: string | undefined, socket: Socket): void {
  const [code, detail] = REFUSALS[cause ?? ''] ?? [
    'malformed' as const,
    'This is not an HTTP request.',
  ]
  if (socket.writable) socket.end(rawResponse(code, detail))
  // Closing at once would reset the connection while the client still writes, and the answer
  // would be lost with it.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

function rawResponse(code: ErrorCode, detail: string): string {
  const document = problemDocument({ code, detail })
  const body = JSON.stringify(document)
  return [
    `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
