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
  let since: number | null = watch.since
  while (!signal.aborted) {
    let pauseMs = POLL_MS
    try {
      const items = await eventsAfter(watch.daxd, since)
      since = items.at(-1)?.revision ?? since
      if (items.some(({ kind }) => KINDS.includes(kind))) watch.changed()
      if (items.length === PAGE_ITEMS) pauseMs = 0
      backoff.reset()
    } catch (err) {
      pauseMs = backoff.next()
      if (isRefusal(err, 'events_gone')) since = null
      else watch.log.warn({ err }, 'daxd does not tell its changes')
      watch.changed()
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}

/** From the oldest kept when `since` is null. */
async function eventsAfter(daxd: DaxdClient, since: number | null): Promise<readonly EventView[]> {
  const from = since === null ? '' : `&since=${since}`
  const path = `/v1/events?limit=${PAGE_ITEMS}${from}`
  const headers = { accept: 'application/json' }
  const { body } = await daxd.call({ method: 'GET', path, headers })
  return (body as { readonly items: readonly EventView[] }).items
}
