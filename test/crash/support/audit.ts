import { type Body, call, list, must } from './http.ts'
import { type Change, type ClientRecord, keyOf, settle, type ThingKind } from './record.ts'

/** Everything the service shows. */
export interface Shown {
  readonly regions: readonly { readonly region: Body; readonly map: readonly Body[] }[]
  readonly devices: readonly Body[]
  readonly things: Readonly<Record<ThingKind, readonly Body[]>>
}

export async function look(url: string): Promise<Shown> {
  const regions = []
  for (const region of await list(url, '/v1/regions')) {
    const { items } = await must(url, 'GET', `/v1/regions/${region.id}/map`)
    regions.push({ region, map: items })
  }
  return {
    regions,
    devices: await list(url, '/v1/devices'),
    things: {
      namespace: await list(url, '/v1/namespaces'),
      handle: await list(url, '/v1/handles'),
      mapping: await list(url, '/v1/mappings'),
      lease: await list(url, '/v1/leases'),
      claim: await list(url, '/v1/claims'),
    },
  }
}

/** What is wrong with the state by itself, whoever made it. */
export function faultsOf({ regions, devices, things }: Shown): string[] {
  return [
    ...regions.flatMap(({ region, map }) => mapFaults(region, map, devices)),
    ...things.namespace
      .filter(({ state }) => state !== 'active')
      .map(({ name, state }) => `namespace ${name} is ${state}`),
    ...things.claim
      .filter(({ state }) => state !== 'active')
      .map(({ name, state }) => `claim ${name} is ${state}`),
    ...devices.flatMap((device) => deviceFaults(device, things)),
    ...devices.flatMap((device) => overlaps(device, things.mapping)),
    ...things.claim
      .filter(({ state }) => state === 'active')
      .flatMap((claim) => claimFaults(claim, things)),
  ]
}

function mapFaults(region: Body, map: readonly Body[], devices: readonly Body[]): string[] {
  const found: string[] = []
  let next = region.start
  for (const { start, end, size } of map) {
    if (start !== next) found.push(`region ${region.id}: gap or overlap at ${next}, ${start}`)
    if (end - start + 1 !== size) found.push(`region ${region.id}: size at ${start}`)
    next = end + 1
  }
  if (next !== region.start + region.size) found.push(`region ${region.id}: ends at ${next}`)
  const free = map.filter(({ state }) => state === 'free')
  const available = free.reduce((sum: number, { size }) => sum + size, 0)
  if (available !== region.available_size) {
    found.push(`region ${region.id}: ${available} free, ${region.available_size} available`)
  }
  const allocated = map.filter(({ state }) => state === 'allocated')
  const owners = new Set(allocated.map(({ chardev }) => chardev))
  const known = new Set(
    devices.filter((d) => d.region === region.id && d.size > 0).map((d) => d.chardev),
  )
  if (JSON.stringify([...owners].sort()) !== JSON.stringify([...known].sort())) {
    found.push(`region ${region.id}: map names ${[...owners]}, devices are ${[...known]}`)
  }
  return found
}

function deviceFaults(device: Body, { handle, mapping }: Shown['things']): string[] {
  const { chardev, refs, drift } = device
  const counted = {
    handles: handle.filter((one) => one.chardev === chardev).length,
    mappings: mapping.filter((one) => one.chardev === chardev).length,
  }
  const found = drift === null ? [] : [`${chardev} drifts: ${drift}`]
  if (JSON.stringify(refs) !== JSON.stringify(counted)) {
    found.push(`${chardev}: refs ${JSON.stringify(refs)}, listed ${JSON.stringify(counted)}`)
  }
  return found
}

