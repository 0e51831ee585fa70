import type { CallOptions } from '../http.ts'
import { below, type Random } from '../random.ts'
import {
  type Change,
  type ClientRecord,
  type Fields,
  LAPSED,
  type Thing,
  type ThingKind,
} from '../record.ts'

export const MIB = 1024 * 1024
/** The unit of the devices that clients map. */
export const UNIT = 2 * MIB
/** The namespace whose device all clients open and map. */
export const SHARED = 'shared'
/** The namespace that slices are cut from. */
export const POOL = 'pool'

/** Things of one kind that a client keeps, so that makings and endings balance. */
const KEPT_MAX = 12
/** Long enough for a loaded machine: who waits is answered with the end. */
const WAIT = { prefer: 'wait=60' }
/** Who does not wait gets the operation, whatever it is about. */
const NO_WAIT = { prefer: 'wait=0' }
const NO_WAIT_SHARE = 0.2

/** Makes up a call, or nothing when the client is not in a state for it. */
export type Maker = (record: ClientRecord, random: Random, shared: string) => Change | null

/** What a thing is known to be before it is there. */
interface Draft {
  readonly kind: ThingKind
  readonly at?: number
  readonly lease?: Thing | undefined
  readonly mortal?: boolean
}

export function thing(record: ClientRecord, draft: Draft): Thing {
  const { kind, at = 0, lease, mortal = false } = draft
  const key = `${record.name}-${record.calls}-${at}`
  const named = kind === 'namespace' || kind === 'claim'
  const id = named ? key : null
  return { key, kind, id, lease: lease?.key ?? null, mortal, lapsed: false, fields: {} }
}

export function pick(
  record: ClientRecord,
  kind: ThingKind,
  random: Random,
  wanted: (thing: Thing) => boolean = () => true,
): Thing | undefined {
  const all = [...record.there.values()].filter(
    (one) => one.kind === kind && one.id !== null && !one.lapsed && wanted(one),
  )
  return all[below(random, all.length)]
}

export function hasMany(record: ClientRecord, kind: ThingKind): boolean {
  return [...record.there.values()].filter((one) => one.kind === kind).length >= KEPT_MAX
}

export function labels({ key }: Thing): { op: string } {
  return { op: key }
}

/** Nothing of its own; the makers say what differs. */
const NOTHING = { creates: [], deletes: [], sets: [], refusals: [] }

type Effects = Partial<Omit<Change, 'method' | 'path' | 'options'>>

export function change(
  method: string,
  path: string,
  options: CallOptions,
  effects: Effects,
): Change {
  return { method, path, options, ...NOTHING, ...effects }
}

/** A POST with an Idempotency-Key of its own. */
export function post(record: ClientRecord, path: string, body: object, effects: Effects): Change {
  const key = `${record.name}-${record.calls}`
  return change('POST', path, { body, key, headers: WAIT }, effects)
}

export function remove(path: string, deletes: readonly Thing[]): Change {
  return change('DELETE', path, { headers: WAIT }, { deletes, refusals: endsOf(deletes) })
}

/** The same call by somebody who would rather have the operation than wait. */
export function patiently(random: Random, made: Change): Change {
  if (random() >= NO_WAIT_SHARE) return made
  return { ...made, options: { ...made.options, headers: NO_WAIT } }
}

/** The same call, made only if the object is still what its owner knows. */
export function ifMatch(made: Change, revision: unknown): Change {
  const headers = { ...made.options.headers, 'if-match': `"${revision}"` }
  return { ...made, options: { ...made.options, headers } }
}

/** What may be said of things that can end by themselves. */
export function endsOf(things: readonly (Thing | undefined)[]): readonly string[] {
  return things.some((one) => one?.mortal || one?.lease) ? LAPSED : []
}

export function isKnown(thing: Thing, fields: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => thing.fields[name] === value)
}
