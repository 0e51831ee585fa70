import type { Caller } from './caller.ts'
import { jsonOf } from './caller.ts'
import { type Churn, type ChurnClient, count } from './churn-client.ts'
import { idsOf } from './outcomes.ts'
import { seeGone } from './see-gone.ts'
import { drawLength } from './setting.ts'

const PAUSE_MS = 20
const TTL_MS = 500
const MAPPINGS = 10
/** Of so many leases one is let go and one renewed before it expires. */
const KINDS = 4

/** What must be gone once its lease has expired. */
interface Ending {
  readonly lease: string
  readonly mapping: string
  readonly endsMs: number
}

/** Leases with a handle and mappings under them, most of which end because nobody renews them. */
export function createLeaseClient(
  { random, tally }: Churn,
  { name, chardev }: { readonly name: string; readonly chardev: string },
): ChurnClient {
  const ending: Ending[] = []

  async function begin(caller: Caller): Promise<{ id: string; mapping: string }> {
    const wanted = { holder: name, ttl_ms: TTL_MS }
    const path = '/v1/leases'
    const made = await caller.call({ method: 'POST', path, body: wanted, expect: [201] })
    const { id } = jsonOf<{ id: string }>(made)
    const maps = Array.from({ length: MAPPINGS }, () => ({
      op: 'map',
      handle: '#0',
      length: drawLength(random),
    }))
    const operations = [{ op: 'open', chardev, holder: name, lease: id }, ...maps]
    const body = { atomic: true, operations }
    // On a busy machine the lease may have expired by now.
    const expect = [200, 404, 410]
    const answer = await caller.call({ method: 'POST', path: '/v1/batch', body, expect })
    const [, mapping = ''] = answer.status === 200 ? idsOf(answer) : []
    count(tally, 'under a lease', 2 + MAPPINGS)
    return { id, mapping }
  }

  async function seeAllGone(caller: Caller, { lease, mapping, endsMs }: Ending): Promise<void> {
    for (const path of [`/v1/leases/${lease}`, `/v1/mappings/${mapping}`]) {
      await seeGone(caller, path, endsMs)
    }
  }

  return {
    name,
    pauseMs: PAUSE_MS,
    async turn(caller) {
      const { id, mapping } = await begin(caller)
      const path = `/v1/leases/${id}`
      const kind = random.below(KINDS)
      if (kind === 0) await caller.call({ method: 'DELETE', path, expect: [204, 404, 410] })
      if (kind === 1) {
        await caller.call({ method: 'POST', path: `${path}/renew`, expect: [200, 404, 410] })
      }
      if (mapping !== '') ending.push({ lease: id, mapping, endsMs: performance.now() + TTL_MS })
      const [oldest] = ending
      if (oldest === undefined || performance.now() < oldest.endsMs) return
      ending.shift()
      await seeAllGone(caller, oldest)
    },
    async rest(caller) {
      for (const each of ending.splice(0)) await seeAllGone(caller, each)
    },
  }
}
