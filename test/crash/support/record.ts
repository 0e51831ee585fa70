import { isDeepStrictEqual } from 'node:util'
import type { Answer, Body, CallOptions } from './http.ts'
import { counted, kindOf, type Tally } from './tally.ts'

export type ThingKind = 'namespace' | 'device' | 'handle' | 'mapping' | 'lease' | 'claim'

export type Fields = Readonly<Record<string, unknown>>

/** One object as a client knows it; its label `op` is its key, whatever id the service gave. */
export interface Thing {
  readonly key: string
  readonly kind: ThingKind
  /** What the service calls it; null while no answer has told. */
  id: string | null
  /** The key of the lease it lives by. */
  readonly lease: string | null
  /** It has a short time to live, so it may end by itself. */
  readonly mortal: boolean
  /** The service has said that it is gone by itself; it may never be seen again. */
  lapsed: boolean
  /** What the service showed of it last, but for what others may change. */
  fields: Fields
}

/** What one operation of a batch does. */
export interface Part {
  readonly creates?: Thing
  readonly deletes?: Thing
  /** The code it must be refused with. */
  readonly fails?: string
}

/** A call with what it changes if it succeeds: all of it, or nothing. */
export interface Change {
  readonly method: string
  readonly path: string
  readonly options: CallOptions
  readonly creates: readonly Thing[]
  readonly deletes: readonly Thing[]
  readonly sets: readonly { readonly thing: Thing; readonly to: Fields }[]
  /** Refusals that the client must expect, as its doing or not is not in its hands alone. */
  readonly refusals: readonly string[]
  /** The code with which it must be refused. */
  readonly fails?: string
  /** A batch that is not atomic: what became of each operation is told one by one. */
  readonly parts?: readonly Part[]
}

/** A call whose outcome is not known yet; its operation, if one was told. */
export interface Open {
  readonly change: Change
  readonly operation: string | null
}

/** A success with an Idempotency-Key, and the answer it was first given. */
export interface Answered {
  readonly change: Change
  readonly status: number
  readonly body: Body
}

/** What a client was answered and may therefore rely on. */
export interface ClientRecord {
  readonly name: string
  readonly there: Map<string, Thing>
  /** Calls without an answer: at most the last one of each life of the daemon. */
  unanswered: Open[]
  readonly answered: Answered[]
  /** The device that only this client uses, and turns on and off. */
  readonly power: Thing
  /** Answers that no contract allows. */
  readonly violations: string[]
  calls: number
  successes: number
  tally: Tally
}

/** The key under which an object is found in what the service shows. */
export function keyOf(item: Body): string | undefined {
  return item.labels['op']
}

/** Refusals that a busy service may give; each changes nothing. */
const REFUSALS = ['no_space', 'no_region', 'no_hole', 'no_pool', 'overloaded', 'in_transition']

/** What is said of things that their lease has taken along. */
export const LAPSED = [
  'no_such_handle',
  'no_such_mapping',
  'no_such_lease',
  'no_such_claim',
  'lease_expired',
]

/** A client's answers that are kept for repeating; every check copies them. */
const ANSWERED_MAX = 200
const ANSWERED_FIRST = 50

/** Fields that change without their owner's doing. */
const FOREIGN: Readonly<Record<ThingKind, readonly string[]>> = {
  namespace: ['revoked'],
  device: ['refs', 'observed', 'revoked', 'revision', 'updated_at'],
  handle: [],
  mapping: [],
  // A restart gives every lease its full time again.
  lease: ['expires_at', 'updated_at', 'revision'],
  claim: ['revoked'],
}

export function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

/** What nobody but the owner may change of an object. */
export function ownFields(kind: ThingKind, shown: Body): Fields {
  return without(shown, FOREIGN[kind])
}

