import { KINDS } from './core/vocabulary.ts'
import type { Metrics } from './plugins/metrics-registry.ts'
import { regionFigures } from './services/region-figures.ts'
import type { Services } from './services/services.ts'

/** What the services tell of themselves at /metrics. */
export function registerMetrics(metrics: Metrics, services: Services): void {
  const { world, events, queues } = services
  const { durable } = world
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
      name: 'daxd_region_available_bytes',
      help: 'Bytes of a region that can still be had.',
      labels: ['region'],
    },
    () =>
      [...durable.after('region', -1)].map((region) => ({
        value: regionFigures(durable, region).available_size,
        labels: { region: String(region.id) },
      })),
  )
  metrics.gauge(
    { name: 'daxd_region_size_bytes', help: 'Size of a region.', labels: ['region'] },
    () =>
      [...durable.after('region', -1)].map(({ id, size }) => ({
        value: size,
        labels: { region: String(id) },
      })),
  )
  metrics.gauge({ name: 'daxd_objects', help: 'Objects by kind.', labels: ['kind'] }, () =>
    KINDS.map((kind) => ({ value: durable.count(kind), labels: { kind } })),
  )
  metrics.gauge({ name: 'daxd_event_watchers', help: 'Open event streams.' }, () => [
    { value: events.watchers() },
  ])
  metrics.counter(
    { name: 'daxd_event_watchers_cut_off_total', help: 'Event streams cut off for being slow.' },
    () => events.cutOffs(),
  )
  metrics.gauge(
    { name: 'daxd_host_queue_length', help: 'Host changes waiting or running.' },
    () => [{ value: queues.length() }],
  )
}
