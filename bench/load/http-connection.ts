/**
 * One keep-alive HTTP/1.1 connection with one request at a time on it, no more parsing than a
 * closed loop needs: the client must cost less than the servers that it measures.
 */
import { connect } from 'node:net'

const HEAD_END = '\r\n\r\n'
const STATUS_AT = 9
const STATUS_LENGTH = 3
const NO_CONTENT = 204

export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: string
}

export interface HttpConnection {
  /** Sends a whole request; the answer goes to the connection's `onAnswer`. */
  send(text: string): void
  end(): void
}

/** Connects, and hands each answer over as it is complete; a lost connection is `onError`'s. */
export function openHttpConnection(
  port: number,
  on: {
    readonly open: () => void
    readonly answer: (answer: Answer) => void
    readonly error: (error: Error) => void
  },
): HttpConnection {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let ending = false
  let pending = ''
  let head: { readonly text: string; readonly bodyLength: number } | null = null

  function take(chunk: Buffer): void {
    pending += chunk.toString('latin1')
    if (head === null) {
      const end = pending.indexOf(HEAD_END)
      if (end < 0) return
      const text = pending.slice(0, end)
      head = { text, bodyLength: bodyLengthOf(text) }
      pending = pending.slice(end + HEAD_END.length)
    }
    if (pending.length < head.bodyLength) return
    const answer = { status: statusOf(head.text), head: head.text, body: pending }
    pending = ''
    head = null
    on.answer(answer)
  }

  socket.on('connect', on.open)
  socket.on('data', (chunk: Buffer) => {
    try {
      take(chunk)
    } catch (error) {
      on.error(error as Error)
    }
  })
  socket.on('error', on.error)
  socket.on('close', () => {
    if (!ending) on.error(new Error('the server closed a connection'))
  })
  return {
    send(text) {
      socket.write(text, 'latin1')
    },
    end() {
      ending = true
      socket.destroy()
    },
  }
}

/** The value of a header whose name is given in lower case, as Fastify writes it. */
export function headerOf(head: string, name: string): string | null {
  const at = head.indexOf(`\r\n${name}: `)
  if (at < 0) return null
  const from = at + name.length + 4
  const end = head.indexOf('\r\n', from)
  return end < 0 ? head.slice(from) : head.slice(from, end)
}

function statusOf(head: string): number {
  return Number(head.slice(STATUS_AT, STATUS_AT + STATUS_LENGTH))
}

function bodyLengthOf(head: string): number {
  if (statusOf(head) === NO_CONTENT) return 0
  const length = headerOf(head, 'content-length') ?? headerOf(head, 'Content-Length')
  if (length === null) throw new Error(`an answer without a content-length: ${head}`)
  return Number(length)
}
