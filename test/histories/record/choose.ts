import type { LaneCall } from '../lane/calls.ts'
import { UNIT } from '../lane/state.ts'

/** What the clients of a lane may speak of, gathered while they go. */
export interface Known {
  readonly handles: string[]
  readonly mappings: string[]
  readonly leases: string[]
}

/** Short, so that leases end while a history is recorded. */
const TTL_SHORT_MS = 25
const TTL_LONG_MS = 60_000

const WEIGHTS = {
  open: 14,
  close: 6,
  map: 20,
  unmap: 7,
  enable: 9,
  disable: 4,
  revoke: 3,
  lease: 5,
  renew: 4,
  'end-lease': 2,
  'put-claim': 7,
  'delete-claim': 4,
  'read-device': 9,
  'read-mapping': 4,
  translate: 4,
  'read-lease': 2,
  'read-claim': 4,
  'list-handles': 3,
  'list-mappings': 5,
} as const

type Choice = keyof typeof WEIGHTS
const CHOICES = Object.entries(WEIGHTS).flatMap(([choice, weight]) =>
  Array.from({ length: weight }, () => choice as Choice),
)

export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

/** The next call of a client; `id` makes the keys of what it makes. */
export function chooseCall(random: () => number, known: Known, id: string): LaneCall {
  const choice = pick(random, CHOICES)
  const handle = pick(random, known.handles)
  const mapping = pick(random, known.mappings)
  const lease = pick(random, known.leases)
  const ttl_ms = random() < 0.6 ? TTL_SHORT_MS : TTL_LONG_MS
  const claim = `${id.split('-')[0]}-c${Math.floor(random() * 2)}`
  switch (choice) {
    case 'open':
      return { type: 'open', key: `h${id}`, ...(lease && random() < 0.5 ? { lease } : {}) }
    case 'close':
      return handle === undefined ? { type: 'read-device' } : { type: 'close', handle }
    case 'map':
      return handle === undefined
        ? { type: 'open', key: `h${id}` }
        : chooseMap(random, `m${id}`, handle)
    case 'unmap':
    case 'read-mapping':
    case 'translate':
      return mapping === undefined ? { type: 'list-mappings' } : { type: choice, mapping }
    case 'disable':
    case 'revoke':
      return { type: 'disable', revoke: choice === 'revoke' }
    case 'lease':
      return { type: 'lease', key: `l${id}`, ttl_ms }
    case 'renew':
      return lease === undefined
        ? { type: 'lease', key: `l${id}`, ttl_ms }
        : { type: 'renew', lease, ttl_ms }
    case 'end-lease':
    case 'read-lease':
      return lease === undefined ? { type: 'list-handles' } : { type: choice, lease }
    case 'put-claim': {
      const size = random() < 0.8 ? UNIT : 2 * UNIT
      const ttl = random() < 0.3 ? { ttl_ms: TTL_SHORT_MS } : {}
      return { type: 'put-claim', claim, size, lease: `c${id}`, ...ttl }
    }
    case 'delete-claim':
    case 'read-claim':
      return { type: choice, claim }
    default:
      return { type: choice }
  }
}

function chooseMap(random: () => number, key: string, handle: string): LaneCall {
  const place = random() < 0.5 ? {} : { offset: UNIT * Math.floor(random() * 4) }
  const length = random() < 0.75 ? UNIT : 2 * UNIT
  return { type: 'map', key, handle, length, ...place, exclusive: random() < 0.75 }
}
