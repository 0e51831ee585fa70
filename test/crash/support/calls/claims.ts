import { ttlOf } from './leases.ts'
import {
  change,
  endsOf,
  hasMany,
  labels,
  type Maker,
  patiently,
  pick,
  post,
  remove,
  thing,
  UNIT,
} from './make.ts'

const WAIT = { prefer: 'wait=60' }

function put(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  if (hasMany(record, 'claim')) return null
  const { ttl_ms, mortal } = ttlOf(random)
  const lives = random() < 0.5
  const made = thing(record, { kind: 'claim', mortal: lives && mortal })
  const sharing = random() < 0.5 ? 'slice' : 'dedicated'
  const body = {
    size: UNIT,
    sharing,
    wipe: random() < 0.3 ? 'on_release' : 'none',
    holder: record.name,
    ...(lives ? { ttl_ms } : {}),
    labels: labels(made),
    // Static regions take 16 MiB for it: both kinds are exercised.
    selector: { kind: random() < 0.7 || sharing === 'slice' ? 'dynamic' : 'static' },
  }
  const options = { body, headers: WAIT }
  return patiently(random, change('PUT', `/v1/claims/${made.key}`, options, { creates: [made] }))
}

/** Another wish under the name is refused, whatever the first one was. */
function putOther(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const found = pick(record, 'claim', random, ({ mortal }) => !mortal)
  if (found === undefined) return null
  const body = { size: 3 * UNIT, sharing: 'slice', holder: 'somebody else' }
  return change('PUT', `/v1/claims/${found.id}`, { body }, { fails: 'name_taken' })
}

function renew(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const found = pick(record, 'claim', random, ({ fields }) => typeof fields['lease'] === 'string')
  if (found === undefined) return null
  const path = `/v1/leases/${found.fields['lease']}/renew`
  return post(record, path, {}, { refusals: endsOf([found]) })
}

function release(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const gone = pick(record, 'claim', random)
  if (gone === undefined) return null
  const query = random() < 0.3 ? '?if_busy=revoke' : ''
  return patiently(random, remove(`/v1/claims/${gone.id}${query}`, [gone]))
}

export const CLAIM_CALLS: readonly Maker[] = [put, put, putOther, renew, release]
