import type { Metrics } from '../plugins/metrics-registry.ts'
import type { Clock } from '../ports/clock.ts'
import type { Services } from '../services/services.ts'
import { registerHostMetrics } from './host-metrics.ts'
import { type IdentityFigures, registerIdentityMetrics } from './identity-metrics.ts'
import { registerLedgerMetrics } from './ledger-metrics.ts'
import { registerMemoryMetrics } from './memory-metrics.ts'
import { registerTenantMetrics } from './tenant-metrics.ts'
import { registerWorkMetrics } from './work-metrics.ts'

/** What is told of a daemon. */
export interface MetricsSources {
  readonly services: Services
  readonly clock: Clock
  readonly isReady: () => boolean
  readonly identity: () => IdentityFigures
  readonly build: { readonly version: string; readonly backend: string; readonly node: string }
}

/** Tells of all of it at /metrics; docs/metrics.md says which question each answers. */
export function registerMetrics(metrics: Metrics, sources: MetricsSources): void {
  const { services, clock, isReady, identity, build } = sources
  metrics.gauge(
    {
      name: 'daxd_build_info',
      help: 'What runs; always 1.',
      labels: ['version', 'backend', 'node'],
    },
    () => [{ value: 1, labels: { ...build } }],
  )
  metrics.gauge({ name: 'daxd_ready', help: '1 while /readyz says yes.' }, () => [
    { value: isReady() ? 1 : 0 },
  ])
  registerLedgerMetrics(metrics, services)
  registerMemoryMetrics(metrics, services)
  registerTenantMetrics(metrics, services)
  registerWorkMetrics(metrics, services, clock)
  registerHostMetrics(metrics, services)
  registerIdentityMetrics(metrics, identity)
}
