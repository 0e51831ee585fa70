import { alignUp, bytes } from '../../../src/core/units.ts'
import type { LaneAnswer, LaneCall } from './calls.ts'
import { changed, learnClaim, type Outcome, refused, told } from './outcome.ts'
import { endLease, LANE_ALIGN, type LaneState, type Revision, spaceOf, without } from './state.ts'

type Call<T extends LaneCall['type']> = Extract<LaneCall, { type: T }>

/** A slice of the lane's device, or the claim that is there already. */
export function putClaim(state: LaneState, call: Call<'put-claim'>, begin: number): Outcome {
  const { claim: name, size, ttl_ms = null } = call
  const known = state.claims[name]
  if (known !== undefined) {
    if (known.size !== size || known.ttl_ms !== ttl_ms) return refused(state, 'name_taken')
    return told(
      state,
      { ...claimShown(state, name), status: 200 },
      known.revision,
      learnClaim(name),
    )
  }
  if (state.life.state !== 'enabled' || state.changing !== null) return refused(state, 'no_pool')
  const length = alignUp(bytes(size), LANE_ALIGN)
  const offset = spaceOf(state).find({ length, align: LANE_ALIGN })
  if (offset === null) return refused(state, 'no_hole')
  const lease = ttl_ms === null ? null : call.lease
  const { generation } = state.life
  const handle = { generation, lease, revision: null }
  const mapping = { ...handle, offset, length, exclusive: true, state: 'live' } as const
  const next = {
    ...state,
    handles: { ...state.handles, [name]: handle },
    mappings: { ...state.mappings, [name]: mapping },
  }
  const grown =
    ttl_ms === null || lease === null
      ? state.leases
      : {
          ...state.leases,
          [lease]: { notBefore: begin + ttl_ms, over: false, claim: name, revision: null },
        }
  const record = { size, ttl_ms, lease, offset, length }
  const withClaim = (revision: Revision): LaneState => ({
    ...next,
    leases: grown,
    claims: { ...state.claims, [name]: { ...record, revision } },
  })
  return changed({ ...claimShown(withClaim(null), name), status: 201 }, withClaim)
}

/** What a claim shows of itself and its mapping. */
export function claimShown(state: LaneState, name: string): LaneAnswer {
  const { offset, length } = state.claims[name]!
  const mapping = state.mappings[name]!
  return { state: 'active', offset, length, generation: mapping.generation, mmap: true }
}

/** A claim goes with its lease, handle and mapping. */
export function deleteClaim(state: LaneState, { claim: name }: Call<'delete-claim'>): Outcome {
  const claim = state.claims[name]
  if (claim === undefined) return refused(state, 'no_such_claim')
  return changed({}, () => {
    const lessLease = claim.lease === null ? state : endLease(state, claim.lease, 'deleted')
    return {
      ...lessLease,
      handles: without(lessLease.handles, name),
      mappings: without(lessLease.mappings, name),
      claims: without(lessLease.claims, name),
    }
  })
}
