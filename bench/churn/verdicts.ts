import { type Growth, type GrowthRule, judgeGrowth, POINTS_MIN } from '../report/growth.ts'
import type { Sample } from './sample.ts'

const MIB = 2 ** 20
/** What daxd keeps at most (src/serve.ts, src/ledger/audit-chain.ts): until then it fills. */
const EVENTS_KEPT = 100_000
const AUDIT_KEPT = 1_000_000
/** The first part of the samples: code is compiled, caches and what is kept fill. */
const WARM_UP_SHARE = 0.25

/** Tolerances: what the line through the judged samples may gain from the first to the last. */
const RULES = {
  residentBytes: { name: 'resident memory', tolerance: 0.1, floor: 16 * MIB },
  heapBytes: { name: 'heap in use', tolerance: 0.05, floor: 4 * MIB },
  ledgerBytes: { name: 'ledger and log', tolerance: 0.05, floor: 16 * MIB },
  cpuUsPerOperation: { name: 'CPU an operation', tolerance: 0.15, floor: 1 },
  openFiles: { name: 'open files', tolerance: 0.05, floor: 2 },
  threads: { name: 'threads', tolerance: 0.05, floor: 1 },
} satisfies Partial<Record<keyof Sample, GrowthRule>>

/** A quantity's verdict with why it was not judged, where it was not. */
export interface ChurnVerdict extends Growth {
  readonly quantity: keyof typeof RULES
  readonly why: string | null
}

/**
 * Holds the samples after the warm-up against the rules. The ledger is judged only where the audit
 * was full, everything else only where the events were: before, growing is what they are to do.
 */
export function judgeChurn(samples: readonly Sample[]): ChurnVerdict[] {
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP_SHARE))
  const quantities = Object.keys(RULES) as (keyof typeof RULES)[]
  return quantities.map((quantity) => {
    const isLedger = quantity === 'ledgerBytes'
    const isFull = ({ auditKept, eventsKept }: Sample) =>
      eventsKept >= EVENTS_KEPT && (!isLedger || auditKept >= AUDIT_KEPT)
    const points = warm
      .filter(isFull)
      .map((sample) => ({ x: sample.operations / 1e6, y: sample[quantity] }))
    const what = isLedger ? `${AUDIT_KEPT} audit entries` : `${EVENTS_KEPT} events`
    const why =
      points.length >= POINTS_MIN
        ? null
        : `${points.length} samples after ${what} were kept, ${POINTS_MIN} are needed`
    return { quantity, why, ...judgeGrowth(RULES[quantity], points) }
  })
}
