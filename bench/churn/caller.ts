import { type Answer, openHttpConnection } from '../load/http-connection.ts'

/** One request and the statuses that may answer it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly expect: readonly number[]
}

/** A keep-alive connection on which one request at a time is awaited. */
export interface Caller {
  /** @throws Error with the answer when its status is not one that is expected. */
  call(call: Call): Promise<Answer>
  end(): void
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Connects to daxd on this host. @throws Error when it does not answer there. */
export function openCaller(port: number): Promise<Caller> {
  let waiting: Waiting | null = null
  let lost: Error | null = null
  return new Promise((opened, refused) => {
    const connection = openHttpConnection(port, {
      open: () => opened({ call, end: () => connection.end() }),
      answer(answer) {
        const asked = waiting
        waiting = null
        asked?.resolve(answer)
      },
      error(error) {
        lost = error
        refused(error)
        waiting?.reject(error)
      },
    })
    async function call(wanted: Call): Promise<Answer> {
      if (lost !== null) throw lost
      const answer = await new Promise<Answer>((resolve, reject) => {
        waiting = { resolve, reject }
        connection.send(textOf(wanted))
      })
      if (wanted.expect.includes(answer.status)) return answer
      const { method, path, expect } = wanted
      const told = `${method} ${path}: ${answer.status}, not ${expect.join(' or ')}`
      throw new Error(`${told}: ${answer.body.slice(0, TOLD_LENGTH)}`)
    }
  })
}

const TOLD_LENGTH = 2000

function textOf({ method, path, body, headers = {} }: Call): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body !== undefined) {
    lines.push('content-type: application/json', `content-length: ${text.length}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n${text}`
}

/** The body as the JSON that it is. */
export function jsonOf<T>({ body }: Answer): T {
  return JSON.parse(body) as T
}

/** All items of a collection, page by page, in the order of the collection. */
export async function itemsOf<T>(caller: Caller, path: string): Promise<T[]> {
  const items: T[] = []
  const mark = path.includes('?') ? '&' : '?'
  for (let cursor = ''; ; ) {
    const page = await caller.call({
      method: 'GET',
      path: `${path}${mark}limit=1000${cursor}`,
      headers: { accept: 'application/json' },
      expect: [200],
    })
    const { items: some, next } = jsonOf<{ items: T[]; next: string | null }>(page)
    items.push(...some)
    if (next === null) return items
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
}
