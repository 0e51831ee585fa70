import { STATUS_CODES } from 'node:http'
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

/**
 * Answers what is no HTTP request at all, on the bare socket, as a problem document. There is no
 * request to speak of yet, so nothing of the framework runs.
 */
export function createClientErrorHandler(log: FastifyBaseLogger | null) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const [code, detail] = REFUSALS[error.code ?? ''] ?? [
      'malformed' as const,
      'This is not an HTTP request.',
    ]
    log?.debug({ err: error }, 'client error')
    socket.end(rawResponse(code, detail))
    // Closing at once would reset the connection while the client still writes, and the answer
    // would be lost with it.
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
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
