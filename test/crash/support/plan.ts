import { below, oneOf, type Random } from './random.ts'

/** When a daemon under load is killed: at or just after a success, or some time after its start. */
export type Instant =
  | { readonly at: 'success'; readonly count: number; readonly thenMs: number }
  | { readonly at: 'time'; readonly ms: number }

/** One round: a life under load and its end, then starts that are cut short themselves. */
export interface Plan {
  readonly kill: Instant
  /** For each start that is cut short, after which share of a usual start's time. */
  readonly startKills: readonly number[]
}

const COUNTS_MAX = [3, 20, 80, 250] as const
const LIFE_MAX_MS = 700
/** About as long as calls take, so that some are between their commit and their answer. */
const THEN_MAX_MS = 12
const START_KILL_SHARE = 0.25
const START_KILLS_MAX = 2
/** The end of a start, where daxd recovers, is the part that is worth a kill. */
const START_MIN = 0.3
const START_SPREAD = 0.8

export function planRound(random: Random): Plan {
  const kill: Instant =
    random() < 0.7
      ? {
          at: 'success',
          count: below(random, oneOf(random, COUNTS_MAX)),
          thenMs: below(random, THEN_MAX_MS),
        }
      : { at: 'time', ms: below(random, LIFE_MAX_MS) }
  const starts = random() < START_KILL_SHARE ? 1 + below(random, START_KILLS_MAX) : 0
  const startKills = Array.from({ length: starts }, () => START_MIN + random() * START_SPREAD)
  return { kill, startKills }
}
