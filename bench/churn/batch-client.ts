import type { Random } from '../rows/random.ts'
import type { Caller } from './caller.ts'
import { type Churn, type ChurnClient, count } from './churn-client.ts'
import { idsOf, statusesOf } from './outcomes.ts'
import { drawLength, type Holding, type Slot } from './setting.ts'

/** One of so many turns has something in it that must be refused. */
const REFUSED_OF = 16
const PATH = '/v1/batch'
const CREATED = 201
const NO_CONTENT = 204
/** More than any device has. */
const TOO_LONG = 2 ** 50

/**
 * Each turn is one batch on one device: a handle is opened, mappings are unmapped and others of new
 * sizes mapped, the handle of the turn before is closed. Every second one is atomic.
 */
export function createBatchClient(
  { random, tally }: Churn,
  setup: { readonly name: string; readonly holdings: readonly Holding[]; readonly batch: number },
): ChurnClient {
  const { name, holdings, batch } = setup
  const replaced = Math.floor((batch - 2) / 2)
  return {
    name,
    pauseMs: 0,
    async turn(caller) {
      const holding = holdings[random.below(holdings.length)]
      if (holding === undefined) throw new Error('a batch client has devices')
      const isRefused = random.below(REFUSED_OF) === 0
      const atomic = random.below(2) === 0
      const order = { holding, random, replaced, holder: name }
      if (isRefused && atomic) return count(tally, ...(await undone(caller, order)))
      const done = await replace(caller, { ...order, atomic, isRefused })
      count(tally, `batch ${atomic ? 'atomic' : 'not atomic'}`, done)
    },
    rest: async () => undefined,
  }
}

interface Order {
  readonly holding: Holding
  readonly random: Random
  readonly replaced: number
  readonly holder: string
}

async function replace(
  caller: Caller,
  order: Order & { readonly atomic: boolean; readonly isRefused: boolean },
): Promise<number> {
  const { holding, random, holder, atomic, isRefused } = order
  const slots = drawSlots(holding.slots, order.replaced, random)
  const lengths = slots.map(() => drawLength(random))
  const operations: object[] = [
    { op: 'open', chardev: holding.chardev, holder },
    ...slots.map(({ id }) => ({ op: 'unmap', id })),
    ...lengths.map((length) => ({ op: 'map', handle: '#0', length })),
    { op: 'close', id: holding.handle },
  ]
  if (isRefused) operations.push({ op: 'map', handle: '#0', length: TOO_LONG })
  const body = { atomic, operations }
  const answer = await caller.call({ method: 'POST', path: PATH, body, expect: [200] })
  const wanted = [
    CREATED,
    ...slots.map(() => NO_CONTENT),
    ...slots.map(() => CREATED),
    NO_CONTENT,
    ...(isRefused ? [422] : []),
  ]
  const statuses = statusesOf(answer)
  if (statuses.join() !== wanted.join()) {
    throw new Error(`a batch was answered ${statuses.join()}, not ${wanted.join()}: ${answer.body}`)
  }
  const [handle = '', ...ids] = idsOf(answer)
  holding.handle = handle
  for (const [at, slot] of slots.entries()) {
    slot.id = ids[at] ?? ''
    slot.length = lengths[at] ?? 0
  }
  return operations.length
}

/** An atomic batch whose last operation is refused, and so all that came before it undone. */
async function undone(caller: Caller, order: Order): Promise<[string, number]> {
  const { holding, random, holder } = order
  const operations = [
    { op: 'open', chardev: holding.chardev, holder },
    ...drawSlots(holding.slots, order.replaced, random).map(({ id }) => ({ op: 'unmap', id })),
    { op: 'map', handle: '#0', length: drawLength(random) },
    { op: 'map', handle: '#0', length: TOO_LONG },
  ]
  const body = { atomic: true, operations }
  await caller.call({ method: 'POST', path: PATH, body, expect: [422] })
  return ['batch atomic, undone', operations.length]
}

/** So many different slots, or all: they are moved to the front, each by chance. */
function drawSlots(slots: Slot[], wanted: number, random: Random): Slot[] {
  const drawn = Math.min(wanted, slots.length)
  for (let at = 0; at < drawn; at += 1) {
    const from = at + random.below(slots.length - at)
    const [one, other] = [slots[at], slots[from]]
    if (one === undefined || other === undefined) throw new Error('a draw is inside the slots')
    slots[at] = other
    slots[from] = one
  }
  return slots.slice(0, drawn)
}
