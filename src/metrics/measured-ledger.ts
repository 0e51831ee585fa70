import { DaxError } from '../core/errors.ts'
import type { Metrics } from '../plugins/metrics-registry.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'

/** From a disk with a cache of its own to one that hangs, seconds. */
const COMMIT_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10]

/** Why a commit can fail. */
const FAILURES = ['ledger_full', 'ledger_failed'] as const

/** The same ledger, whose commits are timed and counted. */
export function measuredLedger(
  ledger: Ledger,
  metrics: Metrics,
  clock: Pick<Clock, 'monotonic'>,
): Ledger {
  const took = metrics.histogram(
    {
      name: 'daxd_ledger_commit_duration_seconds',
      help: 'Time of one commit: write, fsync, and the way to the ledger thread and back.',
    },
    COMMIT_BUCKETS_S,
  )
  const failed = metrics.tally(
    {
      name: 'daxd_ledger_commit_failures_total',
      help: 'Commits that failed; nobody was answered on them.',
      labels: ['code'],
    },
    FAILURES.map((code) => ({ code })),
  )
  let isFull = false
  metrics.gauge(
    {
      name: 'daxd_ledger_full',
      help: '1 from a commit that found no room on the disk to the next that did.',
    },
    () => [{ value: isFull ? 1 : 0 }],
  )
  return {
    ...ledger,
    async commit(changes, audits) {
      const began = clock.monotonic()
      try {
        await ledger.commit(changes, audits)
        isFull = false
      } catch (error) {
        const isRoom = error instanceof DaxError && error.code === 'ledger_full'
        isFull = isRoom
        failed({ code: isRoom ? 'ledger_full' : 'ledger_failed' })
        throw error
      } finally {
        took((clock.monotonic() - began) / 1000)
      }
    },
  }
}
