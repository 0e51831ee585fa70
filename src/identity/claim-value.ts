/** The value at a way through a JWT's claims, undefined when the way ends before. */
export function claimValue(claims: unknown, way: readonly string[]): unknown {
  let value = claims
  for (const step of way) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

/** True when a claim is this text, or a list with it. */
export function claimHas(claims: unknown, way: readonly string[], wanted: string): boolean {
  const value = claimValue(claims, way)
  return value === wanted || (Array.isArray(value) && value.includes(wanted))
}
