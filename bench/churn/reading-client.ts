import { type Call, jsonOf } from './caller.ts'
import { type Churn, type ChurnClient, count } from './churn-client.ts'
import type { Holding } from './setting.ts'

const PAUSE_MS = 10

/** Reads: objects that may be gone by then, lists page by page, figures. */
export function createReadingClient(
  { random, tally }: Churn,
  { name, holdings }: { readonly name: string; readonly holdings: readonly Holding[] },
): ChurnClient {
  const get = (path: string, ...also: number[]): Call => ({
    method: 'GET',
    path,
    expect: [200, ...also],
  })
  let cursor = ''

  /** A mapping that another client unmaps meanwhile is not there: 404 is right, too. */
  function drawCall(): Call {
    const holding = holdings[random.below(holdings.length)]
    const slot = holding?.slots[random.below(holding.slots.length)]
    if (holding === undefined || slot === undefined) throw new Error('there are mappings to read')
    const calls: readonly Call[] = [
      get(`/v1/mappings/${slot.id}`, 404),
      get(`/v1/mappings/${slot.id}/translate?offset=0`, 404),
      get(`/v1/mappings?limit=100${cursor}`),
      get(`/v1/mappings?chardev=${holding.chardev}&limit=20`),
      get(`/v1/handles/${holding.handle}`, 404),
      get('/v1/handles?limit=100'),
      get('/v1/devices'),
      get(`/v1/devices/${holding.chardev}`),
      get('/v1/regions/0/map?summary=true'),
      get('/v1/namespaces'),
      get('/v1/audit?limit=5'),
      get('/v1/events?limit=10'),
      get('/metrics'),
    ]
    const call = calls[random.below(calls.length)]
    if (call === undefined) throw new Error('a draw is inside the calls')
    return call
  }

  return {
    name,
    pauseMs: PAUSE_MS,
    async turn(caller) {
      const call = drawCall()
      const headers = { accept: 'application/json' }
      const answer = await caller.call({ ...call, headers })
      count(tally, 'read')
      if (!call.path.startsWith('/v1/mappings?limit')) return
      const { next } = jsonOf<{ next: string | null }>(answer)
      cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`
    },
    rest: async () => undefined,
  }
}
