import { bornDisabled, type DeviceLife, transition } from '../../../src/core/device.ts'
import type { Operation } from '../checker/history.ts'
import type { LaneAnswer, LaneCall } from '../lane/calls.ts'
import { emptyLane, LANE_SIZE, type LaneState, UNIT } from '../lane/state.ts'
import { chooseCall, type Known } from './choose.ts'
import { deletedBy, type LanePlace, laneAnswerOf, wireCallOf } from './translate.ts'
import type { Body, Wire, WireAnswer, WireCall } from './wire.ts'

export const CLIENTS = 3
const CALLS_PER_CLIENT = 5
/** Of all changes, those whose connection is cut, and those whose answer is thrown away. */
const CUT_PROBABILITY = 0.06
const FORGET_PROBABILITY = 0.04
/** Histories that begin with an enabled device for sure; the others as the last one left it. */
const ENABLED_PROBABILITY = 0.8
const CUT_AFTER_MAX_MS = 4
const PAUSE_PROBABILITY = 0.2
const PAUSE_MAX_MS = 12

export type LaneOperation = Operation<LaneCall, LaneAnswer>

/** A recorded operation, and the answer's body as it came. */
export interface Recorded {
  readonly operation: LaneOperation
  readonly body: Body
  /** `kind/id` of what it deletes. */
  readonly deletes: string | null
}

/** A lane that can be asked to record one history after the other. */
export interface Lane {
  readonly name: string
  /** The state in which the next history begins; mostly an enabled device. */
  begin(): Promise<LaneState>
  record(round: number): Promise<readonly Recorded[]>
  /** Takes away all that the last history left, so that the next begins without references. */
  clear(): Promise<void>
  close(): void
}

export interface LaneOptions {
  readonly wires: readonly Wire[]
  /** For what belongs to no history, past all that may lie: making, beginning, clearing away. */
  readonly aside: Wire
  readonly name: string
  readonly random: () => number
}

/**
 * Makes a region of its own for the lane, so that lanes need not wait for each other, and a
 * namespace in it: a pool, so that claims can be placed there.
 */
export async function createLane(options: LaneOptions): Promise<Lane> {
  const { wires, aside, name } = options
  const region = await must(aside, {
    method: 'POST',
    path: '/v1/regions',
    body: { size: LANE_SIZE, align: UNIT },
  })
  const body = { name, region: region.id, size: LANE_SIZE, align: UNIT, pool: true }
  const made = await must(aside, {
    method: 'POST',
    path: '/v1/namespaces',
    body: { ...body, labels: { lane: name } },
  })
  const place = { chardev: made.chardev as string, name }
  let ids = new Map<string, string>()
  return {
    name,
    begin: () => beginHistory(options, { ...place, ids }),
    async record(round) {
      ids = new Map()
      return recordHistory(options, { ...place, ids }, round)
    },
    clear: () => clear(aside, { ...place, ids }),
    close: () => {
      for (const each of [aside, ...wires]) each.close()
    },
  }
}

async function beginHistory({ aside, random }: LaneOptions, place: LanePlace): Promise<LaneState> {
  if (random() < ENABLED_PROBABILITY) await must(aside, wireCallOf(place, { type: 'enable' }))
  const device = await must(aside, wireCallOf(place, { type: 'read-device' }))
  if (device.refs.handles + device.refs.mappings > 0) throw new Error('the lane is not clear')
  return emptyLane(lifeOf(device), device.revision)
}

async function recordHistory(
  options: LaneOptions,
  place: LanePlace,
  round: number,
): Promise<readonly Recorded[]> {
  const { wires } = options
  const recorded: Recorded[] = []
  const known: Known = { handles: [], mappings: [], leases: [] }
  const lookBack: (() => Promise<unknown>)[] = []
  await Promise.all(
    wires.map(async (wire, client) => {
      for (let step = 0; step < CALLS_PER_CLIENT; step += 1) {
        const id = `${place.name}r${round}-${client}.${step}`
        const call = chooseCall(options.random, known, id)
        const number = client * CALLS_PER_CLIENT + step
        await pauseSometimes(options.random)
        const made = await perform(options, place, wire, { client, number, call, id }, lookBack)
        recorded.push(made)
        learn(place, known, made)
      }
    }),
  )
  for (const settle of lookBack) await settle()
  return recorded
}

