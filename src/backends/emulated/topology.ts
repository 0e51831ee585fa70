import { type Extent, overlaps } from '../../core/extent.ts'
import type { RegionNature } from '../../core/model.ts'
import { type Align, type Bytes, bytes, GIB } from '../../core/units.ts'
import type { DeviceShape } from '../../ports/backend.ts'

/** A device that the emulated host has from the start, as a recording told it. */
export interface RecordedDevice extends DeviceShape {
  readonly region: number
  readonly chardev: string
  /** The sum of `ranges`, bytes. */
  readonly size: Bytes
  readonly target_node: number
  readonly enabled: boolean
}

/** What the emulated host consists of. */
export interface Topology {
  /** By id; none overlaps another. */
  readonly regions: readonly RegionNature[]
  readonly devices: readonly RecordedDevice[]
}

/** A region of a topology with its devices. */
export interface RegionDraft {
  readonly region: RegionNature
  readonly devices: readonly RecordedDevice[]
}

/** The alignment that a device of the emulated host has if nothing else is said. */
export const DEFAULT_ALIGN = bytes(2097152) as Align

/** Below it lies what every x86 host has of its own; regions without a start begin here. */
const FIRST_START_BYTES = 4 * GIB

/** The next 1 GiB boundary behind all that is taken. May be beyond 2^53-1 with the size added. */
export function nextStart(taken: readonly Extent[]): Bytes {
  let end = FIRST_START_BYTES
  for (const item of taken) end = Math.max(end, item.start + item.size)
  return bytes(Math.ceil(end / GIB) * GIB)
}

/** The first region that shares a byte with `extent`. */
export function overlapped<T extends Extent>(extent: Extent, regions: readonly T[]): T | undefined {
  return regions.find((other) => overlaps(extent, other))
}
