/** Beyond what a commit itself adds, so that a lowered limit is reached in bounded steps. */
const TRIM_STEP_MAX = 1_024

/** How many of the oldest rows a commit drops that added `added` and now has `count`. */
export function oldestToTrim(count: number, added: number, kept: number): number {
  return Math.max(0, Math.min(count - kept, added + TRIM_STEP_MAX))
}
