/** Runs of a property: `count` ordinarily, times DAXD_FUZZ_RUNS when that is set. */
export function runs(count: number): number {
  const factor = Number(process.env['DAXD_FUZZ_RUNS'] ?? 1)
  if (factor > 0) return Math.ceil(count * factor)
  throw new Error('DAXD_FUZZ_RUNS is how many times more runs there shall be: a number above 0.')
}

/** No property may take longer than this, whatever its scale, milliseconds. */
export const PROPERTY_TIMEOUT_MS = 60_000 * Math.max(1, runs(1))
