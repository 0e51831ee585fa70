/** Requests are plain values whose keys may come in any order. */
export function isSameRequest(left: unknown, right: unknown): boolean {
  return canonicalText(left) === canonicalText(right)
}

/** JSON with sorted keys: equal values give equal texts. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
