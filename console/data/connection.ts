/**
 * Keeps what the page knows the same as what daxd knows: the stream of events is opened first and
 * everything is listed after, so that nothing falls between the two; what comes by both ways is
 * told apart by its revision.
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import { type Daxd, DaxdError, type Listing } from '../../client/src/index.ts'
import type { Action } from '../../src/core/policy.ts'
import type { HostState } from './host-state.ts'
import { REFERENCES_MAX } from './references.ts'
import type { Session } from './session.ts'

/** Before daxd is asked again after something that waiting may help, milliseconds. */
const AGAIN_MS = 3000

/** How things stand between the page and daxd. */
export type Connection =
  | { readonly state: 'loading' | 'live' | 'waiting' }
  | { readonly state: 'reconnecting'; readonly sinceMs: number; readonly why: string }

export interface ConnectionParts {
  readonly daxd: Daxd
  readonly state: HostState
  readonly session: Session
  /** Called when everything has been listed. */
  readonly loaded: () => void
}

/** Follows daxd until the signal ends it; the result tells how that goes. */
export function connect(parts: ConnectionParts, ended: AbortSignal): ReadonlySignal<Connection> {
  const { daxd, session } = parts
  const connection = signal<Connection>({ state: 'loading' })
  const events = createFollower(parts, connection)

  async function run(): Promise<void> {
    while (!ended.aborted) {
      try {
        session.recognised(await daxd.whoami({ signal: ended }))
        await events.follow(ended)
      } catch (error) {
        if (ended.aborted) return
        await settle(error)
      }
    }
  }

  async function settle(error: unknown): Promise<void> {
    if (error instanceof DaxdError && error.status === 401) {
      connection.value = { state: 'waiting' }
      session.refused()
      await untilEntered(session)
      connection.value = { state: 'loading' }
    } else if (!(error instanceof DaxdError && error.code === 'events_gone')) {
      lost(connection, error)
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }

  void run()
  return connection
}

function lost(connection: { value: Connection }, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error)
  const before = connection.value
  const sinceMs = before.state === 'reconnecting' ? before.sinceMs : Date.now()
  connection.value = { state: 'reconnecting', sinceMs, why }
}

function untilEntered({ isTokenWanted }: Session): Promise<void> {
  return new Promise((resolve) => {
    const stop = isTokenWanted.subscribe((isWanted) => {
      if (isWanted) return
      queueMicrotask(() => stop())
      resolve()
    })
  })
}

function createFollower(parts: ConnectionParts, connection: { value: Connection }) {
  const { daxd, state, session, loaded } = parts

  async function load(): Promise<void> {
    state.beginLoad()
    const wanted: [Action, () => Promise<void>][] = [
      ['regions:read', () => fill(daxd.regions.list(), state.regions.put)],
      ['namespaces:read', () => fill(daxd.namespaces.list(), state.namespaces.put)],
      ['claims:read', () => fill(daxd.claims.list(), state.claims.put)],
      ['devices:read', () => fill(daxd.devices.list(), state.devices.put)],
      ['leases:read', () => fill(daxd.leases.list(), state.leases.put)],
      ['operations:read', () => fill(daxd.operations.list(), state.operations.put)],
      ['handles:read', () => count('handle')],
      ['mappings:read', () => count('mapping')],
    ]
    for (const [action, go] of wanted) {
      if (session.may(action)) await go()
      state.tell()
    }
    state.endLoad()
    loaded()
  }

  async function count(kind: 'handle' | 'mapping'): Promise<void> {
    const list = kind === 'handle' ? daxd.handles.list() : daxd.mappings.list()
    let left = REFERENCES_MAX
    for await (const reference of list) {
      state.references.put(kind, reference)
      left -= 1
      if (left < 0) break
    }
  }

  /** Returns only by throwing. */
  async function follow(ended: AbortSignal): Promise<never> {
    let loading: Promise<void> | null = null
    const failed = new AbortController()
    const signal = AbortSignal.any([ended, failed.signal])
    function opened(): void {
      if (loading === null) {
        connection.value = { state: 'loading' }
        loading = load()
        loading.then(
          () => {
            if (!signal.aborted) connection.value = { state: 'live' }
          },
          (error) => failed.abort(error),
        )
      } else connection.value = { state: 'live' }
    }
    const watch = {
      signal,
      onOpen: opened,
      onLost: ({ error }: { error: Error }) => lost(connection, error),
    }
    for await (const event of daxd.events(watch)) state.apply(event)
    throw new Error('The stream of events has ended.')
  }

  return { follow }
}

async function fill<T>(listing: Listing<T>, put: (row: T) => unknown): Promise<void> {
  for await (const row of listing) put(row)
}
