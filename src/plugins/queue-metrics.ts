import type { QueueFigures } from '../core/queue-figures.ts'
import type { Metrics, Sample } from './metrics-registry.ts'

/** How full each bounded queue is, how much it takes, and how many it has turned away. */
export function registerQueueMetrics(
  metrics: Metrics,
  queues: () => readonly QueueFigures[],
): void {
  const labels = ['queue']
  const samples = (value: (queue: QueueFigures) => number) => (): Sample[] =>
    queues().map((queue) => ({ value: value(queue), labels: { queue: queue.name } }))
  metrics.gauge(
    { name: 'daxd_queue_length', help: 'What a bounded queue holds now.', labels },
    samples(({ length }) => length),
  )
  metrics.gauge(
    { name: 'daxd_queue_limit', help: 'What a bounded queue holds at most.', labels },
    samples(({ limit }) => limit),
  )
  metrics.counter(
    { name: 'daxd_queue_refusals_total', help: 'Requests refused since a queue was full.', labels },
    samples(({ refused }) => refused),
  )
}
