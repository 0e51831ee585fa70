/**
 * A second, naive account of a region: walks it unit by unit and knows nothing of gaps. Written
 * from device-dax.md 1.7, against which the planner is held.
 */
import fc from 'fast-check'
import type { Extent } from '../../src/core/extent.ts'
import { type Bytes, bytes } from '../../src/core/units.ts'

export function ext(start: number, size: number): Extent {
  return { start: bytes(start), size: bytes(size) }
}

/** Small powers of two stand for 4 KiB, 2 MiB and 1 GiB; the rules know no absolute sizes. */
export const UNITS: fc.Arbitrary<Bytes> = fc.constantFrom(bytes(1), bytes(4), bytes(16))

/** The starts of all aligned units of the region that nothing touches, in address order. */
export function freeUnits(region: Extent, taken: readonly Extent[], unit: number): number[] {
  const free: number[] = []
  for (let at = 0; at + unit <= region.start + region.size; at += unit) {
    if (at < region.start) continue
    const touched = taken.some((item) => item.start < at + unit && at < item.start + item.size)
    if (!touched) free.push(at)
  }
  return free
}

/** Neighbouring free units put together. */
export function freeRuns(region: Extent, taken: readonly Extent[], unit: number): Extent[] {
  const runs: { start: number; size: number }[] = []
  for (const at of freeUnits(region, taken, unit)) {
    const last = runs.at(-1)
    if (last !== undefined && last.start + last.size === at) last.size += unit
    else runs.push({ start: at, size: unit })
  }
  return runs.map(({ start, size }) => ext(start, size))
}

/**
 * The kernel's growth, one unit at a time: the lowest free unit is taken; right behind the
 * device's last range it extends that, else it is a new range. Null when the region is full.
 */
export function naiveFirstFit(request: {
  readonly region: Extent
  readonly taken: readonly Extent[]
  readonly own: readonly Extent[]
  readonly bytes: number
  readonly unit: number
}): Extent[] | null {
  const ranges = request.own.map(({ start, size }) => ({ start: +start, size: +size }))
  for (let added = 0; added < request.bytes; added += request.unit) {
    const taken = [...request.taken, ...ranges.map(({ start, size }) => ext(start, size))]
    const [at] = freeUnits(request.region, taken, request.unit)
    if (at === undefined) return null
    const last = ranges.at(-1)
    if (last !== undefined && last.start + last.size === at) last.size += request.unit
    else ranges.push({ start: at, size: request.unit })
  }
  return ranges.map(({ start, size }) => ext(start, size))
}
