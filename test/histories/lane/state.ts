import type { DeviceLife } from '../../../src/core/device.ts'
import { createDeviceSpace, type DeviceSpace } from '../../../src/core/device-space.ts'
import { type Align, bytes } from '../../../src/core/units.ts'

export const UNIT = 2 * 1024 * 1024
/** Few units, so that mappings meet. */
export const LANE_SIZE = 4 * UNIT
export const LANE_ALIGN = bytes(UNIT) as Align
export const LANE_RANGES = [{ offset: bytes(0), start: bytes(0), size: bytes(LANE_SIZE) }]

/** Null stands for a revision that no answer has told yet. */
export type Revision = number | null

export interface HandleState {
  readonly generation: number
  readonly lease: string | null
  readonly revision: Revision
}

export interface MappingState {
  readonly offset: number
  readonly length: number
  readonly exclusive: boolean
  readonly generation: number
  readonly lease: string | null
  readonly state: 'live' | 'revoked'
  readonly revision: Revision
}

export interface LeaseState {
  /** It cannot end by itself before this instant. */
  readonly notBefore: number
  /** Its time is up, though it may still be there. */
  readonly over: boolean
  readonly claim: string | null
  readonly revision: Revision
}

export interface ClaimState {
  readonly size: number
  readonly ttl_ms: number | null
  readonly lease: string | null
  readonly offset: number
  readonly length: number
  readonly revision: Revision
}

type Table<T> = Readonly<Record<string, T>>

/** One device and all that hangs on it. A claim's handle and mapping have the claim's name. */
export interface LaneState {
  readonly life: DeviceLife
  readonly revision: Revision
  /** The operation that holds the device still, null for none. */
  readonly changing: number | null
  readonly handles: Table<HandleState>
  readonly mappings: Table<MappingState>
  readonly leases: Table<LeaseState>
  readonly ended: Table<'expired' | 'deleted'>
  readonly claims: Table<ClaimState>
  /** The highest revision that a change was answered with. */
  readonly newest: number
}

/** A lane on which nothing was done yet. */
export function emptyLane(life: DeviceLife, revision: Revision): LaneState {
  const tables = { handles: {}, mappings: {}, leases: {}, ended: {}, claims: {} }
  return { life, revision, changing: null, ...tables, newest: revision ?? 0 }
}

/** A text that is equal for equal states. */
export function keyOfLane(state: LaneState): string {
  return JSON.stringify(state, (_name, value) =>
    value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

/** The core's own address space, with the live mappings in it. */
export function spaceOf(state: LaneState): DeviceSpace {
  const space = createDeviceSpace({
    size: bytes(LANE_SIZE),
    align: LANE_ALIGN,
    ranges: LANE_RANGES,
  })
  const mappings = Object.values(state.mappings)
  for (const [at, { offset, length, exclusive, state: is }] of mappings.entries()) {
    if (is === 'live') space.insert(at, { offset: bytes(offset), length: bytes(length), exclusive })
  }
  return space
}

export function refsOf(state: LaneState): { readonly handles: number; readonly mappings: number } {
  return {
    handles: Object.keys(state.handles).length,
    mappings: Object.keys(state.mappings).length,
  }
}

/** A table without one entry. */
export function without<T>(table: Table<T>, key: string): Table<T> {
  const { [key]: _gone, ...rest } = table
  return rest
}

/** A table without the entries that a lease holds. */
function withoutLease<T extends { readonly lease: string | null }>(
  table: Table<T>,
  lease: string,
): Table<T> {
  return Object.fromEntries(Object.entries(table).filter(([, entry]) => entry.lease !== lease))
}

/** A lease ends, and with it all that was opened under it, as with a process's exit. */
export function endLease(state: LaneState, key: string, how: 'expired' | 'deleted'): LaneState {
  const { claim } = state.leases[key]!
  const handles = withoutLease(state.handles, key)
  const mappings = withoutLease(state.mappings, key)
  const leases = without(state.leases, key)
  const ended = { ...state.ended, [key]: how }
  const claims = claim === null ? state.claims : without(state.claims, claim)
  return { ...state, handles, mappings, leases, ended, claims }
}
