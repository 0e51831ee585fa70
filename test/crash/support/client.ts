import { call } from './http.ts'
import { type Change, type ClientRecord, note, type Thing, type ThingKind } from './record.ts'

const MIB = 1024 * 1024
/** The unit of the devices that clients map. */
export const UNIT = 2 * MIB
/** The namespace whose device all clients open and map. */
export const SHARED = 'shared'
/** The namespace that slices are cut from. */
export const POOL = 'pool'
/** Things of one kind that a client keeps, so that makings and endings balance. */
const KEPT_MAX = 12

export type Random = () => number

type Maker = (record: ClientRecord, random: Random, target: string) => Change | null

/** One life of a client: random calls, one at a time, until the daemon answers no more. */
export async function live(
  url: string,
  record: ClientRecord,
  random: Random,
  shared: string,
): Promise<void> {
  const before = record.unanswered.length
  while (record.unanswered.length === before) {
    const make = MAKERS[Math.floor(random() * MAKERS.length)] as Maker
    const change = make(record, random, shared)
    if (change === null) continue
    note(record, change, await call(url, change.method, change.path, change.options))
  }
}

function thing(record: ClientRecord, kind: ThingKind, at = 0, lease: string | null = null): Thing {
  const key = `${record.name}-${record.calls}-${at}`
  const named = kind === 'namespace' || kind === 'claim'
  return { key, kind, id: named ? key : null, lease }
}

function pick(record: ClientRecord, kind: ThingKind, random: Random): Thing | undefined {
  const all = [...record.there.values()].filter((one) => one.kind === kind && one.id !== null)
  return all[Math.floor(random() * all.length)]
}

function hasMany(record: ClientRecord, kind: ThingKind): boolean {
  return [...record.there.values()].filter((one) => one.kind === kind).length >= KEPT_MAX
}

const labels = ({ key }: Thing): { op: string } => ({ op: key })

/** A POST with an Idempotency-Key of its own. */
function post(path: string, body: object, creates: readonly Thing[]): Change {
  const key = creates[0]?.key ?? ''
  const headers = { prefer: 'wait=60' }
  return { method: 'POST', path, options: { body, key, headers }, creates, deletes: [] }
}

function remove(path: string, deletes: readonly Thing[]): Change {
  return {
    method: 'DELETE',
    path,
    options: { headers: { prefer: 'wait=60' } },
    creates: [],
    deletes,
  }
}

const MAKERS: readonly Maker[] = [
  function createNamespace(record, random) {
    if (hasMany(record, 'namespace')) return null
    const made = thing(record, 'namespace')
    const region = random() < 0.7 ? 0 : 1
    const size = region === 0 ? UNIT * (1 + Math.floor(random() * 8)) : 16 * MIB
    const enabled = random() < 0.8
    const body = { name: made.key, region, size, enabled, labels: labels(made) }
    return post('/v1/namespaces', body, [made])
  },
  function deleteNamespace(record, random) {
    const gone = pick(record, 'namespace', random)
    return gone === undefined ? null : remove(`/v1/namespaces/${gone.id}`, [gone])
  },
  function openDevice(record, random, shared) {
    if (hasMany(record, 'handle')) return null
    const lease = random() < 0.5 ? pick(record, 'lease', random) : undefined
    const made = thing(record, 'handle', 0, lease?.key ?? null)
    const own = lease === undefined ? {} : { lease: lease.id }
    const body = { holder: record.name, labels: labels(made), ...own }
    return post(`/v1/devices/${shared}/handles`, body, [made])
  },
  function closeHandle(record, random) {
    const gone = pick(record, 'handle', random)
    return gone === undefined ? null : remove(`/v1/handles/${gone.id}`, [gone])
  },
  mapHandle,
  mapHandle,
  function unmap(record, random) {
    const gone = pick(record, 'mapping', random)
    return gone === undefined ? null : remove(`/v1/mappings/${gone.id}`, [gone])
  },
  function createLease(record) {
    if (hasMany(record, 'lease')) return null
    const made = thing(record, 'lease')
    const body = { holder: record.name, ttl_ms: 3_600_000, labels: labels(made) }
    return post('/v1/leases', body, [made])
  },
  function endLease(record, random) {
    const gone = pick(record, 'lease', random)
    if (gone === undefined) return null
    const under = [...record.there.values()].filter(({ lease }) => lease === gone.key)
    return remove(`/v1/leases/${gone.id}`, [gone, ...under])
  },
  function batch(record, _random, shared) {
    if (hasMany(record, 'mapping')) return null
    const things = [thing(record, 'handle', 0), thing(record, 'mapping', 1)]
    const last = thing(record, 'mapping', 2)
    const [handle, mapping] = things as [Thing, Thing]
    const length = UNIT
    const operations = [
      { op: 'open', chardev: shared, holder: record.name, labels: labels(handle) },
      { op: 'map', handle: '#0', length, labels: labels(mapping) },
      { op: 'map', handle: '#0', length, exclusive: false, labels: labels(last) },
    ]
    return post('/v1/batch', { atomic: true, operations }, [...things, last])
  },
  function putClaim(record, random) {
    if (hasMany(record, 'claim')) return null
    const made = thing(record, 'claim')
    const sharing = random() < 0.5 ? 'slice' : 'dedicated'
    const wipe = random() < 0.3 ? 'on_release' : 'none'
    const ttl = random() < 0.5 ? {} : { ttl_ms: 3_600_000 }
    const body = {
      size: UNIT,
      sharing,
      wipe,
      holder: record.name,
      ...ttl,
      labels: labels(made),
      // Static regions take 16 MiB for it: both kinds are exercised.
      selector: { kind: random() < 0.7 || sharing === 'slice' ? 'dynamic' : 'static' },
    }
    const options = { body, headers: { prefer: 'wait=60' } }
    return {
      method: 'PUT',
      path: `/v1/claims/${made.key}`,
      options,
      creates: [made],
      deletes: [],
    }
  },
  function deleteClaim(record, random) {
    const gone = pick(record, 'claim', random)
    return gone === undefined ? null : remove(`/v1/claims/${gone.id}`, [gone])
  },
  function turn(record) {
    const { power } = record
    const path = `/v1/devices/${power.chardev}/${power.on ? 'disable' : 'enable'}`
    return {
      method: 'POST',
      path,
      options: { body: {}, key: `${record.name}-${record.calls}-power` },
      creates: [],
      deletes: [],
      turns: { power, on: !power.on },
    }
  },
]

function mapHandle(record: ClientRecord, random: Random): Change | null {
  const handle = pick(record, 'handle', random)
  if (handle === undefined || hasMany(record, 'mapping')) return null
  const made = thing(record, 'mapping', 0, handle.lease)
  const length = UNIT * (1 + Math.floor(random() * 3))
  const exclusive = random() < 0.7
  return post('/v1/mappings', { handle: handle.id, length, exclusive, labels: labels(made) }, [
    made,
  ])
}
