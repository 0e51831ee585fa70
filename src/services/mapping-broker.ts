import { DaxError } from '../core/errors.ts'
import type { HandleRecord, Labels, MappingRecord } from '../core/model.ts'
import type { Principal } from '../core/principal.ts'
import { toldTo } from '../core/told-holders.ts'
import { type Translation, translate } from '../core/translate.ts'
import { type Bytes, bytes } from '../core/units.ts'
import type { Access } from '../core/vocabulary.ts'
import type { Call, Draw } from './call.ts'
import { checkFence } from './fencing.ts'
import { deviceOf } from './lookup.ts'
import { needOwn, needOwnDevice } from './ownership.ts'
import { closeHandle, endMapping, type MapInput, mapDevice, openDevice } from './references.ts'
import { takeCount } from './tenant-rules.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

export interface OpenRequest {
  readonly holder: string
  readonly access?: Access
  readonly lease?: string
  readonly labels?: Labels
}

export interface MappingRequest extends MapInput {
  readonly handle: string
}

/** One step of a batch; `handle` and `id` may be `#k`, the result of operation k. */
export type BatchOperation =
  | ({ readonly op: 'open'; readonly chardev: string } & OpenRequest)
  | { readonly op: 'close'; readonly id: string }
  | ({ readonly op: 'map' } & MappingRequest)
  | { readonly op: 'unmap'; readonly id: string }

/** A step, or how to make it: its own numbers are checked in its turn. */
export type BatchStep = BatchOperation | (() => BatchOperation)

/** What became of one step. */
export type BatchOutcome =
  | { readonly kind: 'handle'; readonly record: HandleRecord }
  | { readonly kind: 'mapping'; readonly record: MappingRecord }
  | { readonly kind: 'done' }
  | { readonly kind: 'problem'; readonly error: DaxError }

/** Handles and mappings: who may touch which bytes of which device. */
export interface MappingBroker {
  open(chardev: string, request: OpenRequest, call: Call<HandleRecord>): Promise<HandleRecord>
  close(id: string, call: Call<unknown>): Promise<void>
  map(request: MappingRequest, call: Call<MappingRecord>): Promise<MappingRecord>
  unmap(id: string, call: Call<unknown>): Promise<void>
  /** The refusal or the result that the real call would give, changing nothing. */
  rehearseOpen<V>(
    chardev: string,
    request: OpenRequest,
    caller: Principal,
    draw: Draw<HandleRecord, V>,
  ): V
  rehearseMap<V>(request: MappingRequest, caller: Principal, draw: Draw<MappingRecord, V>): V
  /**
   * The fault at a byte offset from the mapping's start.
   * @throws DaxError `no_such_mapping`, `revoked` (SIGBUS), `out_of_range`, `fault` (SIGBUS).
   */
  translate(id: string, offset: Bytes, caller: Principal): Translation
  /**
   * Runs steps in order in one durable commit. An atomic batch that fails changes nothing and
   * throws the first failure with `failed_index`.
   */
  batch(
    steps: readonly BatchStep[],
    atomic: boolean,
    call: Call<readonly BatchOutcome[]>,
  ): Promise<readonly BatchOutcome[]>
}

/** How `core/device-space.ts` places what names no offset. */
const UNPLACED_POLICY = 'best-fit'

/** A broker over the world; it never touches the host. */
export function createMappingBroker({ world }: { readonly world: World }): MappingBroker {
  function commit<T>(call: Call<T>, build: (tx: Transaction) => T): Promise<T> {
    return world.commit((tx) => {
      const result = build(tx)
      call.remember?.(tx, result)
      return result
    })
  }
  return {
    open: (chardev, request, call) => commit(call, (tx) => open(tx, chardev, request, call)),
    close: (id, call) => commit(call, (tx) => close(tx, id, call)),
    map: (request, call) =>
      commit(call, (tx) => {
        const mapping = map(tx, request, call)
        const policy = request.offset === undefined ? UNPLACED_POLICY : 'asked'
        tx.explain({ offset: mapping.offset, policy })
        return mapping
      }),
    unmap: (id, call) => commit(call, (tx) => unmap(tx, id, call)),
    rehearseOpen: (chardev, request, caller, draw) =>
      world.rehearse((tx) => draw(open(tx, chardev, request, { caller }), tx.view)),
    rehearseMap: (request, caller, draw) =>
      world.rehearse((tx) => draw(map(tx, request, { caller }), tx.view)),
    translate(id, offset, caller) {
      const mapping = needOwn(world.durable, 'mapping', id, caller)
      if (mapping.state !== 'live') {
        throw new DaxError('revoked', `Mapping ${id} of ${mapping.chardev} is ${mapping.state}.`)
      }
      if (offset >= mapping.length) {
        throw new DaxError('out_of_range', `Offset ${offset} is past the ${mapping.length} mapped.`)
      }
      const { ranges, align } = deviceOf(world.durable, mapping)
      return translate({ ranges, align, offset: bytes(mapping.offset + offset) })
    },
    batch: (steps, atomic, call) => commit(call, (tx) => runBatch(tx, steps, atomic, call)),
  }
}

