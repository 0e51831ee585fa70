import { below } from '../random.ts'
import {
  change,
  hasMany,
  ifMatch,
  isKnown,
  labels,
  type Maker,
  MIB,
  patiently,
  pick,
  post,
  remove,
  thing,
  UNIT,
} from './make.ts'

const DRAIN_MS = 2000
const SIZES = 8

function create(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  if (hasMany(record, 'namespace')) return null
  const made = thing(record, { kind: 'namespace' })
  const region = random() < 0.7 ? 0 : 1
  const size = region === 0 ? UNIT * (1 + below(random, SIZES)) : 16 * MIB
  const enabled = random() < 0.6
  const wipe = random() < 0.3 ? 'on_release' : 'none'
  const body = { name: made.key, region, size, enabled, wipe, labels: labels(made) }
  return patiently(random, post(record, '/v1/namespaces', body, { creates: [made] }))
}

/** Labels and wipe at any time; the size only of what is disabled. All of it, or nothing. */
function patch(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const found = pick(record, 'namespace', random)
  if (found === undefined) return null
  const note = { note: String(record.calls) }
  const canResize = isKnown(found, { enabled: false, region: 0 })
  const size = canResize ? { size: UNIT * (1 + below(random, SIZES)) } : {}
  const wipe = random() < 0.5 ? { wipe: random() < 0.5 ? 'on_release' : 'none' } : {}
  const to = { labels: { ...labels(found), ...note }, ...size, ...wipe }
  const body = { labels: note, ...size, ...wipe }
  const sets = [{ thing: found, to }]
  const made = change('PATCH', `/v1/namespaces/${found.id}`, { body }, { sets })
  const { revision } = found.fields
  return random() < 0.5 && revision !== undefined ? ifMatch(made, revision) : made
}

function patchStale(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const found = pick(record, 'namespace', random)
  if (found === undefined) return null
  const options = { body: { labels: { note: 'never' } }, headers: { 'if-match': '"1"' } }
  const fails = 'precondition_failed'
  return change('PATCH', `/v1/namespaces/${found.id}`, options, { fails })
}

function destroy(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const found = pick(record, 'namespace', random)
  if (found === undefined) return null
  const ways = ['', '', '?if_busy=revoke', `?if_busy=drain&timeout_ms=${DRAIN_MS}`]
  const query = ways[below(random, ways.length)] ?? ''
  return patiently(random, remove(`/v1/namespaces/${found.id}${query}`, [found]))
}

export const NAMESPACE_CALLS: readonly Maker[] = [create, create, patch, patchStale, destroy]
