import { Agent, type OutgoingHttpHeaders, request } from 'node:http'

/** No request of these tests may take longer; what does is told as a hang. */
const ANSWER_TIMEOUT_MS = 15_000

/** Enough of a stream of events to see that it has begun. */
const STREAM_TYPE = 'text/event-stream'

export interface Question {
  readonly method: string
  /** Path and query as they go on the wire. */
  readonly target: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
  /** Send the body without telling its length first. */
  readonly chunked?: boolean
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Client {
  ask(question: Question): Promise<Answer>
  close(): void
}

/** A client over real sockets, kept alive, that neither repairs nor refuses what it is given. */
export function createClient(url: string): Client {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })

  function ask({ method, target, headers = {}, body, chunked = false }: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, method, path: target, headers })
      const timer = setTimeout(() => {
        sent.destroy(new Error(`${method} ${target.slice(0, 200)} was not answered: a hang.`))
      }, ANSWER_TIMEOUT_MS)
      let answered = false
      sent.once('response', (response) => {
        answered = true
        const type = response.headers['content-type'] ?? ''
        const done = (text: string): void => {
          clearTimeout(timer)
          resolve({ status: response.statusCode ?? 0, type, headers: response.headers, text })
          if (!sent.writableFinished) sent.destroy()
        }
        if (type.startsWith(STREAM_TYPE)) {
          response.once('data', (chunk) => {
            done(String(chunk))
            response.destroy()
          })
          return
        }
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => done(Buffer.concat(chunks).toString('utf8')))
      })
      sent.on('error', (error) => {
        // The service may answer and close while a body that it will not read is still coming.
        if (answered) return
        clearTimeout(timer)
        reject(error)
      })
      if (chunked) sent.flushHeaders()
      sent.end(body)
    })
  }

  return { ask, close: () => agent.destroy() }
}
