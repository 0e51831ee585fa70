import { expect } from 'vitest'
import type { Answer } from '../../support/api.ts'
import type { FaultService } from './fault-service.ts'
import { wrongsOf } from './picture.ts'

const PATIENCE_MS = 60_000
export const WAIT = { prefer: 'wait=300' }

/** What can be asked for, in the order of what hurts least. */
const ACTIONS = ['repair', 'forget'] as const

/** Waits until nothing runs on the host, by a caller's wish or by daxd's own. */
async function quiet(service: FaultService): Promise<void> {
  await expect
    .poll(
      async () => {
        await service.services().queues.idle()
        const { items } = await service.get('/v1/claims')
        const { items: namespaces } = await service.get('/v1/namespaces')
        const { items: mappings } = await service.get('/v1/mappings')
        const going = ['creating', 'deleting', 'wiping', 'releasing']
        return [...items, ...namespaces, ...mappings].filter(({ state }: Answer['body']) =>
          going.includes(state),
        )
      },
      { timeout: PATIENCE_MS },
    )
    .toEqual([])
}

/** The fault is over: what hung goes on, and what daxd does by itself then is waited for. */
export async function settle(service: FaultService): Promise<void> {
  service.host.release()
  await expect.poll(() => service.host.running(), { timeout: PATIENCE_MS }).toBe(0)
  await quiet(service)
}

/**
 * The fault is over: what daxd does by itself is waited for, and what it shows as different is
 * repaired as its operator would. Afterwards nothing may differ, and nothing may be wrong.
 */
export async function heal(
  service: FaultService,
  { hasStranger = false }: { readonly hasStranger?: boolean } = {},
): Promise<void> {
  await settle(service)
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const { items } = await service.get('/v1/reconciliation')
    const wrongs = await wrongsOf(service)
    if (items.length === 0 && wrongs.length === 0) return
    // A look leaves out a region in which something runs, so it may take more than one.
    if (performance.now() > deadline) throw new Error(JSON.stringify({ items, wrongs }))
    for (const { object, actions } of items) {
      // A device that nobody owns is a leak, unless somebody else has made it.
      const action = ACTIONS.find((one) => actions.includes(one)) ?? (hasStranger ? 'adopt' : null)
      if (action === null) continue
      await service.ask('post', '/v1/reconciliation', { body: { object, action } })
    }
    await quiet(service)
  }
}

/** Takes away all that is there; each of it goes at the first try. */
export async function clear(service: FaultService): Promise<void> {
  for (const kind of ['claims', 'namespaces'] as const) {
    for (const { name } of (await service.get(`/v1/${kind}`)).items) {
      const path = `/v1/${kind}/${name}?if_busy=revoke`
      const { status, text } = await service.ask('delete', path, { headers: WAIT })
      if (status !== 200 && status !== 204) throw new Error(`DELETE ${path}: ${text}`)
    }
  }
  for (const { chardev } of (await service.get('/v1/devices')).items) {
    const { status, text } = await service.ask('delete', `/v1/devices/${chardev}?if_busy=revoke`, {
      headers: WAIT,
    })
    if (status !== 200 && status !== 204) throw new Error(`DELETE ${chardev}: ${text}`)
  }
  for (const kind of ['mappings', 'handles', 'leases'] as const) {
    for (const { id } of (await service.get(`/v1/${kind}`)).items) {
      await service.remove(`/v1/${kind}/${id}`)
    }
  }
  for (const { id } of (await service.get('/v1/regions')).items) {
    if (id > 1) await service.remove(`/v1/regions/${id}`)
  }
}
