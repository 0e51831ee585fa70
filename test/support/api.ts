import { Agent } from 'node:http'
import supertest from 'supertest'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

export interface Ask {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer as a client sees it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // Answers are compared whole by `toEqual`; their fields are read freely.
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire carries
  readonly body: any
  readonly text: string
}

/** Asks a listening daemon over a real socket. */
export interface Api {
  ask(method: Method, path: string, ask?: Ask): Promise<Answer>
  /** The same, and the body of the answer; throws unless the status is the one expected. */
  ok(method: Method, path: string, status: number, ask?: Ask): Promise<Answer['body']>
  get(path: string): Promise<Answer['body']>
  /** A POST that makes something (201). */
  make(path: string, body: unknown): Promise<Answer['body']>
  /** A POST that changes something (200). */
  act(path: string, body?: unknown): Promise<Answer['body']>
  /** A DELETE with nothing to tell (204). */
  remove(path: string): Promise<void>
}

/** Everything of a problem document that is a promise; the sentences are not. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly errno?: string
}

/** The refusal that an answer carries, read from body and status line. */
export function refusal({ status, headers, body }: Answer): Refusal {
  if (headers['content-type']?.startsWith('application/problem+json') !== true) {
    throw new Error(`not a problem document: ${status} ${JSON.stringify(body)}`)
  }
  if (body.status !== status || body.type !== `urn:daxd:error:${body.code}`) {
    throw new Error(`a problem that contradicts itself: ${status} ${JSON.stringify(body)}`)
  }
  const { code, errno } = body
  return { status, code, ...(errno === undefined ? {} : { errno }) }
}

export function createApi(url: string): Api & { close(): void } {
  const agent = new Agent({ keepAlive: true })
  const client = supertest(url)

  async function ask(method: Method, path: string, { body, headers = {} }: Ask = {}) {
    let request = client[method](path)
      .agent(agent)
      .ok(() => true)
    for (const [name, value] of Object.entries(headers)) request = request.set(name, value)
    if (body !== undefined) request = request.send(body as object)
    const answer = await request
    const { status, text } = answer
    return { status, headers: answer.headers, body: answer.body, text }
  }

  async function ok(method: Method, path: string, status: number, given?: Ask) {
    const answer = await ask(method, path, given)
    if (answer.status === status) return answer.body
    throw new Error(`${method} ${path}: ${answer.status} instead of ${status}: ${answer.text}`)
  }

  return {
    ask,
    ok,
    get: (path) => ok('get', path, 200),
    make: (path, body) => ok('post', path, 201, { body }),
    act: (path, body) => ok('post', path, 200, body === undefined ? {} : { body }),
    remove: async (path) => void (await ok('delete', path, 204)),
    close: () => agent.destroy(),
  }
}
