import { Readable } from 'node:stream'
import type { Principal } from '../src/core/principal.ts'
import type { EventFeed, FeedEvent } from '../src/services/event-feed.ts'
import { hears } from '../src/services/ownership.ts'

/** Events read from the feed at once; what a slow watcher keeps in memory is about so much. */
const PAGE_LENGTH = 64
/** Bytes that a watcher has waiting before nothing more is read for it. */
const BUFFER_BYTES = 64 * 1024
/** Proxies cut silent connections; a comment now and then keeps them open. */
const HEARTBEAT_MS = 15_000
/** A watcher that takes nothing for so long though there is something to take is cut off. */
const STALLED_MS = 30_000
/** Pages kept in the form of frames, for watchers that are at the same place. */
const PAGES_KEPT = 16

/** Draws events as frames of a stream; of another tenant's only that time has gone on. */
export type Draw = (events: readonly FeedEvent[]) => Buffer

/** A drawing that remembers the newest pages: most watchers want the same. */
export function drawOnce(frameOf: (event: FeedEvent) => string): (caller: Principal) => Draw {
  const pages = new Map<string, Buffer>()
  return (caller) => (events) => {
    const newest = events.at(-1)?.revision
    const key = `${caller.tenant ?? ''} ${events[0]?.revision}-${newest}`
    const known = pages.get(key)
    if (known !== undefined) return known
    const told = events.filter(({ kind, tenant = null }) => hears(caller, kind, tenant))
    // An id without data is no event: it only tells where to come back.
    const mark = told.at(-1)?.revision === newest ? '' : `id: ${newest}\n\n`
    const page = Buffer.from(`${told.map(frameOf).join('')}${mark}`)
    pages.set(key, page)
    const [oldest] = pages.keys()
    if (pages.size > PAGES_KEPT && oldest !== undefined) pages.delete(oldest)
    return page
  }
}

/** Who watches, and how that is drawn. */
export interface Watcher {
  readonly draw: Draw
  readonly tenant: string | null
}

/** An open stream of events. */
export interface EventStream {
  readonly readable: Readable
  /** Tells no more, and lets the reader have what is on its way. */
  end(): void
}

/** Times of a watcher, so that tests need not wait for them. */
export interface WatchTimes {
  readonly heartbeatMs: number
  readonly stalledMs: number
}

const TIMES: WatchTimes = { heartbeatMs: HEARTBEAT_MS, stalledMs: STALLED_MS }

/**
 * A stream of every event after a revision. It asks the feed for the next page when its reader has
 * taken the last, by the revision told last: nothing is missed, nothing comes twice, and what waits
 * for a slow reader stays in the feed and not in memory of its own. A reader that takes nothing, or
 * has fallen behind what the feed keeps, is cut off and may come back with its Last-Event-ID.
 * @throws DaxError `events_gone`, `overloaded` when too many watch.
 */
export async function openEventStream(
  feed: EventFeed,
  after: number,
  { draw, tenant }: Watcher,
  times: WatchTimes = TIMES,
): Promise<EventStream> {
  let told = after
  let isFilling = false
  let isWanted = true
  let hasEnded = false
  let lastTaken = performance.now()
  const stream = new Readable({
    highWaterMark: BUFFER_BYTES,
    read() {
      isWanted = true
      lastTaken = performance.now()
      void fill()
    },
  })
  const leave = feed.subscribe(() => void fill(), tenant)
  const forget = (): void => {
    hasEnded = true
    leave()
    clearInterval(beats)
  }
  stream.once('close', forget)

  async function fill(): Promise<void> {
    if (isFilling) return
    isFilling = true
    try {
      while (isWanted && !hasEnded && feed.newest() > told) {
        const events = await feed.since(told, PAGE_LENGTH)
        if (events.length === 0 || hasEnded) break
        told = events.at(-1)?.revision ?? told
        isWanted = stream.push(draw(events))
      }
    } catch {
      feed.cutOff()
      stream.destroy()
    } finally {
      isFilling = false
    }
  }

  const beats = setInterval(() => {
    if (hasEnded) return
    if (isWanted) isWanted = stream.push(': keep-alive\n\n')
    else if (performance.now() - lastTaken > times.stalledMs) {
      feed.cutOff()
      stream.destroy()
    }
  }, times.heartbeatMs)
  try {
    await feed.since(told, 1)
    // Where it begins: a watcher that is cut off before the first event comes back to here.
    isWanted = stream.push(`id: ${told}\nretry: 1000\n\n`)
    void fill()
    return {
      readable: stream,
      end() {
        if (hasEnded) return
        hasEnded = true
        stream.push(null)
      },
    }
  } catch (error) {
    forget()
    stream.destroy()
    throw error
  }
}
