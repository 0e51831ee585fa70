import { type Body, list, must } from './http.ts'
import type { ThingKind } from './record.ts'

/** Everything the service shows. */
export interface Shown {
  readonly regions: readonly { readonly region: Body; readonly map: readonly Body[] }[]
  readonly devices: readonly Body[]
  readonly operations: readonly Body[]
  readonly things: Readonly<Record<Exclude<ThingKind, 'device'>, readonly Body[]>>
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
    operations: await list(url, '/v1/operations'),
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
    ...sizeFaults(regions, things.namespace),
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

/** What namespaces take off a region is what its map gives them. */
function sizeFaults(regions: Shown['regions'], namespaces: readonly Body[]): string[] {
  const taken = new Map<string, number>()
  for (const { namespace, size } of regions.flatMap(({ map }) => map)) {
    if (namespace !== undefined) taken.set(namespace, (taken.get(namespace) ?? 0) + size)
  }
  return namespaces
    .filter(({ name, size }) => (taken.get(name) ?? 0) !== size)
    .map(({ name, size }) => `namespace ${name} has ${taken.get(name)} in the map, not ${size}`)
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
