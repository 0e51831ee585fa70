import { setTimeout as sleep } from 'node:timers/promises'
import type { EventView } from '../../schemas/event.ts'
import type { Log } from '../ports/log.ts'
import { createBackoff } from './backoff.ts'
import type { DaxdClient } from './daxd-client.ts'
import { isRefusal } from './daxd-error.ts'

const POLL_MS = 1_000
const PAGE_ITEMS = 1_000
/** What a change of changes what can be had of the host. */
const KINDS: readonly EventView['kind'][] = ['region', 'namespace', 'device', 'claim']

export interface HostWatch {
  readonly daxd: DaxdClient
  readonly log: Log
  /** Changes after this revision are told. */
  readonly since: number
  readonly changed: () => void
}

/**
 * Calls `changed` whenever daxd's memory has changed, until the signal aborts. Asking once a second
 * costs little, and needs no connection that has to be watched over. What was missed while daxd was
 * away, or is not kept any more, counts as a change.
 */
export async function watchHost(watch: HostWatch, signal: AbortSignal): Promise<void> {
  const backoff = createBackoff()
  let since: Place = { since: watch.since }
  while (!signal.aborted) {
    let pauseMs = POLL_MS
    try {
      const { items, next } = await eventsAfter(watch.daxd, since)
      const last = items.at(-1)?.revision
      // A page may be short, or empty, and yet not the last: of others only the time is told.
      if (next !== null) since = { cursor: next }
      else if (last !== undefined) since = { since: last }
      if (items.some(({ kind }) => KINDS.includes(kind))) watch.changed()
      if (next !== null) pauseMs = 0
      backoff.reset()
    } catch (err) {
      pauseMs = backoff.next()
      if (isRefusal(err, 'events_gone')) since = {}
      else watch.log.warn({ err }, 'daxd does not tell its changes')
      watch.changed()
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}

/** Where to go on; neither is at the oldest kept. */
interface Place {
  readonly since?: number
  readonly cursor?: string
}

interface Page {
  readonly items: readonly EventView[]
  readonly next: string | null
}

async function eventsAfter(daxd: DaxdClient, { since, cursor }: Place): Promise<Page> {
  const from = since === undefined ? '' : `&since=${since}`
  const on = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
  const path = `/v1/events?limit=${PAGE_ITEMS}${from}${on}`
  const headers = { accept: 'application/json' }
  const { body } = await daxd.call({ method: 'GET', path, headers })
  return body as Page
}
