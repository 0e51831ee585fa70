/**
 * What the service has told of itself: the stream of events, kept over restarts as a watcher with
 * Last-Event-ID does, and everything that any answer has shown. Every shown value must be one that
 * an event tells of, and the events together must give the state that is listed.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Shown } from './audit.ts'
import type { Followed } from './audited.ts'
import { type Body, call } from './http.ts'
import { idOf, without } from './record.ts'

export interface Witness {
  /** The revision of the newest event. */
  newest: number
  /** The newest revision at the last check. */
  checked: number
  /** Events since the last check, by revision. */
  readonly window: Map<number, Body>
  /** Every object as its last event told it: at the last check, and now. */
  base: Map<string, Body>
  readonly now: Map<string, Body>
  /** Values shown since the last check, by object and revision. */
  readonly seen: Map<string, { readonly kind: string; readonly body: Body }>
  readonly faults: string[]
  /** How far the audit was followed. */
  readonly audit: Followed
}

export function createWitness(): Witness {
  return {
    newest: 0,
    checked: 0,
    window: new Map(),
    base: new Map(),
    now: new Map(),
    seen: new Map(),
    faults: [],
    audit: { number: 0, hash: null },
  }
}

/** What follows from other objects, or from the time, and changes without a revision. */
const DERIVED: Readonly<Record<string, readonly string[]>> = {
  region: ['available_size', 'max_available_extent', 'shares', 'unshared_available_size'],
  device: ['refs', 'observed', 'revoked'],
  namespace: ['revoked'],
  claim: ['revoked'],
}

/** A name of a device is reused; which bearer is meant, its creation tells. */
function keyOfObject(kind: string, body: Body): string {
  const id = idOf(kind, body)
  return kind === 'device' ? `device ${id} ${body.created_at}` : `${kind} ${id}`
}

export function see(witness: Witness, kind: string, body: Body): void {
  const key = `${keyOfObject(kind, body)} ${body.revision}`
  const { kind: _kind, ...known } = witness.seen.get(key) ?? { kind, body }
  if (!isSame(kind, known.body, body)) {
    witness.faults.push(`${key} was shown in two ways: ${JSON.stringify([known.body, body])}`)
  }
  witness.seen.set(key, { kind, body })
}

function isSame(kind: string, left: Body, right: Body): boolean {
  const derived = DERIVED[kind] ?? []
  return isDeepStrictEqual(without(left, derived), without(right, derived))
}

/** Reads the stream from where it was left until the daemon is gone. */
export async function watchEvents(url: string, witness: Witness): Promise<void> {
  try {
    const headers = { accept: 'text/event-stream', 'last-event-id': String(witness.newest) }
    const response = await fetch(`${url}/v1/events`, { headers })
    if (response.status !== 200 || response.body === null) {
      witness.faults.push(`events since ${witness.newest}: ${response.status}`)
      return
    }
    let rest = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (rest + chunk).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) takeFrame(witness, frame)
    }
  } catch {
    // The daemon was killed; half a frame is none.
  }
}

function takeFrame(witness: Witness, frame: string): void {
  const data = /^data: (.*)$/m.exec(frame)?.[1]
  if (data === undefined) return
  const event = JSON.parse(data) as Body
  if (!frame.includes(`id: ${event.revision}\n`)) witness.faults.push(`a frame's id: ${frame}`)
  takeEvent(witness, event)
}

function takeEvent(witness: Witness, event: Body): void {
  const { revision, type, kind, id, object } = event
  const { now, window, faults } = witness
  if (revision <= witness.newest) faults.push(`event ${revision} after ${witness.newest}`)
  witness.newest = revision
  window.set(revision, event)
  // Idle slots and removed bearers are in no listing, so that none may be missed here.
  if (kind === 'device' && type === 'deleted') return void now.delete(keyOfObject(kind, object))
  const key = type === 'deleted' ? `${kind} ${id}` : keyOfObject(kind, object)
  const isKnown = now.has(key)
  if (isKnown === (type === 'created')) faults.push(`event ${revision}: ${key} ${type}: a gap`)
  if (type === 'deleted') now.delete(key)
  else {
    if (object.revision !== revision) faults.push(`event ${revision} tells of ${object.revision}`)
    now.set(key, object)
  }
}

const CAUGHT_UP_TRIES = 3000
const CAUGHT_UP_PAUSE_MS = 10

/** Waits until the stream has told all that there is; the newest revision then. */
export async function catchUp(url: string, witness: Witness): Promise<number> {
  for (let tries = 0; tries < CAUGHT_UP_TRIES; tries += 1) {
    const answer = await eventsSince(url, witness.newest)
    if (answer.length === 0) return witness.newest
    await new Promise((resolve) => setTimeout(resolve, CAUGHT_UP_PAUSE_MS))
  }
  throw new Error(`the stream of events stays behind at ${witness.newest}`)
}

