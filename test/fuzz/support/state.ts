import type { Client } from './exchange.ts'

/** Every listing that shows state, each with what is hidden at first. */
const LISTINGS = {
  region: '/v1/regions?limit=1000',
  namespace: '/v1/namespaces?limit=1000',
  device: '/v1/devices?limit=1000&idle=true',
  removed: '/v1/devices?limit=1000&state=removed',
  handle: '/v1/handles?limit=1000',
  mapping: '/v1/mappings?limit=1000',
  lease: '/v1/leases?limit=1000',
  claim: '/v1/claims?limit=1000',
  operation: '/v1/operations?limit=1000',
} as const

export type Listing = keyof typeof LISTINGS
type Item = Readonly<Record<string, unknown>> & { readonly revision: number }

export interface State {
  readonly items: Readonly<Record<Listing, readonly Item[]>>
  /** The newest event's revision. */
  readonly revision: number
}

/** All that the service shows of itself. */
export async function readState(client: Client, since = 0): Promise<State> {
  const names = Object.keys(LISTINGS) as Listing[]
  const pages = await Promise.all(names.map((name) => readItems(client, LISTINGS[name])))
  const items = Object.fromEntries(
    names.map((name, index) => [name, pages[index] ?? []]),
  ) as Record<Listing, Item[]>
  return { items, revision: await newestRevision(client, since) }
}

/** The newest event's revision, looking from one that is known. */
export async function newestRevision(client: Client, since: number): Promise<number> {
  const events = await readItems(client, `/v1/events?limit=1000&since=${since}`)
  return events.at(-1)?.revision ?? since
}

async function readItems(client: Client, first: string): Promise<Item[]> {
  const items: Item[] = []
  let target: string | null = first
  while (target !== null) {
    const headers = { accept: 'application/json' }
    const answer = await client.ask({ method: 'GET', target, headers })
    if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${answer.text}`)
    const page = JSON.parse(answer.text) as { items: Item[]; next: string | null }
    items.push(...page.items)
    target = page.next === null ? null : `${first}&cursor=${encodeURIComponent(page.next)}`
  }
  return items
}
