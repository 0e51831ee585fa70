import { type Answer, call, list } from '../../crash/support/http.ts'

const LEASE_TTL_MS = 600_000

/** A change of the smallest kind; the holder tells which one it is. */
export function createLease(url: string, holder: string): Promise<Answer | null> {
  return call(url, 'POST', '/v1/leases', { body: { holder, ttl_ms: LEASE_TTL_MS } })
}

/** The holders of all leases, in the order of creation. */
export async function holders(url: string): Promise<string[]> {
  return (await list(url, '/v1/leases')).map(({ holder }) => holder)
}

/** What a client is told of a change: the status and the code of its problem. */
export async function told(answer: Promise<Answer | null>): Promise<unknown> {
  const { status, body } = (await answer) ?? {}
  return body?.code === undefined ? { status } : { status, code: body.code }
}

/** The status of `/readyz`. */
export async function readiness(url: string): Promise<number | undefined> {
  return (await call(url, 'GET', '/readyz'))?.status
}
