import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  type EventView,
  eventAnswer,
  eventHeaders,
  eventListQuery,
  withContract,
} from '../schemas/index.ts'
import { DaxError } from '../src/core/errors.ts'
import type { EventFeed, FeedEvent } from '../src/services/event-feed.ts'
import { cursorOf, seqOf } from './pages.ts'
import type { RouteDeps } from './route-deps.ts'
import { instant } from './views.ts'

/** Watchers at once; each costs a socket and a buffer. */
const WATCHERS_MAX = 1000
/** A watcher that is this far behind is cut off; it comes back with its Last-Event-ID. */
const BACKLOG_MAX_BYTES = 4 * 1024 * 1024
/** Proxies cut silent connections; a comment now and then keeps them open. */
const HEARTBEAT_MS = 15_000
/** Kept events sent at once to a watcher that catches up. */
const CATCH_UP_LIMIT = 1000

/** Events: every change in order, streamed or as a collection. */
export function eventRoutes({ services }: RouteDeps): FastifyPluginAsyncZod {
  const { events } = services
  const open = new Set<Readable>()
  return async (app) => {
    // Streams never end by themselves, and closing waits for every answer.
    app.addHook('preClose', (done) => {
      for (const stream of open) stream.push(null)
      done()
    })
    app.get(
      '/v1/events',
      {
        schema: withContract({
          summary: 'Every change in order: a stream, or a collection with Accept: application/json',
          tags: ['events'],
          headers: eventHeaders,
          querystring: eventListQuery,
          response: { 200: eventAnswer },
        }),
      },
      async (request, reply) => {
        const { query, headers } = request
        if (wantsJson(request.headers.accept)) return reply.send(await collect(events, query))
        if (events.watchers() >= WATCHERS_MAX) {
          throw new DaxError('overloaded', `${WATCHERS_MAX} watchers are connected already.`)
        }
        const after = headers['last-event-id'] ?? query.since ?? events.newest()
        const stream = await openStream(events, after)
        open.add(stream)
        stream.once('close', () => open.delete(stream))
        reply.raw.once('close', () => stream.destroy())
        reply.headers({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
        reply.serializer((payload) => payload as string)
        return reply.send(stream as never)
      },
    )
  }
}

function wantsJson(accept: string | undefined): boolean {
  return accept !== undefined && /application\/json/i.test(accept)
}

async function collect(
  events: EventFeed,
  query: { readonly limit: number; readonly cursor?: string; readonly since?: number },
): Promise<{ items: EventView[]; next: string | null }> {
  const after = query.cursor === undefined ? (query.since ?? null) : seqOf(query.cursor, 'event')
  const found = await events.since(after, query.limit)
  const last = found.at(-1)
  const next = last !== undefined && found.length === query.limit ? last.revision : null
  const items = found.map(({ object, ...event }) => ({
    ...headOf(event),
    ...(object === undefined ? {} : { object: JSON.parse(object) as unknown }),
  }))
  return { items, next: next === null ? null : cursorOf(next, 'event') }
}

function headOf(event: Omit<FeedEvent, 'object'>): Omit<EventView, 'object'> {
  const { revision, at_ms, type, kind, id } = event
  return { revision, at: instant(at_ms), type, kind, id }
}

/** One event as the stream carries it; the object is JSON already and is put in as it is. */
function frameOf({ object, ...event }: FeedEvent): string {
  const head = JSON.stringify(headOf(event))
  const data = object === undefined ? head : `${head.slice(0, -1)},"object":${object}}`
  return `id: ${event.revision}\nevent: ${event.kind}\ndata: ${data}\n\n`
}

/**
 * A stream of every event after a revision. Live events that arrive while the kept ones are read
 * wait their turn, so nothing is missed and nothing comes twice.
 */
async function openStream(events: EventFeed, after: number): Promise<Readable> {
  const stream = new Readable({ read: () => undefined })
  let told = after
  let waiting: FeedEvent[] | null = []
  const push = (group: readonly FeedEvent[]): void => {
    const fresh = group.filter(({ revision }) => revision > told)
    if (fresh.length === 0 || stream.destroyed) return
    told = fresh.at(-1)?.revision ?? told
    stream.push(fresh.map(frameOf).join(''))
    if (stream.readableLength > BACKLOG_MAX_BYTES) stream.destroy()
  }
  const unsubscribe = events.subscribe((group) => {
    if (waiting === null) push(group)
    else waiting.push(...group)
  })
  stream.once('close', unsubscribe)
  const heartbeat = setInterval(() => stream.push(': keep-alive\n\n'), HEARTBEAT_MS)
  stream.once('close', () => clearInterval(heartbeat))
  try {
    stream.push('retry: 1000\n\n')
    for (;;) {
      const kept = await events.since(told, CATCH_UP_LIMIT)
      push(kept)
      if (kept.length < CATCH_UP_LIMIT || stream.destroyed) break
    }
  } catch (error) {
    stream.destroy()
    throw error
  }
  push(waiting)
  waiting = null
  return stream
}
