/** The naive model of a device's space: one flag for every unit. */
import type { Extent } from '../../src/core/extent.ts'
import type { Window } from '../../src/core/mapping-rules.ts'
import { type Align, type Bytes, bytes } from '../../src/core/units.ts'

export interface UnitMap {
  readonly align: Align
  /** True where a unit is free. */
  readonly free: boolean[]
}

export function windowOf(align: Align, firstUnit: number, units: number): Window {
  return { offset: bytes(firstUnit * align), length: bytes(units * align) }
}

export function mark({ align, free }: UnitMap, { offset, length }: Window, isFree: boolean): void {
  free.fill(isFree, offset / align, (offset + length) / align)
}

/** True when every unit of the window is free, or every one taken. */
export function isAll({ align, free }: UnitMap, window: Window, isFree: boolean): boolean {
  const units = free.slice(window.offset / align, (window.offset + window.length) / align)
  return units.length === window.length / align && units.every((unit) => unit === isFree)
}

export function holesOf({ align, free }: UnitMap): Extent[] {
  const holes: Extent[] = []
  let first = 0
  for (let unit = 0; unit <= free.length; unit += 1) {
    if (free[unit] === true) continue
    if (unit > first) {
      holes.push({ start: bytes(first * align), size: bytes((unit - first) * align) })
    }
    first = unit + 1
  }
  return holes
}

export interface Usable {
  readonly offset: number
  readonly length: number
}

/** What is usable of each hole at an align, the smallest first, then the lowest. */
export function usableIn(map: UnitMap, align: Align): Usable[] {
  return holesOf(map)
    .map(({ start, size }) => {
      const offset = Math.ceil(start / align) * align
      return { offset, length: start + size - offset }
    })
    .filter(({ length }) => length > 0)
    .sort((left, right) => left.length - right.length || left.offset - right.offset)
}

export function bestFit(
  map: UnitMap,
  request: { readonly length: Bytes; readonly align: Align },
): number | null {
  const fits = usableIn(map, request.align).filter(({ length }) => length >= request.length)
  return fits[0]?.offset ?? null
}