/** Writes down how a call was answered. */
export function note(record: ClientRecord, open: Open, answer: Answer | null): void {
  const { change } = open
  record.calls += 1
  if (answer === null) {
    record.unanswered.push(open)
    return
  }
  const { status, body } = answer
  const { method, path, fails, refusals } = change
  const isRefusal = status >= 300
  record.tally = counted(record.tally, kindOf(change), !isRefusal)
  const expected = fails === undefined ? [...REFUSALS, ...refusals] : [fails]
  if (isRefusal && expected.includes(body?.code)) {
    if (LAPSED.includes(body.code)) noteLapse(record, change)
    return
  }
  if (isRefusal || fails !== undefined) {
    const wanted = fails === undefined ? '' : `, not ${fails}`
    record.violations.push(`${method} ${path}: ${status} ${JSON.stringify(body)}${wanted}`)
    return
  }
  record.successes += 1
  if (change.options.key !== undefined) remember(record, { change, status, body })
  if (status === 202) return
  settle(record, change.parts === undefined ? change : successesOf(record, change, body))
  learn(change, body)
}

/** Some of the first answers are kept for the whole run, and of the later ones the newest. */
export function remember({ answered }: ClientRecord, one: Answered): void {
  answered.push(one)
  if (answered.length > ANSWERED_MAX) answered.splice(ANSWERED_FIRST, 1)
}

/** What it was about is gone, or the lease that it was to be made under. */
function noteLapse(record: ClientRecord, { creates, deletes, sets }: Change): void {
  for (const thing of [...deletes, ...sets.map((set) => set.thing)]) {
    if (thing.kind !== 'device') thing.lapsed = true
  }
  for (const { lease } of creates) {
    const under = lease === null ? undefined : record.there.get(lease)
    if (under !== undefined) under.lapsed = true
  }
}

/** The change as far as the operations of a batch have succeeded, each of which may be refused. */
function successesOf(record: ClientRecord, change: Change, body: Body): Change {
  const creates: Thing[] = []
  const deletes: Thing[] = []
  for (const [at, part] of (change.parts ?? []).entries()) {
    const { status, problem } = body.results[at]
    const expected = part.fails === undefined ? [...REFUSALS, ...change.refusals] : [part.fails]
    if (status < 300 && part.fails === undefined) {
      if (part.creates !== undefined) creates.push(part.creates)
      if (part.deletes !== undefined) deletes.push(part.deletes)
    } else if (status < 300 || !expected.includes(problem.code)) {
      record.violations.push(`${change.path} operation ${at}: ${JSON.stringify(body.results[at])}`)
    }
  }
  return { ...change, creates, deletes }
}

function learn({ creates, sets, parts, path }: Change, body: Body): void {
  if (body === null || body === undefined) return
  const results: Body[] | undefined = body.results?.map(({ result }: Body) => result)
  if (parts !== undefined) {
    for (const [at, { creates: made }] of parts.entries()) {
      if (made !== undefined && results?.[at] !== undefined) meet(made, results[at])
    }
    return
  }
  for (const [at, thing] of creates.entries()) meet(thing, results?.[at] ?? body)
  for (const { thing } of sets) {
    // A change of several things, or one by way of another, does not show them.
    if (idOf(thing.kind, body) === thing.id && path.includes(thing.id ?? '')) meet(thing, body)
  }
}

/** The owner has been shown its thing. */
export function meet(thing: Thing, shown: Body): void {
  thing.id = idOf(thing.kind, shown)
  thing.fields = ownFields(thing.kind, shown)
}

/** The change has happened. */
export function settle(record: ClientRecord, { creates, deletes, sets }: Change): void {
  for (const thing of creates) record.there.set(thing.key, thing)
  for (const thing of deletes) record.there.delete(thing.key)
  for (const { thing, to } of sets) {
    thing.fields = { ...without(thing.fields, ['revision', 'updated_at']), ...to }
  }
}

export function idOf(kind: string, shown: Body): string {
  if (kind === 'namespace' || kind === 'claim') return shown.name
  return kind === 'device' ? shown.chardev : String(shown.id)
}

/** Whether an object is shown as its owner knows it, in all the fields that are known. */
export function matches(shown: Body, fields: Fields): boolean {
  return differences(shown, fields).length === 0
}

export function differences(shown: Body, fields: Fields): string[] {
  return Object.entries(fields)
    .filter(([name, value]) => !isDeepStrictEqual(shown[name], value))
    .map(([name, value]) => `${name}: ${JSON.stringify(shown[name])}, not ${JSON.stringify(value)}`)
}
