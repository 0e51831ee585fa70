/** A measured quantity at some amount of work done. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The straight line of least squares through points, and how sure its slope is. */
export interface Line {
  readonly slope: number
  /** Standard error of the slope: what the scatter of the points alone may make of it. */
  readonly slopeError: number
  readonly mean: number
  /** What the line gains from the first point to the last. */
  readonly gain: number
}

/** Fewer points than this say nothing about a slope and its error. */
export const POINTS_MIN = 5
/** A slope within so many standard errors of 0 may be scatter. */
const ERRORS_MIN = 3

/** @throws Error for fewer points than {@link POINTS_MIN}, or when all have the same x. */
export function fitLine(points: readonly Point[]): Line {
  const count = points.length
  if (count < POINTS_MIN) throw new Error(`a line needs ${POINTS_MIN} points, not ${count}`)
  const meanOf = (of: (point: Point) => number) => points.reduce((sum, p) => sum + of(p), 0) / count
  const [middle, mean] = [meanOf(({ x }) => x), meanOf(({ y }) => y)]
  const spread = meanOf(({ x }) => (x - middle) ** 2)
  if (spread === 0) throw new Error('a line needs different x')
  const slope = meanOf(({ x, y }) => (x - middle) * (y - mean)) / spread
  const scatter = meanOf(({ x, y }) => (y - mean - slope * (x - middle)) ** 2)
  const slopeError = Math.sqrt(scatter / spread / (count - 2))
  const xs = points.map(({ x }) => x)
  return { slope, slopeError, mean, gain: slope * (Math.max(...xs) - Math.min(...xs)) }
}

/** What may grow, and by which share of its mean before it counts as growth. */
export interface GrowthRule {
  readonly name: string
  /** Share of the mean, 0..1, that the line may gain over all judged points. */
  readonly tolerance: number
  /** A gain below this, in the quantity's own unit, is none whatever the share. */
  readonly floor: number
}

export interface Growth {
  readonly rule: GrowthRule
  readonly verdict: 'no growth' | 'grew' | 'not judged'
  /** Null when it was not judged. */
  readonly line: Line | null
  readonly points: number
}

/**
 * Judges one quantity. It grew when its line gains more than is tolerated and the slope is not
 * what the scatter explains; too few points are not judged.
 */
export function judgeGrowth(rule: GrowthRule, points: readonly Point[]): Growth {
  if (points.length < POINTS_MIN) {
    return { rule, verdict: 'not judged', line: null, points: points.length }
  }
  const line = fitLine(points)
  const isLarge = line.gain > Math.max(rule.floor, rule.tolerance * line.mean)
  const isSure = line.slope > ERRORS_MIN * line.slopeError
  const verdict = isLarge && isSure ? 'grew' : 'no growth'
  return { rule, verdict, line, points: points.length }
}
