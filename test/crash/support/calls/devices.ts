import type { Random } from '../random.ts'
import type { Change, ClientRecord, Thing } from '../record.ts'
import { change, hasMany, isKnown, labels, type Maker, pick, post, thing, UNIT } from './make.ts'

const DRAIN_MIN_MS = 50
const DRAIN_SPREAD_MS = 400

/** What the client has on the device of its own. */
function holdersOf({ there, power }: ClientRecord): Thing[] {
  return [...there.values()].filter(
    ({ kind, fields }) => kind !== 'namespace' && fields['chardev'] === power.id,
  )
}

function openOwn(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const { power } = record
  if (hasMany(record, 'handle')) return null
  const made = thing(record, { kind: 'handle' })
  const body = { holder: record.name, labels: labels(made) }
  const path = `/v1/devices/${power.id}/handles`
  if (isKnown(power, { state: 'enabled' })) return post(record, path, body, { creates: [made] })
  return random() < 0.2 ? post(record, path, body, { fails: 'device_disabled' }) : null
}

function mapOwn(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const { power } = record
  const onOwn = pick(record, 'handle', random, ({ fields }) => fields['chardev'] === power.id)
  if (onOwn === undefined || hasMany(record, 'mapping')) return null
  const made = thing(record, { kind: 'mapping' })
  const body = { handle: onOwn.id, length: UNIT, exclusive: false, labels: labels(made) }
  const { state, generation } = power.fields
  if (onOwn.fields['generation'] !== generation) {
    return post(record, '/v1/mappings', body, { fails: 'stale_generation' })
  }
  const effects = state === 'enabled' ? { creates: [made] } : { fails: 'device_disabled' }
  return post(record, '/v1/mappings', body, effects)
}

function enable(record: ClientRecord): Change {
  const { power } = record
  const sets = [{ thing: power, to: { state: 'enabled' } }]
  return post(record, `/v1/devices/${power.id}/enable`, {}, { sets })
}

function refuse(record: ClientRecord): Change {
  const { power } = record
  const path = `/v1/devices/${power.id}/disable`
  const body = { if_busy: 'refuse' }
  const isUsed = isKnown(power, { state: 'enabled' }) && holdersOf(record).length > 0
  if (isUsed) return post(record, path, body, { fails: 'busy' })
  return post(record, path, body, { sets: [{ thing: power, to: { state: 'disabled' } }] })
}

/** Every live mapping of the device is dead afterwards, and all of it comes at once. */
function revoke(record: ClientRecord): Change {
  const { power } = record
  const dead = holdersOf(record)
    .filter(({ kind }) => kind === 'mapping')
    .map((mapping) => ({ thing: mapping, to: { state: 'revoked' } }))
  const sets = [{ thing: power, to: { state: 'disabled' } }, ...dead]
  const body = { if_busy: 'revoke' }
  return post(record, `/v1/devices/${power.id}/disable`, body, { sets })
}

/** An operation, which fails at its time-out when the client has something on the device. */
function drain(record: ClientRecord, random: Random): Change | null {
  const { power } = record
  if (!isKnown(power, { state: 'enabled' })) return null
  const timeout_ms = DRAIN_MIN_MS + Math.floor(random() * DRAIN_SPREAD_MS)
  const options = { body: { if_busy: 'drain', timeout_ms }, key: `${record.name}-${record.calls}` }
  const effects = {
    sets: [{ thing: power, to: { state: 'disabled' } }],
    refusals: ['drain_timeout', 'cancelled'],
  }
  return change('POST', `/v1/devices/${power.id}/disable`, options, effects)
}

function turn(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  if (isKnown(record.power, { state: 'disabled' })) return enable(record)
  const choice = random()
  if (choice < 0.4) return refuse(record)
  return choice < 0.7 ? revoke(record) : drain(record, random)
}

export const DEVICE_CALLS: readonly Maker[] = [openOwn, mapOwn, turn, turn]
