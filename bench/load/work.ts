import { type Answer, headerOf } from './http-connection.ts'

/** What the connections of a load do. */
export type WorkOrder =
  | { readonly kind: 'post'; readonly path: string; readonly body: string }
  | { readonly kind: 'get'; readonly paths: readonly string[] }
  | { readonly kind: 'map-unmap'; readonly handles: readonly string[]; readonly length: number }
  | {
      readonly kind: 'batch'
      readonly handles: readonly string[]
      readonly length: number
      readonly count: number
    }

/** One request. */
export interface Step {
  readonly text: string
  /** How many operations it carries. */
  readonly operations: number
  /** True when its answer leaves nothing behind on the server. */
  readonly isLast: boolean
}

/** The next request of a connection after the answer to its last one; null before the first. */
export type Work = (answer: Answer | null) => Step

const HEADERS = 'host: 127.0.0.1\r\n'
const CREATED = 201
const OK = 200

/** The work of the `index`-th connection. */
export function createWork(order: WorkOrder, index: number): Work {
  switch (order.kind) {
    case 'post': {
      const step = { text: post(order.path, order.body), operations: 1, isLast: true }
      return () => step
    }
    case 'get':
      return getInTurn(order.paths, index)
    case 'map-unmap':
      return mapAndUnmap(order, index)
    default:
      return batches(order, index)
  }
}

function getInTurn(paths: readonly string[], index: number): Work {
  const steps = paths.map((path) => ({
    text: `GET ${path} HTTP/1.1\r\n${HEADERS}\r\n`,
    operations: 1,
    isLast: true,
  }))
  let turn = index
  return () => {
    turn += 1
    return at(steps, turn)
  }
}

/** Maps, unmaps what was mapped, and goes on to the next handle. */
function mapAndUnmap(
  { handles, length }: { readonly handles: readonly string[]; readonly length: number },
  index: number,
): Work {
  const maps = handles.map((handle) => ({
    text: post('/v1/mappings', JSON.stringify({ handle, length })),
    operations: 1,
    isLast: false,
  }))
  let turn = index
  return (answer) => {
    if (answer?.status === CREATED) {
      const path = headerOf(answer.head, 'location')
      return {
        text: `DELETE ${path} HTTP/1.1\r\n${HEADERS}\r\n`,
        operations: 1,
        isLast: true,
      }
    }
    turn += 1
    return at(maps, turn)
  }
}

/** A batch of maps, then a batch that unmaps them: no batch undoes itself. */
function batches(
  order: { handles: readonly string[]; length: number; count: number },
  index: number,
): Work {
  const { handles, length, count } = order
  let turn = index
  let isMapped = false
  return (answer) => {
    isMapped = !isMapped && answer?.status === OK
    if (isMapped && answer !== null) {
      const ids = [...answer.body.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id)
      const operations = ids.map((id) => ({ op: 'unmap', id }))
      return { text: batch(operations), operations: ids.length, isLast: true }
    }
    turn += 1
    const handle = at(handles, turn)
    const operations = Array.from({ length: count }, () => ({ op: 'map', handle, length }))
    return { text: batch(operations), operations: count, isLast: false }
  }
}

function batch(operations: readonly object[]): string {
  return post('/v1/batch', JSON.stringify({ atomic: true, operations }))
}

function post(path: string, body: string): string {
  const headers = `${HEADERS}content-type: application/json\r\ncontent-length: ${body.length}\r\n`
  return `POST ${path} HTTP/1.1\r\n${headers}\r\n${body}`
}

function at<T>(list: readonly T[], turn: number): T {
  const item = list[turn % list.length]
  if (item === undefined) throw new Error('there is nothing to ask for')
  return item
}
