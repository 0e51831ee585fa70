/** What a call was answered with; null when there was no answer. */
export interface Answer {
  readonly status: number
  readonly body: Body
  readonly replayed: boolean
}

/** JSON as the tests read it. */
// biome-ignore lint/suspicious/noExplicitAny: the tests read many shapes of foreign JSON.
export type Body = any

export interface CallOptions {
  readonly body?: object
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One HTTP call; null when the connection broke before the answer was whole. */
export async function call(
  url: string,
  method: string,
  path: string,
  { body, key, headers = {} }: CallOptions = {},
): Promise<Answer | null> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: text === '' ? null : JSON.parse(text),
      replayed: response.headers.get('idempotency-replayed') === 'true',
    }
  } catch {
    return null
  }
}

/** The same, where an answer is expected with one of these statuses. */
export async function must(
  url: string,
  method: string,
  path: string,
  options: CallOptions & { readonly status?: readonly number[] } = {},
): Promise<Body> {
  const answer = await call(url, method, path, options)
  const { status = [200, 201, 204] } = options
  if (answer !== null && status.includes(answer.status)) return answer.body
  throw new Error(`${method} ${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`)
}

/** Every item of a collection, page by page. */
export async function list(url: string, path: string): Promise<Body[]> {
  const items: Body[] = []
  let cursor: string | null = null
  do {
    const mark = path.includes('?') ? '&' : '?'
    const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: Body = await must(url, 'GET', `${path}${mark}limit=1000${more}`)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return items
}
