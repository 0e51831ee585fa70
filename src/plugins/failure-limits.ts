/** How many wrong credentials one source may show within a window. */
export const FAILURES_MAX = 20
const WINDOW_MS = 60_000
/** Sources that are remembered; beyond them the oldest is forgotten. */
const SOURCES_MAX = 4096
/** A host of IPv6 has 2^64 addresses of its own: they count as one. */
const IPV6_NETWORK_GROUPS = 4
const IPV6_GROUPS = 8

/** Counts wrong credentials by where they come from, so that nobody guesses on and on. */
export interface FailureLimits {
  /** Seconds until the source may show unknown credentials again, 0 while it may. */
  waitS(source: string): number
  note(source: string): void
}

interface Window {
  readonly endsMs: number
  count: number
}

/** Nobody has failed at first; `now` in monotonic milliseconds. */
export function createFailureLimits(now: () => number = () => performance.now()): FailureLimits {
  const windows = new Map<string, Window>()
  return {
    waitS(source) {
      const window = windows.get(source)
      if (window === undefined || window.count < FAILURES_MAX) return 0
      return Math.max(0, Math.ceil((window.endsMs - now()) / 1000))
    },
    note(source) {
      const window = windows.get(source)
      if (window !== undefined && now() < window.endsMs) {
        window.count += 1
        return
      }
      windows.delete(source)
      const [oldest] = windows.keys()
      if (windows.size >= SOURCES_MAX && oldest !== undefined) windows.delete(oldest)
      windows.set(source, { endsMs: now() + WINDOW_MS, count: 1 })
    },
  }
}

/**
 * What counts as one source: an address of IPv4, a network of IPv6, and as another all that has no
 * address, as callers over a unix socket and those who have hung up.
 */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return 'no address'
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const zeros = new Array<string>(Math.max(0, IPV6_GROUPS - before.length - after.length)).fill('0')
  const groups = tail === undefined ? before : [...before, ...zeros, ...after]
  return `${groups.slice(0, IPV6_NETWORK_GROUPS).join(':')}::/64`
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
