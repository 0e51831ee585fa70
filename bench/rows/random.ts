/** Draws that depend on nothing but the seed. */
export interface Random {
  /** An integer of 0 up to, not including, `bound`. */
  below(bound: number): number
  /** A number of 0 up to, not including, 1. */
  unit(): number
}

/**
 * Mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c, the state
 * being the seed itself.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function draw(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { below: (bound) => Math.floor(draw() * bound), unit: draw }
}
