import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What the proxy does wrong, now and then. */
export type Lie =
  | 'a read is answered from the time before'
  | 'a deletion is answered before it is done'
  | 'an open is sent twice'
  | 'a mapping is granted though it was refused'
  | 'nothing'

const LIE_PROBABILITY = 0.3
const LATE_MS = 40

interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** A proxy in front of a daemon that lies to its clients in one way. */
export async function startLyingProxy(
  target: string,
  lie: Lie,
  random: () => number,
): Promise<string> {
  /** The last answer to a read of each path, and to any grant. */
  const before = new Map<string, Answer>()
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing).catch(() => outgoing.destroy())
  })

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    const body = Buffer.concat(parts)
    const { method = 'GET', url = '/' } = incoming
    const pass = (): Promise<Answer> => forward(target, incoming, body)
    const old = before.get(url)
    const isLying = random() < LIE_PROBABILITY
    if (isLying && lie === 'a read is answered from the time before' && method === 'GET' && old) {
      return send(outgoing, old)
    }
    if (isLying && lie === 'a deletion is answered before it is done' && method === 'DELETE') {
      setTimeout(() => void pass().catch(() => undefined), LATE_MS)
      return send(outgoing, { status: 204, body: Buffer.alloc(0) })
    }
    const answer = await pass()
    if (isLying && lie === 'an open is sent twice' && url.endsWith('/handles')) {
      if (method === 'POST') await pass()
    }
    if (answer.status === 200 && method === 'GET') before.set(url, answer)
    if (url === '/v1/mappings' && answer.status === 201) before.set('grant', answer)
    const grant = before.get('grant')
    const isRefused = url === '/v1/mappings' && answer.status === 409
    if (lie === 'a mapping is granted though it was refused' && isRefused && grant) {
      return send(outgoing, grant)
    }
    send(outgoing, answer)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function send(outgoing: ServerResponse, { status, body }: Answer): void {
  outgoing.writeHead(status, { 'content-length': body.length, 'content-type': 'application/json' })
  outgoing.end(body)
}

function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method, url, headers } = incoming
  return new Promise((resolve, reject) => {
    const sent = request(`${target}${url}`, { method, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 502, body: Buffer.concat(parts) }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
