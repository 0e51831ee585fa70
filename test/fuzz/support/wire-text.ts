/**
 * Marks that stand in generated values for what is only known, or can only be written, when the
 * text for the wire is made: literals that JavaScript would not write, and names of live objects.
 */
import type { Listing, State } from './state.ts'

const RAW_PATTERN = /"§raw:([^§]*)§"/g
const LIVE_PATTERN = /§live:(\w+):(\d+)§/g

/** A JSON text that stands for itself: `1e400`, `-0`, `[[[[`. Without quotes in it. */
export function raw(text: string): string {
  return `§raw:${text}§`
}

/** The id of the nth live object of a kind, or of none when there is none. */
export function live(kind: Listing, nth: number): string {
  return `§live:${kind}:${nth}§`
}

/** The JSON text of a value with its marks replaced. */
export function wireText(value: unknown, state: State): string {
  return withLive(JSON.stringify(value).replace(RAW_PATTERN, '$1'), state)
}

/** A text with the names of live objects put in. */
export function withLive(text: string, state: State): string {
  return text.replace(LIVE_PATTERN, (_mark, kind: Listing, nth: string) => {
    const ids = idsOf(state, kind)
    return ids[Number(nth) % Math.max(ids.length, 1)] ?? 'nobody'
  })
}

function idsOf({ items }: State, kind: Listing): string[] {
  return items[kind].map((item) => String(item['name'] ?? idOf(kind, item)))
}

function idOf(kind: Listing, item: Readonly<Record<string, unknown>>): unknown {
  return kind === 'device' || kind === 'removed' ? item['chardev'] : item['id']
}
