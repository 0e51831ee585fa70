import type { Caller } from './caller.ts'
import { type Churn, type ChurnClient, count } from './churn-client.ts'
import { seeGone } from './see-gone.ts'
import { drawLength, WAIT } from './setting.ts'

const PAUSE_MS = 50
const TTL_MS = 500

/** Claims, slices and whole devices, made and let go; half of them are left to expire. */
export function createClaimClient(
  { random, tally }: Churn,
  { name }: { readonly name: string },
): ChurnClient {
  const mortal: { readonly path: string; readonly endsMs: number }[] = []
  let made = 0

  async function seeOldestGone(caller: Caller): Promise<void> {
    const oldest = mortal.shift()
    if (oldest !== undefined) await seeGone(caller, oldest.path, oldest.endsMs)
  }

  return {
    name,
    pauseMs: PAUSE_MS,
    async turn(caller) {
      made += 1
      const path = `/v1/claims/${name}-${made}`
      const isMortal = random.below(2) === 0
      const body = {
        size: drawLength(random),
        sharing: random.below(2) === 0 ? 'slice' : 'dedicated',
        holder: name,
        ...(isMortal ? { ttl_ms: TTL_MS } : {}),
      }
      // On a busy machine it may have expired before it was ready.
      const expect = isMortal ? [201, 410] : [201]
      await caller.call({ method: 'PUT', path, body, headers: WAIT, expect })
      count(tally, 'claim')
      if (isMortal) mortal.push({ path, endsMs: performance.now() + TTL_MS })
      else {
        await caller.call({ method: 'DELETE', path, headers: WAIT, expect: [204] })
        count(tally, 'claim')
      }
      const [oldest] = mortal
      if (oldest !== undefined && performance.now() > oldest.endsMs) await seeOldestGone(caller)
    },
    async rest(caller) {
      while (mortal.length > 0) await seeOldestGone(caller)
    },
  }
}
