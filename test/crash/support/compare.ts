import type { Shown } from './audit.ts'
import { endedEarly, type Witness } from './events.ts'
import type { Body } from './http.ts'
import {
  type Answered,
  type ClientRecord,
  differences,
  keyOf,
  matches,
  meet,
  type Open,
  settle,
  type Thing,
} from './record.ts'

/** What became of a call that was not answered. */
export interface Resolved {
  readonly record: ClientRecord
  readonly open: Open
  /** Null when nothing tells: what it made may have ended by itself since. */
  readonly happened: boolean | null
}

export interface Comparison {
  readonly faults: readonly string[]
  readonly resolved: readonly Resolved[]
}

/** The objects that are shown, by the keys of their owners. */
type Items = ReadonlyMap<string, Body>

/**
 * Holds what the service shows against what the clients were told. Unanswered calls must have
 * happened whole or not at all; what is found of them is what the clients know from now on.
 */
export function compare(
  clients: readonly ClientRecord[],
  shown: Shown,
  witness: Witness,
): Comparison {
  const faults: string[] = []
  const resolved: Resolved[] = []
  const items = itemsOf(shown, faults)
  for (const record of clients) {
    const power = shown.devices.find(({ chardev }) => chardev === record.power.id)
    if (power !== undefined) items.set(record.power.key, power)
    for (const open of record.unanswered) {
      const happened = resolve(record, open, { items, shown, faults })
      resolved.push({ record, open, happened })
    }
    record.unanswered = []
    dropEnded(record, items, witness, faults)
    for (const thing of [...record.there.values(), record.power]) {
      checkThing(thing, items.get(thing.key), faults)
      items.delete(thing.key)
    }
    faults.push(...record.violations)
  }
  faults.push(...[...items.keys()].map((key) => `${key} is there and nobody's`))
  faults.push(...strays(shown))
  return { faults, resolved }
}

function itemsOf({ things }: Shown, faults: string[]): Map<string, Body> {
  const items = new Map<string, Body>()
  for (const all of Object.values(things)) {
    for (const item of all) {
      const key = keyOf(item)
      if (key === undefined) continue
      if (items.has(key)) faults.push(`${key} is there twice`)
      items.set(key, item)
    }
  }
  return items
}

function checkThing(thing: Thing, item: Body | undefined, faults: string[]): void {
  const { kind, key, id, fields, lapsed } = thing
  if (item === undefined) {
    faults.push(`${kind} ${key} (${id}) was acknowledged and is lost`)
    return
  }
  const differs = differences(item, fields)
  if (differs.length > 0) faults.push(`${kind} ${key} (${id}) has changed: ${differs.join('; ')}`)
  if (lapsed) faults.push(`${kind} ${key} (${id}) was said to be gone and is there`)
  meet(thing, item)
}

/** Takes out of the books what has ended by itself, if it was to, and not before its time. */
function dropEnded(record: ClientRecord, items: Items, witness: Witness, faults: string[]): void {
  const ended = [...record.there.values()].filter(({ key, mortal }) => mortal && !items.has(key))
  for (const { key, kind, id, fields } of ended) {
    const lease = kind === 'lease' ? id : fields['lease']
    const early = typeof lease === 'string' ? endedEarly(witness, lease) : null
    if (early !== null) faults.push(early)
    for (const under of [...record.there.values()]) {
      if (under.key !== key && under.lease !== key) continue
      record.there.delete(under.key)
      if (items.has(under.key)) faults.push(`${under.key} outlives its lease ${key}`)
    }
  }
}

interface Evidence {
  readonly items: Items
  readonly shown: Shown
  readonly faults: string[]
}

function resolve(
  record: ClientRecord,
  { change, operation }: Open,
  { items, shown, faults }: Evidence,
): boolean | null {
  const { creates, deletes, sets, method, path } = change
  const signs = [
    ...creates.map((thing) => (mayHaveEnded(record, thing, items) ? null : items.has(thing.key))),
    ...deletes.map(({ key }) => !items.has(key)),
    ...sets.map(({ thing, to }) => isSet(items.get(thing.key), thing, to)),
  ].filter((sign) => sign !== null)
  const happened = signs.length === 0 ? null : signs.every(Boolean)
  if (happened === false && signs.some(Boolean) && !isOver(deletes, items)) {
    faults.push(`${method} ${path} happened in part: ${signs}`)
  }
  const told = operation === null ? undefined : shown.operations.find(({ id }) => id === operation)
  if (operation !== null) faults.push(...operationFaults(operation, told, happened))
  if (happened !== false) {
    settle(record, change)
    for (const { key } of creates) if (!items.has(key)) record.there.delete(key)
    for (const thing of [...creates, ...sets.map((set) => set.thing)]) {
      const item = items.get(thing.key)
      if (item !== undefined) meet(thing, item)
    }
  }
  return happened
}

/** Absent, and nobody can say whether it ever was there. */
function mayHaveEnded({ there }: ClientRecord, thing: Thing, items: Items): boolean {
  if (items.has(thing.key)) return false
  if (thing.mortal) return true
  return thing.lease !== null && there.get(thing.lease)?.mortal === true && !items.has(thing.lease)
}

/** The lease that was to be ended has ended by itself, or parts of it were let go of before. */
function isOver(deletes: readonly Thing[], items: Items): boolean {
  return deletes.some(({ mortal, key }) => mortal && !items.has(key))
}

/** Null where the wish was for what is already so. */
function isSet(item: Body | undefined, thing: Thing, to: Thing['fields']): boolean | null {
  if (item === undefined) return thing.mortal ? null : false
  if (Object.entries(to).every(([name]) => matches(thing.fields, { [name]: to[name] }))) return null
  return matches(item, to)
}

/** Why an operation's end and what is there contradict each other. */
function operationFaults(id: string, told: Body | undefined, happened: boolean | null): string[] {
  if (told === undefined) return [`operation ${id} was acknowledged and is lost`]
  const { state, problem } = told
  if (state === 'succeeded' && happened === false) return [`operation ${id} succeeded, in vain`]
  const isRefusal = state === 'failed' && problem.code !== 'cancelled'
  return isRefusal && happened === true ? [`operation ${id} failed, and its change is there`] : []
}

/** Parts of claims that no claim knows of. */
function strays({ things }: Shown): string[] {
  const known = new Set(
    things.claim.flatMap(({ handle, mapping, lease }) => [handle, mapping, lease]),
  )
  const parts = [...things.handle, ...things.mapping, ...things.lease]
  const names = new Set(things.claim.map(({ name }) => name))
  return [
    ...parts
      .filter((part) => keyOf(part) === undefined && !known.has(part.id))
      .map(({ id }) => `${id} belongs to no claim and to no client`),
    ...things.namespace
      .filter(({ claim }) => claim !== null && !names.has(claim))
      .map(({ name, claim }) => `namespace ${name} is of claim ${claim}, which is not there`),
  ]
}

/** The newest answers are the ones that a crash could have taken; a few old ones go along. */
export function toReplay(record: ClientRecord, random: () => number): readonly Answered[] {
  const { answered } = record
  const old = answered[Math.floor(random() * answered.length)]
  return [...answered.slice(-NEWEST), ...(old === undefined ? [] : [old])]
}

const NEWEST = 6
