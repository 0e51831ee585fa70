import { setTimeout as sleep } from 'node:timers/promises'
import { type Daxd, DaxdConnectionError, DaxdError } from '../../client/src/index.ts'

/** A lease is renewed so many times in its life, so that one renewal may fail. */
const RENEWALS_PER_LIFE = 3

/** What became of a lease that was kept: let go of by us, or lost. */
export type LeaseEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost'; readonly why: string }

/**
 * Renews a lease until the signal ends it, or it is lost: expired, deleted by others, or not
 * renewed for a whole life, after which the daemon gives the memory to others.
 */
export async function keepLease(
  daxd: Pick<Daxd, 'leases'>,
  lease: { readonly id: string; readonly ttl_ms: number },
  signal: AbortSignal,
): Promise<LeaseEnd> {
  const { id, ttl_ms } = lease
  const pauseMs = ttl_ms / RENEWALS_PER_LIFE
  let renewedAtMs = performance.now()
  for (;;) {
    const isStopped = await sleep(pauseMs, false, { signal }).catch(() => true)
    if (isStopped) return { kind: 'stopped' }
    const askedAtMs = performance.now()
    try {
      await daxd.leases.renew(id, {}, { signal, timeoutMs: pauseMs })
      renewedAtMs = askedAtMs
    } catch (error) {
      if (signal.aborted) return { kind: 'stopped' }
      const isRefused = error instanceof DaxdError && error.status < 500 && error.status !== 429
      const isOver = performance.now() - renewedAtMs >= ttl_ms
      if (isRefused || isOver) return { kind: 'lost', why: textOf(error) }
      if (!(error instanceof DaxdError || error instanceof DaxdConnectionError)) throw error
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