/** Who asks, under which lease, and which revision is meant. */
type Asking = Pick<Call<unknown>, 'caller' | 'fence' | 'ifMatch'>

function open(
  tx: Transaction,
  chardev: string,
  request: OpenRequest,
  { caller, fence }: Asking,
): HandleRecord {
  const { holder, access = 'rw', lease = null, labels = {} } = request
  const { tenant } = caller
  const device = needOwnDevice(tx.view, chardev, caller)
  checkFence(tx.view, lease, fence)
  takeCount(tx.view, tenant, 'handles')
  return openDevice(tx, device, { holder, access, lease, claim: null, tenant, labels })
}

function close(tx: Transaction, id: string, { caller, fence, ifMatch }: Asking): void {
  const handle = needOwn(tx.view, 'handle', id, caller)
  checkRevision(handle, ifMatch)
  checkFence(tx.view, handle.lease, fence)
  refuseClaimed(handle)
  closeHandle(tx, handle)
}

function map(
  tx: Transaction,
  { handle, ...input }: MappingRequest,
  { caller, fence }: Asking,
): MappingRecord {
  const through = needOwn(tx.view, 'handle', handle, caller)
  checkFence(tx.view, through.lease, fence)
  takeCount(tx.view, through.tenant, 'mappings')
  return mapDevice(tx, through, input)
}

function unmap(tx: Transaction, id: string, { caller, fence, ifMatch }: Asking): void {
  const mapping = needOwn(tx.view, 'mapping', id, caller)
  checkRevision(mapping, ifMatch)
  checkFence(tx.view, mapping.lease, fence)
  refuseClaimed(mapping)
  endMapping(tx, mapping)
}

/** A claim is taken back whole; a part of it pulled out would leave a claim that lies. */
function refuseClaimed(item: HandleRecord | MappingRecord): void {
  if (item.claim === null) return
  throw new DaxError('owned_by_claim', `${item.id} belongs to claim ${item.claim}; delete that.`, {
    holders: [{ kind: 'claim', id: item.claim }],
  })
}

function runBatch(
  tx: Transaction,
  steps: readonly BatchStep[],
  atomic: boolean,
  { caller, fence }: Asking,
): readonly BatchOutcome[] {
  const outcomes: BatchOutcome[] = []
  const fenced = fence === undefined ? {} : { fence }
  for (const [index, step] of steps.entries()) {
    try {
      const operation = typeof step === 'function' ? step() : step
      outcomes.push(runOperation(tx, operation, outcomes, { caller, ...fenced }))
    } catch (error) {
      if (!(error instanceof DaxError)) throw error
      if (atomic)
        throw new DaxError(
          error.code,
          error.message,
          { ...error.facts, failed_index: index },
          error,
        )
      outcomes.push({ kind: 'problem', error: toldTo(caller.tenant, error) })
    }
  }
  return outcomes
}

/** Each step checks before it writes, so a refused one leaves nothing behind. */
function runOperation(
  tx: Transaction,
  operation: BatchOperation,
  outcomes: readonly BatchOutcome[],
  asking: Asking,
): BatchOutcome {
  switch (operation.op) {
    case 'open':
      return { kind: 'handle', record: open(tx, operation.chardev, operation, asking) }
    case 'map': {
      const { op: _op, ...request } = operation
      const handle = resolve(request.handle, outcomes, 'handle')
      return { kind: 'mapping', record: map(tx, { ...request, handle }, asking) }
    }
    case 'close':
      close(tx, resolve(operation.id, outcomes, 'handle'), asking)
      return { kind: 'done' }
    default:
      unmap(tx, resolve(operation.id, outcomes, 'mapping'), asking)
      return { kind: 'done' }
  }
}

/** The id that `#k` stands for, or the text itself. */
function resolve(
  text: string,
  outcomes: readonly BatchOutcome[],
  kind: 'handle' | 'mapping',
): string {
  const match = /^#(\d+)$/.exec(text)
  if (match === null) return text
  const outcome = outcomes[Number(match[1])]
  if (outcome?.kind === kind) return outcome.record.id
  const why = outcome === undefined ? 'comes later or not at all' : `gave no ${kind}`
  throw new DaxError('bad_reference', `Operation ${text} ${why}.`)
}
