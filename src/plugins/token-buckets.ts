/** Identities that are remembered; beyond them the one seen longest ago begins anew. */
const IDENTITIES_MAX = 4096
/** A pause saves up requests for so long, seconds. */
const BURST_S = 2

/** How often each identity may ask, by a bucket of tokens each. */
export interface RateLimits {
  /** Takes a token; 0, or how many seconds to wait for the next one. */
  take(identity: string): number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** Full buckets for everybody; `now` in monotonic milliseconds. */
export function createRateLimits({
  perSecond,
  now = () => performance.now(),
}: {
  readonly perSecond: number
  readonly now?: () => number
}): RateLimits {
  const most = Math.max(1, perSecond * BURST_S)
  const buckets = new Map<string, Bucket>()

  function bucketOf(identity: string, at: number): Bucket {
    const known = buckets.get(identity)
    if (known === undefined && buckets.size >= IDENTITIES_MAX) {
      const [oldest] = buckets.keys()
      if (oldest !== undefined) buckets.delete(oldest)
    }
    const bucket = known ?? { tokens: most, atMs: at }
    // The latest seen goes to the end, so that the first is the one to forget.
    buckets.delete(identity)
    buckets.set(identity, bucket)
    return bucket
  }
  return {
    take(identity) {
      const at = now()
      const bucket = bucketOf(identity, at)
      bucket.tokens = Math.min(most, bucket.tokens + ((at - bucket.atMs) / 1000) * perSecond)
      bucket.atMs = at
      if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond
      bucket.tokens -= 1
      return 0
    },
  }
}
