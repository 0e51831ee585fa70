import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'

/** So many events are read before the reader leaves for a while. */
const EVENTS_AT_ONCE = 20_000
const AWAY_MS = 500
const OK = 200
const GONE = 410

/** What a reader of the event stream has seen. */
export interface EventCounts {
  events: number
  /** Times it came back by `Last-Event-ID` and went on where it had been. */
  resumed: number
  /** Times that was no longer kept, and it began anew. */
  begunAnew: number
}

export interface EventReader {
  readonly counts: EventCounts
  /** Reads, leaves and comes back, until `stop`. @throws Error when events come out of order. */
  run(): Promise<void>
  stop(): void
}

/** A reader that comes and goes, as one with a bad line does. */
export function createEventReader(port: number): EventReader {
  const counts: EventCounts = { events: 0, resumed: 0, begunAnew: 0 }
  let last: string | null = null
  let isStopping = false
  let current: IncomingMessage | null = null

  async function visit(): Promise<void> {
    const headers = last === null ? {} : { 'last-event-id': last }
    const answer = await open(port, headers)
    if (answer.statusCode === GONE) {
      answer.destroy()
      last = null
      counts.begunAnew += 1
      return
    }
    if (answer.statusCode !== OK) throw new Error(`/v1/events: ${answer.statusCode}`)
    if (last !== null) counts.resumed += 1
    current = answer
    if (isStopping) answer.destroy()
    const seen = await readIds(answer, Number(last ?? -1))
    counts.events += seen.events
    if (seen.last !== null) last = String(seen.last)
    current = null
  }

  return {
    counts,
    async run() {
      isStopping = false
      while (!isStopping) {
        await visit()
        await setTimeout(AWAY_MS)
      }
    },
    stop() {
      isStopping = true
      current?.destroy()
    },
  }
}

async function open(port: number, headers: Record<string, string>): Promise<IncomingMessage> {
  const request = get({ host: '127.0.0.1', port, path: '/v1/events', headers, agent: false })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  return answer
}

/** Counts events up to a bound, or until the stream ends; each id is beyond the one before. */
async function readIds(
  answer: IncomingMessage,
  after: number,
): Promise<{ events: number; last: number | null }> {
  answer.setEncoding('latin1')
  let events = -1
  let last = after
  let rest = ''
  try {
    for await (const chunk of answer) {
      const text = rest + String(chunk)
      const end = text.lastIndexOf('\n') + 1
      rest = text.slice(end)
      for (const [, id] of text.slice(0, end).matchAll(/^id: (\d+)$/gm)) {
        const isFirst = events < 0
        if (isFirst ? Number(id) < last : Number(id) <= last) {
          throw new OutOfOrderError(`event ${id} came after ${last}`)
        }
        events += 1
        last = Number(id)
      }
      if (events >= EVENTS_AT_ONCE) break
    }
  } catch (error) {
    // A stream that is cut off ends in an error; it is taken up again by its last id.
    if (error instanceof OutOfOrderError) throw error
  }
  return { events: Math.max(0, events), last: last < 0 ? null : last }
}

class OutOfOrderError extends Error {}
