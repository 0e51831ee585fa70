const UINT32_RANGE = 2 ** 32

/**
 * A source of numbers in [0, 1) that the seed and the label determine, the same on every machine.
 * Mulberry32 started from an FNV-1a hash; good enough to choose faults, not to keep secrets.
 */
export function createDraws(seed: number, label: string): () => number {
  let state = hash(seed, label)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / UINT32_RANGE
  }
}

function hash(seed: number, label: string): number {
  let value = (0x811c9dc5 ^ seed) >>> 0
  for (const character of label) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return value
}
