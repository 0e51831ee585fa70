/** The groups in which rows are measured; a group is the smallest thing to run. */
export const GROUPS = ['http', 'stall', 'postgres', 'scale', 'placement', 'kernel'] as const
export type Group = (typeof GROUPS)[number]

/** One figure with the bar it must reach and the goal it aims at, in the figure's unit. */
export interface Target {
  readonly group: Group
  readonly what: string
  readonly unit: 'ratio' | 'records' | 'ms' | 'B' | 's' | '%' | 'points'
  readonly better: 'less' | 'more'
  readonly must: number | null
  readonly aim: number | null
}

/**
 * What daxd has to reach. Ratios are medians over the rounds of one interleaved run, with
 * 64 connections, against a bare validated Fastify POST unless the row says otherwise.
 */
export const TARGETS = {
  mapCpu: {
    group: 'http',
    what: 'durable map + unmap: server CPU a request / bare POST',
    unit: 'ratio',
    better: 'less',
    must: 1.6,
    aim: 1.35,
  },
  mapRate: {
    group: 'http',
    what: 'durable map + unmap: requests a second / bare POST',
    unit: 'ratio',
    better: 'more',
    must: 0.7,
    aim: 0.9,
  },
  mapP99: {
    group: 'http',
    what: 'durable map + unmap: p99 / bare POST',
    unit: 'ratio',
    better: 'less',
    must: 2.5,
    aim: 1.5,
  },
  recordsPerFsync: {
    group: 'http',
    what: 'records per fsync',
    unit: 'records',
    better: 'more',
    must: 16,
    aim: 30,
  },
  loopDelay: {
    group: 'stall',
    what: 'event-loop delay p99, every commit stalled by 5 ms',
    unit: 'ms',
    better: 'less',
    must: 8,
    aim: 4,
  },
  batchCpu: {
    group: 'http',
    what: 'batch of 100: CPU an operation / single durable map',
    unit: 'ratio',
    better: 'less',
    must: 0.15,
    aim: 0.1,
  },
  getRate: {
    group: 'http',
    what: 'GET one mapping: requests a second / bare POST',
    unit: 'ratio',
    better: 'more',
    must: 1.1,
    aim: 1.3,
  },
  scaleCpu: {
    group: 'scale',
    what: 'CPU a map + unmap: at 1,000,000 live mappings / at 1,000',
    unit: 'ratio',
    better: 'less',
    must: 1.5,
    aim: 1.2,
  },
  memory: {
    group: 'scale',
    what: 'resident memory a live mapping, everything included',
    unit: 'B',
    better: 'less',
    must: 600,
    aim: 300,
  },
  restart: {
    group: 'scale',
    what: 'restart to ready with 1,000,000 live mappings',
    unit: 's',
    better: 'less',
    must: 10,
    aim: 3,
  },
  utilisation: {
    group: 'placement',
    what: 'utilisation at the first ENOSPC, mixed sizes',
    unit: '%',
    better: 'more',
    must: 95,
    aim: null,
  },
  aboveFirstFit: {
    group: 'placement',
    what: 'the same, above first fit',
    unit: 'points',
    better: 'more',
    must: 2,
    aim: null,
  },
  belowBestFit: {
    group: 'placement',
    what: 'the same, below best fit',
    unit: 'points',
    better: 'less',
    must: null,
    aim: 0.5,
  },
  kernelCycle: {
    group: 'kernel',
    what: 'real kernel: life of a small device by the backend, wall time / daxctl',
    unit: 'ratio',
    better: 'less',
    must: 0.5,
    aim: 0.25,
  },
  kernelCycleHttp: {
    group: 'kernel',
    what: 'real kernel: the same over HTTP, durable, wall time / daxctl',
    unit: 'ratio',
    better: 'less',
    must: 0.5,
    aim: 0.25,
  },
} as const satisfies Record<string, Target>

export type RowId = keyof typeof TARGETS

export type Verdict =
  | 'aim reached'
  | 'must reached'
  | 'aim missed'
  | 'MISSED'
  | 'NOT RUN'
  | 'not comparable'

/** What was found for one target. */
export interface Finding {
  readonly id: RowId
  /** Null when it was not run. */
  readonly value: number | null
  /** What else is to be known: absolute figures, or why it was not run and how to. */
  readonly note: string
  /** False when the run was smaller than the target asks, so that no verdict can be given. */
  readonly isComparable?: boolean
}

/** What is found for the targets of groups that could not be run. */
export function notRun(groups: readonly Group[], note: string): Finding[] {
  const ids = Object.keys(TARGETS) as RowId[]
  return ids
    .filter((id) => groups.includes(TARGETS[id].group))
    .map((id) => ({ id, value: null, note }))
}

/** Holds a finding against its target. */
export function judge({ id, value, isComparable = true }: Finding): Verdict {
  const { must, aim, better }: Target = TARGETS[id]
  if (value === null) return 'NOT RUN'
  if (!isComparable) return 'not comparable'
  const reaches = (bar: number) => (better === 'less' ? value <= bar : value >= bar)
  if (aim !== null && reaches(aim)) return 'aim reached'
  if (must === null) return 'aim missed'
  if (!reaches(must)) return 'MISSED'
  return aim === null ? 'aim reached' : 'must reached'
}
