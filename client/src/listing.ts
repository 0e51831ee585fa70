/** Collections, a page at a time or as one sequence. */
import type { Call, Caller } from './caller.ts'
import type { CallOptions } from './options.ts'

/** A list that goes on for ever is a defect; this is more than daxd has of anything. */
const PAGES_MAX = 1_000_000
/** Items of a page while iterating: the most that daxd gives at once. */
const PAGE_ITEMS = 1_000

/** One page; `next` is the cursor of the next one, null at the end. */
export interface Page<T> {
  items: T[]
  next: string | null
}

/** A collection that has not been asked for yet. Every iteration asks anew. */
export interface Listing<T> extends AsyncIterable<T> {
  /** One page: the first, or the one at a cursor; as long as `limit` says. */
  page(cursor?: string): Promise<Page<T>>
  /** Everything, in memory. */
  all(): Promise<T[]>
}

/** The collection at a path; `query` holds its filters, and how long a page shall be. */
export function listing<T>(
  caller: Caller,
  call: Pick<Call, 'path' | 'query'>,
  options: CallOptions = {},
): Listing<T> {
  const page = (cursor?: string, limit?: number): Promise<Page<T>> => {
    const query = { ...(limit === undefined ? {} : { limit }), ...call.query, cursor }
    return caller.call<Page<T>>({ method: 'GET', path: call.path, query }, options)
  }
  async function* iterate(): AsyncGenerator<T, void, undefined> {
    let cursor: string | undefined
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const { items, next } = await page(cursor, PAGE_ITEMS)
      yield* items
      if (next === null) return
      cursor = next
    }
    throw new Error(`${call.path} has over ${PAGES_MAX} pages`)
  }
  return {
    [Symbol.asyncIterator]: iterate,
    page: (cursor) => page(cursor),
    async all() {
      const items: T[] = []
      for await (const item of iterate()) items.push(item)
      return items
    },
  }
}
