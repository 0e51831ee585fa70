import { below } from '../random.ts'
import type { Part } from '../record.ts'
import {
  change,
  endsOf,
  hasMany,
  labels,
  type Maker,
  pick,
  post,
  remove,
  thing,
  UNIT,
} from './make.ts'

const LENGTHS = 3

function open(...[record, random, shared]: Parameters<Maker>): ReturnType<Maker> {
  if (hasMany(record, 'handle')) return null
  const lease = random() < 0.5 ? pick(record, 'lease', random) : undefined
  const made = thing(record, { kind: 'handle', lease })
  const own = lease === undefined ? {} : { lease: lease.id }
  const body = { holder: record.name, labels: labels(made), ...own }
  const effects = { creates: [made], refusals: endsOf([lease]) }
  return post(record, `/v1/devices/${shared}/handles`, body, effects)
}

function close(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const gone = pick(record, 'handle', random)
  return gone === undefined ? null : remove(`/v1/handles/${gone.id}`, [gone])
}

function map(...[record, random, shared]: Parameters<Maker>): ReturnType<Maker> {
  const onShared = pick(record, 'handle', random, ({ fields }) => fields['chardev'] === shared)
  if (onShared === undefined || hasMany(record, 'mapping')) return null
  const lease = onShared.lease === null ? undefined : record.there.get(onShared.lease)
  const made = thing(record, { kind: 'mapping', lease })
  const length = UNIT * (1 + below(random, LENGTHS))
  const exclusive = random() < 0.7
  const body = { handle: onShared.id, length, exclusive, labels: labels(made) }
  if (random() < 0.1) {
    const wrong = { ...body, length: length + 1 }
    const fails = lease === undefined ? 'misaligned_length' : undefined
    return fails === undefined ? null : post(record, '/v1/mappings', wrong, { fails })
  }
  return post(record, '/v1/mappings', body, { creates: [made], refusals: endsOf([lease]) })
}

function unmap(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const gone = pick(record, 'mapping', random)
  return gone === undefined ? null : remove(`/v1/mappings/${gone.id}`, [gone])
}

/** Handle and two mappings at once; now and then with a part that makes all of it fail. */
function atomic(...[record, random, shared]: Parameters<Maker>): ReturnType<Maker> {
  if (hasMany(record, 'mapping')) return null
  const lease = random() < 0.3 ? pick(record, 'lease', random, ({ mortal }) => !mortal) : undefined
  const handle = thing(record, { kind: 'handle', lease })
  const mapping = thing(record, { kind: 'mapping', at: 1, lease })
  const last = thing(record, { kind: 'mapping', at: 2, lease })
  const own = lease === undefined ? {} : { lease: lease.id }
  const length = UNIT
  const fits = random() < 0.8
  const operations = [
    { op: 'open', chardev: shared, holder: record.name, labels: labels(handle), ...own },
    { op: 'map', handle: '#0', length, labels: labels(mapping) },
    {
      op: 'map',
      handle: '#0',
      length: fits ? length : 1,
      exclusive: false,
      labels: labels(last),
    },
  ]
  const effects = fits ? { creates: [handle, mapping, last] } : { fails: 'misaligned_length' }
  return post(record, '/v1/batch', { atomic: true, operations }, effects)
}

/** One part is refused and the others stand. */
function separate(...[record, random, shared]: Parameters<Maker>): ReturnType<Maker> {
  if (hasMany(record, 'mapping') || hasMany(record, 'handle')) return null
  const gone = pick(record, 'mapping', random, ({ lease }) => lease === null)
  const handle = thing(record, { kind: 'handle' })
  const mapping = thing(record, { kind: 'mapping', at: 1 })
  const operations: object[] = [
    { op: 'open', chardev: shared, holder: record.name, labels: labels(handle) },
    { op: 'map', handle: '#0', length: 1 },
    { op: 'map', handle: '#0', length: UNIT, labels: labels(mapping) },
  ]
  const parts: Part[] = [{ creates: handle }, { fails: 'misaligned_length' }, { creates: mapping }]
  if (gone !== undefined) {
    operations.push({ op: 'unmap', id: gone.id })
    parts.push({ deletes: gone })
  }
  const body = { atomic: false, operations }
  const deletes = gone === undefined ? [] : [gone]
  const key = `${record.name}-${record.calls}`
  const effects = { creates: [handle, mapping], deletes, parts }
  return change('POST', '/v1/batch', { body, key }, effects)
}

export const MAPPING_CALLS: readonly Maker[] = [open, close, map, map, unmap, atomic, separate]