async function eventsSince(url: string, since: number): Promise<Body[]> {
  const items: Body[] = []
  let query: string | null = `since=${since}`
  while (query !== null) {
    const headers = { accept: 'application/json' }
    const answer = await call(url, 'GET', `/v1/events?limit=1000&${query}`, { headers })
    if (answer?.status !== 200) throw new Error(`events: ${JSON.stringify(answer)}`)
    items.push(...answer.body.items)
    const { next } = answer.body
    query = next === null ? null : `cursor=${encodeURIComponent(next)}`
  }
  return items
}

/** The events from the last check to the newest told, as a page-wise reader gets them now. */
export async function collectedSince(url: string, told: Witness): Promise<Body[]> {
  const kept = await eventsSince(url, told.checked)
  return kept.filter(({ revision }) => revision <= told.newest)
}

/** What contradicts what: the stream, the kept events, the answers and the listings. */
export function witnessFaults(
  witness: Witness,
  shown: Shown,
  collected: readonly Body[],
): string[] {
  const streamed = [...witness.window.values()]
  const found = [...witness.faults]
  for (const [at, event] of streamed.entries()) {
    if (isDeepStrictEqual(event, collected[at])) continue
    found.push(`streamed ${JSON.stringify(event)}, kept ${JSON.stringify(collected[at])}`)
    break
  }
  if (collected.length !== streamed.length) {
    found.push(`${streamed.length} events were streamed, ${collected.length} are kept`)
  }
  return [...found, ...seenFaults(witness), ...listFaults(witness, shown)]
}

/** Whatever was shown before the crash must have happened. */
function seenFaults({ seen, window, base }: Witness): string[] {
  const found: string[] = []
  for (const { kind, body } of seen.values()) {
    const event = window.get(body.revision)
    const before = base.get(keyOfObject(kind, body))
    const told = event?.object ?? (before?.revision === body.revision ? before : undefined)
    if (told === undefined) {
      found.push(`${kind} ${idOf(kind, body)} was shown, and no event has it: ${text(body)}`)
    } else if (!isSame(kind, told, body)) {
      found.push(`${kind} ${idOf(kind, body)}: the event ${text(told)}, shown ${text(body)}`)
    }
  }
  return found
}

function listFaults({ now }: Witness, { things, devices, operations, regions }: Shown): string[] {
  const found: string[] = []
  const listed = new Map<string, readonly [kind: string, body: Body]>()
  const kinds = { ...things, device: devices, operation: operations }
  for (const [kind, items] of Object.entries(kinds)) {
    for (const item of items) listed.set(keyOfObject(kind, item), [kind, item])
  }
  for (const { region } of regions) listed.set(`region ${region.id}`, ['region', region])
  for (const [key, [kind, item]] of listed) {
    const told = now.get(key)
    if (told === undefined) found.push(`${key} is listed, and the events have it not`)
    else if (!isSame(kind, told, item)) {
      found.push(`${key}: the events give ${text(told)}, listed is ${text(item)}`)
    }
  }
  for (const key of now.keys()) {
    if (listed.has(key) || key.startsWith('device ')) continue
    found.push(`${key} is in the events, and not listed: ${text(now.get(key))}`)
  }
  return found
}

function text(body: Body): string {
  return JSON.stringify(body)
}

/** What was checked, `told`, is the ground that the next check stands on. */
export function closeWindow(witness: Witness, told: Witness, { devices }: Shown): void {
  const there = new Set(devices.map((device) => keyOfObject('device', device)))
  for (const [key, body] of told.now) {
    if (key.startsWith('device ') && body.size > 0 && !there.has(key)) witness.now.delete(key)
  }
  for (const revision of told.window.keys()) witness.window.delete(revision)
  witness.base = told.now
  witness.seen.clear()
  witness.checked = told.newest
}

/**
 * Why a lease that ended by itself should not have: it was still to live when it ended. The clock
 * of the end is the monotonic one, so some milliseconds between the two are nobody's fault.
 */
export function endedEarly({ window, base }: Witness, lease: string): string | null {
  let expires = base.get(`lease ${lease}`)?.expires_at as string | undefined
  for (const { kind, id, type, object, at } of window.values()) {
    if (kind !== 'lease' || id !== lease) continue
    if (type !== 'deleted') expires = object.expires_at
    else if (expires !== undefined && Date.parse(at) < Date.parse(expires) - CLOCKS_APART_MS) {
      return `lease ${lease} ended at ${at}, before its time at ${expires}`
    }
  }
  return null
}

const CLOCKS_APART_MS = 50
