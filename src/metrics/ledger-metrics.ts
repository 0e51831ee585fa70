import type { Metrics } from '../plugins/metrics-registry.ts'
import type { Services } from '../services/services.ts'

/** Of the group commit: how much it takes along, and whether it can. */
export function registerLedgerMetrics(metrics: Metrics, { world }: Services): void {
  metrics.counter(
    { name: 'daxd_ledger_commits_total', help: 'Durable commits; each is one fsync.' },
    () => world.figures().commits,
  )
  metrics.counter(
    { name: 'daxd_ledger_records_total', help: 'Records made durable by those commits.' },
    () => world.figures().records,
  )
  metrics.gauge(
    { name: 'daxd_ledger_waiting', help: 'Changes waiting for the next commit.' },
    () => [{ value: world.figures().waiting }],
  )
  metrics.gauge(
    {
      name: 'daxd_ledger_failed',
      help: '1 after a failed write or fsync: no change is taken before a restart.',
    },
    () => [{ value: world.failure() === null ? 0 : 1 }],
  )
  metrics.gauge(
    { name: 'daxd_ledger_stalled', help: '1 while a commit has not returned for 10 s.' },
    () => [{ value: world.stall() === null ? 0 : 1 }],
  )
}
