import type { LaneAnswer, LaneCall } from './calls.ts'
import { claimShown } from './claims.ts'
import { learnClaim, learnDevice, type Outcome, refused, shown, told } from './outcome.ts'
import { type LaneState, type Revision, refsOf } from './state.ts'

/** What the device shows of itself. */
export function deviceShown(state: LaneState): LaneAnswer {
  const { life } = state
  return { state: life.state, generation: life.generation, refs: refsOf(state) }
}

/** The answer of a read, which changes nothing. */
export function read(state: LaneState, call: LaneCall): Outcome {
  switch (call.type) {
    case 'read-device':
      return told(state, deviceShown(state), state.revision, learnDevice)
    case 'read-mapping': {
      const mapping = state.mappings[call.mapping]
      if (mapping === undefined) return refused(state, 'no_such_mapping')
      const { state: is, offset, length, generation } = mapping
      const answer = { state: is, offset, length, generation }
      return told(state, answer, mapping.revision, (from, revision) => ({
        ...from,
        mappings: { ...from.mappings, [call.mapping]: { ...mapping, revision } },
      }))
    }
    case 'translate': {
      const mapping = state.mappings[call.mapping]
      if (mapping === undefined) return refused(state, 'no_such_mapping')
      if (mapping.state === 'revoked') return refused(state, 'revoked')
      return shown(state, { device_offset: mapping.offset })
    }
    case 'read-lease': {
      const lease = state.leases[call.lease]
      if (lease === undefined) return refused(state, 'no_such_lease')
      return told(state, {}, lease.revision, (from, revision) => ({
        ...from,
        leases: { ...from.leases, [call.lease]: { ...lease, revision } },
      }))
    }
    case 'read-claim': {
      const claim = state.claims[call.claim]
      if (claim === undefined) return refused(state, 'no_such_claim')
      return told(state, claimShown(state, call.claim), claim.revision, learnClaim(call.claim))
    }
    case 'list-handles':
      return shown(state, { items: listOf(state.handles, ['generation']) })
    default:
      return shown(state, {
        items: listOf(state.mappings, ['state', 'offset', 'length', 'generation']),
      })
  }
}

function listOf<T extends { readonly revision: Revision }>(
  table: Readonly<Record<string, T>>,
  fields: readonly (keyof T & string)[],
): unknown {
  return Object.fromEntries(
    Object.entries(table).map(([key, entry]) => [
      key,
      Object.fromEntries([...fields, 'revision' as const].map((field) => [field, entry[field]])),
    ]),
  )
}