function lifeOf({ state, generation }: Body): DeviceLife {
  const born = bornDisabled(Math.max(0, generation - (state === 'enabled' ? 1 : 0)))
  return state === 'enabled'
    ? transition(born, { type: 'enable', generation, size: LANE_SIZE })
    : born
}

interface Turn {
  readonly client: number
  readonly number: number
  readonly call: LaneCall
  readonly id: string
}

/**
 * Asks, and writes down what came of it. Some answers are lost on purpose: then the call may have
 * happened or not, unless it has an Idempotency-Key and the client asks again for the answer.
 */
async function perform(
  { random }: LaneOptions,
  place: LanePlace,
  wire: Wire,
  { client, number, call, id }: Turn,
  lookBack: (() => Promise<unknown>)[],
): Promise<Recorded> {
  const wireCall = wireCallOf(place, call)
  const isChange = wireCall.method !== 'GET'
  const fate = isChange ? random() : 1
  const canCut = wireCall.method === 'POST' || /handles|mappings|leases/.test(wireCall.path)
  const isCut = canCut && fate < CUT_PROBABILITY
  const sent: WireCall = {
    ...wireCall,
    ...(wireCall.method === 'POST' && isCut ? { key: id } : {}),
    ...(isCut ? { cutAfterMs: random() * CUT_AFTER_MAX_MS } : {}),
  }
  const again: WireCall = { ...sent, cutAfterMs: undefined } as never
  const begin = performance.now()
  let answer = await wire.ask(sent)
  if (answer === null && sent.key !== undefined && random() < 0.5) {
    // What was sent before is read by the daemon before what is sent now.
    await wire.ask(wireCallOf(place, { type: 'read-device' }))
    answer = await wire.ask(again)
  }
  if (answer === null) lookBack.push(() => wire.ask(again))
  if (fate >= CUT_PROBABILITY && fate < CUT_PROBABILITY + FORGET_PROBABILITY) answer = null
  const end = answer === null ? Number.POSITIVE_INFINITY : performance.now()
  const known = answer === null ? null : laneAnswerOf(call, answer)
  const operation = { id: number, client, call, begin, end, answer: known }
  return { operation, body: answer?.body ?? null, deletes: deletedBy(place, call) }
}

/** What was answered can be spoken of from now on. */
function learn({ ids }: LanePlace, known: Known, { operation, body }: Recorded): void {
  const { call, answer } = operation
  if (answer === null || 'code' in answer) return
  if (call.type === 'open') known.handles.push(call.key)
  if (call.type === 'map') known.mappings.push(call.key)
  if (call.type === 'lease') known.leases.push(call.key)
  if (call.type === 'open' || call.type === 'map' || call.type === 'lease') {
    ids.set(call.key, body.id)
  }
  if (call.type === 'put-claim' && answer['status'] === 201 && body.lease !== null) {
    known.leases.push(call.lease)
    ids.set(call.lease, body.lease)
  }
}

async function pauseSometimes(random: () => number): Promise<void> {
  if (random() >= PAUSE_PROBABILITY) return
  await new Promise((resolve) => setTimeout(resolve, random() * PAUSE_MAX_MS))
}

async function clear(wire: Wire, { chardev, name }: LanePlace): Promise<void> {
  const { items: claims } = await must(wire, { method: 'GET', path: '/v1/claims?limit=1000' })
  for (const claim of claims as Body[]) {
    if (claim.chardev === chardev)
      await wire.ask({ method: 'DELETE', path: `/v1/claims/${claim.name}` })
  }
  const { items: leases } = await must(wire, { method: 'GET', path: `/v1/leases?holder=${name}` })
  for (const { id } of leases as Body[])
    await wire.ask({ method: 'DELETE', path: `/v1/leases/${id}` })
  const list = async (kind: string): Promise<Body[]> =>
    (await must(wire, { method: 'GET', path: `/v1/${kind}?chardev=${chardev}` })).items
  const operations = [
    ...(await list('mappings')).map(({ id }) => ({ op: 'unmap', id })),
    ...(await list('handles')).map(({ id }) => ({ op: 'close', id })),
  ]
  if (operations.length === 0) return
  await must(wire, { method: 'POST', path: '/v1/batch', body: { atomic: false, operations } })
}

async function must(wire: Wire, call: WireCall): Promise<Body> {
  const answer: WireAnswer | null = await wire.ask(call)
  if (answer !== null && answer.status < 300) return answer.body
  throw new Error(`${call.method} ${call.path}: ${answer?.status} ${JSON.stringify(answer?.body)}`)
}
