/** Looking closer at a part of a region: windows inside its address range. */
import type { AddressRange } from './pieces.ts'
import type { Window } from './region-layout.ts'

/** The least that is shown, bytes: nothing is handed out in smaller units. */
const WINDOW_BYTES_MIN = 4096 * 16

/** All of it. */
export function wholeWindow({ start, size }: AddressRange): Window {
  return { start, end: start + size }
}

/** `factor` times as much as before (below 1: closer) with `at` staying at its place. */
export function zoomed(region: AddressRange, window: Window, at: number, factor: number): Window {
  const span = window.end - window.start
  const wanted = Math.round(Math.min(region.size, Math.max(WINDOW_BYTES_MIN, span * factor)))
  const left = Math.round(((at - window.start) / span) * wanted)
  return within(region, at - left, wanted)
}

/** Moved by a part of what is shown; never beyond the region. */
export function moved(region: AddressRange, window: Window, part: number): Window {
  const span = window.end - window.start
  return within(region, window.start + Math.round(span * part), span)
}

function within(region: AddressRange, start: number, size: number): Window {
  const fitting = Math.min(size, region.size)
  const last = region.start + region.size - fitting
  const from = Math.min(Math.max(start, region.start), last)
  return { start: from, end: from + fitting }
}
