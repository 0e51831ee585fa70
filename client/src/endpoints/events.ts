import type { Caller } from '../caller.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions } from '../options.ts'
import { createWatcher, type WatchOptions } from '../watcher.ts'
import type { EventListQuery, EventView } from '../wire.ts'

/** Every change, in order. */
export interface Events {
  /**
   * Changes as they happen, each once; a lost connection is taken up where it was lost. Leaving
   * the loop ends the connection.
   * @throws DaxdError `events_gone` when the changes to go on with are no longer kept: what was
   * built on them must be read anew. Otherwise as `signal` and `giveUpAfterMs` say.
   */
  (options?: WatchOptions): AsyncIterable<EventView>
  /** Those that are kept, without waiting for more. */
  list(query?: EventListQuery, options?: CallOptions): Listing<EventView>
}

/** The methods on events. */
export function events(caller: Caller): Events {
  return Object.assign((options: WatchOptions = {}) => watch(caller, options), {
    list: (query?: EventListQuery, options?: CallOptions) =>
      listing<EventView>(caller, { path: '/v1/events', query: { ...query } }, options),
  })
}

async function* watch(
  caller: Caller,
  options: WatchOptions,
): AsyncGenerator<EventView, void, undefined> {
  const watcher = createWatcher(caller, options)
  try {
    for (;;) yield* await watcher.next()
  } finally {
    watcher.close()
  }
}
