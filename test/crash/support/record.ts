import type { Answer, Body, CallOptions } from './http.ts'

export type ThingKind = 'namespace' | 'handle' | 'mapping' | 'lease' | 'claim'

/** One object as a client knows it; its label `op` is its key, whatever id the service gave. */
export interface Thing {
  readonly key: string
  readonly kind: ThingKind
  /** What the service calls it; null while no answer has told. */
  id: string | null
  /** The key of the lease it lives by. */
  readonly lease: string | null
}

/** A call with what it changes if it succeeds: all of it, or nothing. */
export interface Change {
  readonly method: string
  readonly path: string
  readonly options: CallOptions
  readonly creates: readonly Thing[]
  readonly deletes: readonly Thing[]
  /** A device that it turns on or off, and which. */
  readonly turns?: { readonly power: Power; readonly on: boolean }
}

/** A device that one client turns on and off. */
export interface Power {
  readonly chardev: string
  on: boolean
  generation: number
}

/** What a client was answered and may therefore rely on. */
export interface ClientRecord {
  readonly name: string
  readonly there: Map<string, Thing>
  /** Calls without an answer: at most the last one of each life of the daemon. */
  unanswered: Change[]
  /** Answered POSTs with their first answers. */
  readonly answered: { readonly change: Change; readonly body: Body }[]
  readonly power: Power
  /** Answers that no contract allows. */
  readonly violations: string[]
  calls: number
}

/** The key under which an object is found in what the service shows. */
export function keyOf(item: Body): string | undefined {
  return item.labels['op']
}

/** Refusals that a busy service may give; each changes nothing. */
const REFUSALS = ['no_space', 'no_region', 'no_hole', 'no_pool', 'overloaded', 'in_transition']

/** Writes down how a call was answered. */
export function note(record: ClientRecord, change: Change, answer: Answer | null): void {
  record.calls += 1
  if (answer === null) {
    record.unanswered.push(change)
    return
  }
  const { status, body } = answer
  if (status >= 300 || status === 202) {
    if (REFUSALS.includes(body?.code)) return
    const { method, path } = change
    record.violations.push(`${method} ${path}: ${status} ${JSON.stringify(body)}`)
    return
  }
  settle(record, change)
  const shown: Body[] = body?.results?.map(({ result }: Body) => result) ?? [body]
  for (const [at, thing] of change.creates.entries()) thing.id = idOf(thing, shown[at])
  if (change.turns !== undefined) change.turns.power.generation = body.generation
  if (change.method === 'POST') record.answered.push({ change, body })
}

/** The change has happened. */
export function settle(record: ClientRecord, { creates, deletes, turns }: Change): void {
  for (const thing of creates) record.there.set(thing.key, thing)
  for (const thing of deletes) record.there.delete(thing.key)
  if (turns !== undefined) turns.power.on = turns.on
}

function idOf({ kind }: Thing, shown: Body): string {
  return kind === 'namespace' || kind === 'claim' ? shown.name : shown.id
}
