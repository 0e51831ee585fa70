import type { Client } from './exchange.ts'
import { readState, type State } from './state.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }
/** An operation that was cancelled is over after this at most, milliseconds. */
const SETTLE_TIMEOUT_MS = 10_000
const POLL_MS = 10

/** Takes everything away and makes one object of every kind and state anew. */
export async function furnish(client: Client): Promise<State> {
  await clear(client)
  const post = async (target: string, body: object): Promise<Record<string, unknown>> => {
    const method = target.startsWith('/v1/claims/') ? 'PUT' : 'POST'
    const text = JSON.stringify(body)
    const answer = await client.ask({ method, target, headers: JSON_HEADERS, body: text })
    if (answer.status > 201) throw new Error(`${target}: ${answer.status} ${answer.text}`)
    return JSON.parse(answer.text)
  }
  const made = await post('/v1/namespaces', { name: 'alpha', region: 0, size: '128m', pool: true })
  await post('/v1/namespaces', { name: 'beta', region: 0, size: '32m', enabled: false })
  await post('/v1/namespaces', { name: 'gamma', region: 1, size: '48m', wipe: 'on_release' })
  const lease = await post('/v1/leases', { holder: 'pod-a', ttl_ms: 86_400_000 })
  const target = `/v1/devices/${made['chardev']}/handles`
  const handle = await post(target, { holder: 'pod-a', lease: lease['id'] })
  await post(target, { holder: 'pod-b', access: 'ro' })
  await post('/v1/mappings', { handle: handle['id'], length: '4m' })
  await post('/v1/mappings', { handle: handle['id'], length: '2m', exclusive: false })
  await post('/v1/claims/alpha', { size: '2m', sharing: 'slice', holder: 'pod-c' })
  await post('/v1/claims/delta', { size: '4m', sharing: 'dedicated', holder: 'pod-c' })
  return readState(client)
}

/** Waits until nothing runs by itself, cancelling what can be cancelled. */
export async function settle(client: Client): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS
  for (;;) {
    const { items } = await readState(client)
    const running = items.operation.filter(({ finished_at }) => finished_at === null)
    if (running.length === 0) return
    if (Date.now() > deadline) throw new Error(`Never done: ${JSON.stringify(running)}`)
    for (const { id } of running) await remove(client, `/v1/operations/${id}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function clear(client: Client): Promise<void> {
  await settle(client)
  const { items } = await readState(client)
  for (const { name } of items.claim) await remove(client, `/v1/claims/${name}?if_busy=revoke`)
  for (const { id } of items.lease) await remove(client, `/v1/leases/${id}`)
  for (const { id } of items.mapping) await remove(client, `/v1/mappings/${id}`)
  for (const { id } of items.handle) await remove(client, `/v1/handles/${id}`)
  for (const { name } of items.namespace) {
    await remove(client, `/v1/namespaces/${name}?if_busy=revoke`)
  }
  const regions = items.region.filter(({ id }) => Number(id) > 1)
  for (const { id } of regions) await remove(client, `/v1/regions/${id}`)
  for (const id of [0, 1]) {
    const body = '{"schedulable":true,"placement":"first-fit"}'
    const target = `/v1/regions/${id}`
    await client.ask({ method: 'PATCH', target, headers: JSON_HEADERS, body })
  }
  await settle(client)
}

async function remove(client: Client, target: string): Promise<void> {
  await client.ask({ method: 'DELETE', target })
}
