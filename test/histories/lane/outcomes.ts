/**
 * The sequential specification of a lane, written from api.md: what each call, alone, does and
 * answers. The rules themselves (life cycle, mapping checks, places) are asked of src/core; of the
 * services nothing is used.
 */
import { transition } from '../../../src/core/device.ts'
import { DaxError } from '../../../src/core/errors.ts'
import { checkMapping, checkOpen } from '../../../src/core/mapping-rules.ts'
import { bytes } from '../../../src/core/units.ts'
import type { Operation } from '../checker/history.ts'
import type { LaneAnswer, LaneCall } from './calls.ts'
import { deleteClaim, putClaim } from './claims.ts'
import { changed, learnDevice, type Outcome, refused, told } from './outcome.ts'
import { deviceShown, read } from './reads.ts'
import {
  endLease,
  LANE_ALIGN,
  LANE_RANGES,
  LANE_SIZE,
  type LaneState,
  refsOf,
  spaceOf,
  without,
} from './state.ts'

type LaneOperation = Operation<LaneCall, LaneAnswer>

/** All ways in which the call can go on, one call at a time. */
export function outcomesOf(
  state: LaneState,
  operation: LaneOperation,
  phase: number,
): readonly Outcome[] {
  try {
    return phase === 0
      ? beginningsOf(state, operation)
      : finishDisable(state, operation as DisableOperation)
  } catch (error) {
    if (error instanceof DaxError) return [refused(state, error.code)]
    throw error
  }
}

type Call<T extends LaneCall['type']> = Extract<LaneCall, { type: T }>

function beginningsOf(state: LaneState, operation: LaneOperation): readonly Outcome[] {
  const { call } = operation
  switch (call.type) {
    case 'open':
      return [open(state, call)]
    case 'close':
      return [release(state, 'handles', call.handle)]
    case 'map':
      return [map(state, call)]
    case 'unmap':
      return [release(state, 'mappings', call.mapping)]
    case 'enable':
      return enable(state)
    case 'disable':
      return beginDisable(state, operation)
    case 'lease':
      return [grantLease(state, call, operation.begin)]
    case 'renew':
      return renew(state, call, operation.begin)
    case 'end-lease':
      return [deleteLease(state, call)]
    case 'put-claim':
      return [putClaim(state, call, operation.begin)]
    case 'delete-claim':
      return [deleteClaim(state, call)]
    case 'restart':
      return [restart(state)]
    default:
      return [read(state, call)]
  }
}

function open(state: LaneState, call: Call<'open'>): Outcome {
  const { key, lease = null } = call
  checkOpen({ life: state.life, mode: 'devdax' })
  if (state.changing !== null) return refused(state, 'in_transition')
  const held = lease === null ? null : state.leases[lease]
  if (held === undefined) return refused(state, 'no_such_lease')
  // A claim's lease is its holder's, and who opens here is another.
  if (held !== null && held.claim !== null) return refused(state, 'lease_mismatch')
  const { generation } = state.life
  return changed({ generation }, (revision) => ({
    ...state,
    handles: { ...state.handles, [key]: { generation, lease, revision } },
  }))
}

function map(state: LaneState, call: Call<'map'>): Outcome {
  const handle = state.handles[call.handle]
  if (handle === undefined) return refused(state, 'no_such_handle')
  const { generation, lease } = handle
  const { exclusive, length } = call
  const request = {
    length: bytes(length),
    ...(call.offset === undefined ? {} : { offset: bytes(call.offset) }),
    flags: ['MAP_SHARED'],
    prot: ['PROT_READ', 'PROT_WRITE'] as const,
    dontfork: false,
    exclusive,
  }
  const subject = { life: state.life, size: bytes(LANE_SIZE), align: LANE_ALIGN }
  const rest = { memmap: 'mem', mode: 'devdax', ranges: LANE_RANGES } as const
  const space = spaceOf(state)
  const straddles = space.straddles.bind(space)
  checkMapping(request, { generation, access: 'rw' }, { ...subject, ...rest, straddles })
  if (state.changing !== null) return refused(state, 'in_transition')
  const offset = request.offset ?? space.find({ length: request.length, align: LANE_ALIGN })
  if (offset === null) return refused(state, 'no_hole')
  const window = { offset, length: request.length, exclusive }
  if (space.conflicts(window, 1).length > 0) return refused(state, 'overlap')
  return changed({ offset, length, generation, state: 'live' }, (revision) => {
    const mapping = {
      offset,
      length,
      exclusive,
      generation,
      lease,
      state: 'live',
      revision,
    } as const
    return { ...state, mappings: { ...state.mappings, [call.key]: mapping } }
  })
}

