import { below, type Random } from '../random.ts'
import { endsOf, hasMany, labels, type Maker, pick, post, remove, thing } from './make.ts'

const HOUR_MS = 3_600_000
const SHORT_MIN_MS = 100
const SHORT_SPREAD_MS = 1500

/** A time to live that nobody sees the end of, or one that ends in the run. */
export function ttlOf(random: Random): { readonly ttl_ms: number; readonly mortal: boolean } {
  const mortal = random() < 0.4
  return { ttl_ms: mortal ? SHORT_MIN_MS + below(random, SHORT_SPREAD_MS) : HOUR_MS, mortal }
}

function create(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  if (hasMany(record, 'lease')) return null
  const { ttl_ms, mortal } = ttlOf(random)
  const made = thing(record, { kind: 'lease', mortal })
  const body = { holder: record.name, ttl_ms, labels: labels(made) }
  return post(record, '/v1/leases', body, { creates: [made] })
}

function renew(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const found = pick(record, 'lease', random)
  if (found === undefined) return null
  const ttl_ms = found.mortal ? SHORT_MIN_MS + below(random, SHORT_SPREAD_MS) : HOUR_MS
  const body = random() < 0.5 ? { ttl_ms } : {}
  const effects = { sets: [{ thing: found, to: body }], refusals: endsOf([found]) }
  return post(record, `/v1/leases/${found.id}/renew`, body, effects)
}

/** A lease takes along all that was opened under it. */
function end(...[record, random]: Parameters<Maker>): ReturnType<Maker> {
  const gone = pick(record, 'lease', random)
  if (gone === undefined) return null
  const under = [...record.there.values()].filter(({ lease }) => lease === gone.key)
  return remove(`/v1/leases/${gone.id}`, [gone, ...under])
}

export const LEASE_CALLS: readonly Maker[] = [create, renew, end]
