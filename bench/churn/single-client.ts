import type { Caller } from './caller.ts'
import { jsonOf } from './caller.ts'
import { type Churn, type ChurnClient, count } from './churn-client.ts'
import { drawLength, type Holding, openDevice, type Slot } from './setting.ts'

const PAUSE_MS = 2
/** One of so many turns does this beside. */
const REOPENS_OF = 8
const KEYED_OF = 32
/** Answers are remembered for a day: a key is used again, so that they fill in the warm-up. */
const KEYS = 64

/** Single calls: unmaps and maps, opens and closes, and repeats calls with an idempotency key. */
export function createSingleClient(
  { random, tally }: Churn,
  { name, holdings }: { readonly name: string; readonly holdings: readonly Holding[] },
): ChurnClient {
  async function timed<T>(call: Promise<T>): Promise<T> {
    const began = performance.now()
    const answer = await call
    tally.waitsMs.push(performance.now() - began)
    return answer
  }

  async function replace(caller: Caller, { handle }: Holding, slot: Slot): Promise<void> {
    const path = `/v1/mappings/${slot.id}`
    await timed(caller.call({ method: 'DELETE', path, expect: [204] }))
    const length = drawLength(random)
    const body = { handle, length }
    const call = { method: 'POST', path: '/v1/mappings', body, expect: [201] } as const
    const made = await timed(caller.call(call))
    Object.assign(slot, { id: jsonOf<Slot>(made).id, length })
    count(tally, 'single map and unmap', 2)
  }

  async function reopen(caller: Caller, holding: Holding): Promise<void> {
    const former = holding.handle
    holding.handle = await openDevice(caller, holding.chardev, name)
    await caller.call({ method: 'DELETE', path: `/v1/handles/${former}`, expect: [204] })
    count(tally, 'single open and close', 2)
  }

  /** The first call with a key opens; each later one is told the same, whatever has become of it. */
  async function keyed(caller: Caller, { chardev }: Holding): Promise<void> {
    const headers = { 'idempotency-key': `${name}-${chardev}-${random.below(KEYS)}` }
    const path = `/v1/devices/${chardev}/handles`
    const call = { method: 'POST', path, body: { holder: name }, headers, expect: [201] } as const
    const { id } = jsonOf<{ id: string }>(await caller.call(call))
    await caller.call({ method: 'DELETE', path: `/v1/handles/${id}`, expect: [204, 404] })
    const again = jsonOf<{ id: string }>(await caller.call(call))
    if (again.id !== id) throw new Error(`a key was answered ${id} and then ${again.id}`)
    count(tally, 'with an idempotency key', 3)
  }

  return {
    name,
    pauseMs: PAUSE_MS,
    async turn(caller) {
      const holding = holdings[random.below(holdings.length)]
      const slot = holding?.slots[random.below(holding.slots.length)]
      if (holding === undefined || slot === undefined) throw new Error('a client has mappings')
      await replace(caller, holding, slot)
      if (random.below(REOPENS_OF) === 0) await reopen(caller, holding)
      if (random.below(KEYED_OF) === 0) await keyed(caller, holding)
    },
    rest: async () => undefined,
  }
}