function release(state: LaneState, table: 'handles' | 'mappings', key: string): Outcome {
  const kind = table === 'handles' ? 'handle' : 'mapping'
  if (!(key in state[table])) return refused(state, `no_such_${kind}`)
  return changed({}, () => ({ ...state, [table]: without<unknown>(state[table], key) }))
}

/** Calls on one device wait for each other, so none begins while another is under way. */
function enable(state: LaneState): readonly Outcome[] {
  if (state.changing !== null) return []
  const generation = state.life.generation + 1
  const life = transition(state.life, { type: 'enable', generation, size: LANE_SIZE })
  if (life === state.life) {
    return [told(state, deviceShown(state), state.revision, learnDevice)]
  }
  const next = renewClaims({ ...state, life })
  return [changed(deviceShown(next), (revision) => ({ ...next, revision }))]
}

/** A new generation gives every claim a new handle and mapping at its old place. */
function renewClaims(state: LaneState): LaneState {
  const { generation } = state.life
  let { handles, mappings, claims } = state
  for (const [name, claim] of Object.entries(state.claims)) {
    const { lease, offset, length } = claim
    const common = { generation, lease, revision: null }
    handles = { ...handles, [name]: common }
    const mapping = { ...common, offset, length, exclusive: true, state: 'live' } as const
    mappings = { ...mappings, [name]: mapping }
    claims = { ...claims, [name]: { ...claim, revision: null } }
  }
  return { ...state, handles, mappings, claims }
}

type DisableOperation = LaneOperation & { readonly call: Call<'disable'> }

/** First new users are kept out, and only then the device goes: two moments. */
function beginDisable(state: LaneState, { id, call }: LaneOperation): readonly Outcome[] {
  const { revoke } = call as Call<'disable'>
  if (state.changing !== null) return []
  if (state.life.state === 'disabled') {
    const extra = revoke ? { revoked: 0 } : {}
    return [told(state, { ...deviceShown(state), ...extra }, state.revision, learnDevice)]
  }
  const { handles, mappings } = refsOf(state)
  const event = { type: 'disable', references: handles + mappings, revoke } as const
  transition(state.life, event)
  const next = { ...state, changing: id }
  return [{ answer: null, isChange: true, phase: 1, next: () => next }]
}

function finishDisable(state: LaneState, { id, call, answer }: DisableOperation): Outcome[] {
  if (state.changing !== id) return []
  const { handles, mappings: count } = refsOf(state)
  const event = { type: 'disable', references: handles + count, revoke: call.revoke } as const
  const life = transition(state.life, event)
  const live = Object.entries(state.mappings).filter(([, { state: is }]) => is === 'live')
  const mappings = {
    ...state.mappings,
    ...Object.fromEntries(
      live.map(([key, one]) => [key, { ...one, state: 'revoked', revision: null } as const]),
    ),
  }
  const next: LaneState = { ...state, life, mappings, changing: null }
  const extra = call.revoke ? { revoked: live.length } : {}
  const done = changed({ ...deviceShown(next), ...extra }, (revision) => ({ ...next, revision }))
  // Of a call that was lost with the daemon only the beginning may have happened.
  const left = changed({}, () => ({ ...state, changing: null }))
  return answer === null ? [done, left] : [done]
}

function grantLease(state: LaneState, call: Call<'lease'>, begin: number): Outcome {
  return changed({ ttl_ms: call.ttl_ms }, (revision) => {
    const lease = { notBefore: begin + call.ttl_ms, over: false, claim: null, revision }
    return { ...state, leases: { ...state.leases, [call.key]: lease } }
  })
}

function renew(state: LaneState, call: Call<'renew'>, begin: number): readonly Outcome[] {
  const lease = state.leases[call.lease]
  if (lease === undefined) {
    const late = refused(state, 'lease_expired')
    // Which of the two a deleted one is, depends on how long it is gone.
    const never = refused(state, 'no_such_lease')
    return state.ended[call.lease] === 'expired' ? [late] : [never, late]
  }
  if (lease.over) return [refused(state, 'lease_expired')]
  return [
    changed({ ttl_ms: call.ttl_ms }, (revision) => {
      const longer = { ...lease, notBefore: begin + call.ttl_ms, revision }
      return { ...state, leases: { ...state.leases, [call.lease]: longer } }
    }),
  ]
}

function deleteLease(state: LaneState, call: Call<'end-lease'>): Outcome {
  if (!(call.lease in state.leases)) return refused(state, 'no_such_lease')
  return changed({}, () => endLease(state, call.lease, 'deleted'))
}

/** Leases get their full time anew, and what was half-way is forgotten. */
function restart(state: LaneState): Outcome {
  const leases = Object.fromEntries(
    Object.entries(state.leases).map(([key, lease]) => [
      key,
      { ...lease, over: false, revision: null },
    ]),
  )
  return changed({}, () => ({ ...state, leases, changing: null, revision: null }))
}
