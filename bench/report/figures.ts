/** The middle value; of an even count the upper one of the two. NaN of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** The smallest value that at least `share` (0..1) of the values do not exceed. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share))
  return sorted[at] ?? Number.NaN
}

/** Each value over its partner of the same round: noise that both share falls out. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  if (over.length !== under.length) throw new Error('ratios need the same rounds on both sides')
  return over.map((value, round) => value / (under[round] ?? Number.NaN))
}