/** Live mappings of one device: an exclusive one overlaps nobody, none crosses the end. */
function overlaps(device: Body, mappings: readonly Body[]): string[] {
  const live = mappings
    .filter(({ chardev, state }) => chardev === device.chardev && state === 'live')
    .sort((left, right) => left.offset - right.offset)
  const found: string[] = []
  for (const [at, one] of live.entries()) {
    if (one.generation !== device.generation) found.push(`${one.id} is live in an ended life`)
    if (one.offset + one.length > device.size) found.push(`${one.id} crosses the end`)
    for (const other of live.slice(at + 1)) {
      if (other.offset >= one.offset + one.length) break
      if (one.exclusive || other.exclusive) found.push(`${one.id} overlaps ${other.id}`)
    }
  }
  return found
}

function claimFaults(claim: Body, { handle, mapping, lease, namespace }: Shown['things']) {
  const parts = [
    handle.some(({ id }) => id === claim.handle),
    mapping.some(({ id, state }) => id === claim.mapping && state === 'live'),
    claim.lease === null || lease.some(({ id }) => id === claim.lease),
    namespace.some(({ name }) => name === claim.namespace),
  ]
  return parts.every(Boolean) ? [] : [`claim ${claim.name} lacks a part: ${parts}`]
}

/**
 * Holds what the service shows against what the clients were told. Unanswered calls must have
 * happened whole or not at all; what is found of them is what the clients know from now on.
 */
export function compare(clients: readonly ClientRecord[], shown: Shown): string[] {
  const found: string[] = []
  const items = new Map<string, Body>()
  for (const all of Object.values(shown.things)) {
    for (const item of all) {
      const key = keyOf(item)
      if (key === undefined) continue
      if (items.has(key)) found.push(`${key} is there twice`)
      items.set(key, item)
    }
  }
  for (const record of clients) {
    for (const change of record.unanswered) found.push(...resolve(record, change, items, shown))
    record.unanswered = []
    for (const thing of record.there.values()) {
      const item = items.get(thing.key)
      if (item === undefined) found.push(`${thing.kind} ${thing.key} was acknowledged and is lost`)
      else if (thing.id !== (item.id ?? item.name)) found.push(`${thing.key} changed its id`)
      items.delete(thing.key)
    }
    found.push(...powerFaults(record, shown))
  }
  return [...found, ...[...items.keys()].map((key) => `${key} is there and nobody's`)]
}

function resolve(
  record: ClientRecord,
  change: Change,
  items: ReadonlyMap<string, Body>,
  { devices }: Shown,
): string[] {
  const { creates, deletes, turns, method, path } = change
  if (turns !== undefined) {
    const device = devices.find(({ chardev }) => chardev === turns.power.chardev)
    const isDone = (device?.state === 'enabled') === turns.on
    if (isDone) settle(record, change)
    if (isDone && turns.on) turns.power.generation = device?.generation
    return []
  }
  const signs = [
    ...creates.map(({ key }) => items.has(key)),
    ...deletes.map(({ key }) => !items.has(key)),
  ]
  if (signs.every(Boolean)) {
    settle(record, change)
    for (const thing of creates) thing.id = items.get(thing.key)?.id ?? thing.id
    return []
  }
  if (!signs.some(Boolean)) return []
  return [`${method} ${path} happened in part: ${signs}`]
}

function powerFaults({ power }: ClientRecord, { devices }: Shown): string[] {
  const device = devices.find(({ chardev }) => chardev === power.chardev)
  const wanted = { state: power.on ? 'enabled' : 'disabled', generation: power.generation }
  const { state, generation } = device ?? {}
  if (state === wanted.state && generation === wanted.generation) return []
  return [`${power.chardev}: ${state} ${generation}, not ${JSON.stringify(wanted)}`]
}

/** Repeats an answered POST: its first answer comes again, word for word. */
export async function replayFaults(
  url: string,
  answered: ClientRecord['answered'],
): Promise<string[]> {
  const found: string[] = []
  for (const { change, body } of answered) {
    const again = await call(url, change.method, change.path, change.options)
    if (again?.replayed && JSON.stringify(again.body) === JSON.stringify(body)) continue
    found.push(`${change.path} ${change.options.key}: ${JSON.stringify(again)}`)
  }
  return found
}
