import type { Sample } from '../churn/sample.ts'
import type { ChurnVerdict } from '../churn/verdicts.ts'
import { type Cells, columns } from './tables.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

const HEAD: Cells = [
  'operations',
  'operations/s',
  'RSS MiB',
  'heap MiB',
  'external MiB',
  'ledger MiB',
  'events kept',
  'audit kept',
  'mappings',
  'handles',
  'leases',
  'claims',
  'free GiB',
  'largest gap MiB',
  'CPU us/operation',
  'p99 ms, single',
  'files',
  'threads',
]

/** The samples as columns for a terminal. */
export function sampleColumns(samples: readonly Sample[]): string[] {
  return columns([HEAD, ...rows(samples)])
}

function rows(samples: readonly Sample[]): Cells[] {
  return samples.map((sample, at) => {
    const before = samples[at - 1]?.operations ?? 0
    const { live } = sample
    return [
      String(sample.operations),
      ((sample.operations - before) / sample.seconds).toFixed(0),
      (sample.residentBytes / MIB).toFixed(0),
      (sample.heapBytes / MIB).toFixed(1),
      (sample.externalBytes / MIB).toFixed(1),
      (sample.ledgerBytes / MIB).toFixed(0),
      String(sample.eventsKept),
      String(sample.auditKept),
      String(live.mapping),
      String(live.handle),
      String(live.lease),
      String(live.claim),
      (sample.freeBytes / GIB).toFixed(1),
      (sample.largestGapBytes / MIB).toFixed(0),
      sample.cpuUsPerOperation.toFixed(1),
      sample.singleP99Ms.toFixed(1),
      String(sample.openFiles),
      String(sample.threads),
    ]
  })
}

const UNITS: Readonly<Record<ChurnVerdict['quantity'], { unit: string; of: number }>> = {
  residentBytes: { unit: 'MiB', of: MIB },
  heapBytes: { unit: 'MiB', of: MIB },
  ledgerBytes: { unit: 'MiB', of: MIB },
  cpuUsPerOperation: { unit: 'us', of: 1 },
  openFiles: { unit: 'files', of: 1 },
  threads: { unit: 'threads', of: 1 },
}

/** One line a quantity: whether it grew, and by what. */
export function verdictLine(verdict: ChurnVerdict): string {
  const { quantity, rule, line, why, points } = verdict
  if (line === null) return `${rule.name}: not judged: ${why}`
  const { unit, of } = UNITS[quantity]
  const told = (value: number) => (value / of).toFixed(2)
  const percent = ((100 * line.gain) / line.mean).toFixed(1)
  return (
    `${rule.name}: ${verdict.verdict}: ${told(line.gain)} ${unit} (${percent} %) over ${points} ` +
    `samples, ${told(line.slope)} +- ${told(line.slopeError)} ${unit} a million operations; ` +
    `mean ${told(line.mean)} ${unit}, tolerated ${(100 * rule.tolerance).toFixed(0)} % or ` +
    `${told(rule.floor)} ${unit}`
  )
}
