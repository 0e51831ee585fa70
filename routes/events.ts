import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  type EventView,
  eventAnswer,
  eventHeaders,
  eventListQuery,
  withContract,
} from '../schemas/index.ts'
import type { Principal } from '../src/core/principal.ts'
import type { EventFeed, FeedEvent } from '../src/services/event-feed.ts'
import { hears } from '../src/services/ownership.ts'
import { drawOnce, type EventStream, openEventStream } from './event-stream.ts'
import { cursorOf, seqOf } from './pages.ts'
import type { RouteDeps } from './route-deps.ts'
import { instant } from './view-parts.ts'

/** Events: every change in order, streamed or as a collection. */
export function eventRoutes({ services }: RouteDeps): FastifyPluginAsyncZod {
  const { events } = services
  const open = new Set<EventStream>()
  const draw = drawOnce(frameOf)
  return async (app) => {
    // Streams never end by themselves, and closing waits for every answer.
    app.addHook('preClose', (done) => {
      for (const stream of open) stream.end()
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
        const { query, headers, principal } = request
        if (wantsJson(headers.accept)) return reply.send(await collect(events, query, principal))
        const after = headers['last-event-id'] ?? query.since ?? events.newest()
        const stream = await openEventStream(events, after, {
          draw: draw(principal),
          tenant: principal.tenant,
        })
        open.add(stream)
        stream.readable.once('close', () => open.delete(stream))
        reply.raw.once('close', () => stream.readable.destroy())
        reply.headers({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
        reply.serializer((payload) => payload as string)
        return reply.send(stream.readable as never)
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
  caller: Principal,
): Promise<{ items: EventView[]; next: string | null }> {
  const after = query.cursor === undefined ? (query.since ?? null) : seqOf(query.cursor, 'event')
  const found = await events.since(after, query.limit)
  const last = found.at(-1)
  const next = last !== undefined && found.length === query.limit ? last.revision : null
  const told = found.filter(({ kind, tenant = null }) => hears(caller, kind, tenant))
  const items = told.map(({ object, ...event }) => ({
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
