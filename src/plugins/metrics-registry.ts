import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { invariant } from '../core/invariant.ts'

const PREFIX = 'daxd_'

/** From a read of memory to a wait for a drain, seconds. */
const DURATION_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10, 60]

export interface Sample {
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

/** What services may tell. Every callback runs when somebody reads the metrics, not before. */
export interface Metrics {
  /** A total that only grows; the name starts with `daxd_` and ends with `_total`. */
  counter(
    metric: { readonly name: string; readonly help: string; readonly labels?: readonly string[] },
    read: () => number | Iterable<Sample>,
  ): void
  /** A value that may go either way, one sample for each set of labels. */
  gauge(
    metric: { readonly name: string; readonly help: string; readonly labels?: readonly string[] },
    read: () => Iterable<Sample>,
  ): void
}

/** One finished request. `route` is its pattern, for paths would make endless series. */
export interface RequestSample {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly durationS: number
}

/** The metrics of one app; not shared with any other of the process. */
export interface MetricsRegistry extends Metrics {
  observeRequest(sample: RequestSample): void
  readonly contentType: string
  /** The Prometheus text format. */
  render(): Promise<string>
}

/** A registry with the process's own figures and the request durations in it. */
export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  const duration = new Histogram({
    name: `${PREFIX}http_request_duration_seconds`,
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['method', 'route', 'status_class'],
    buckets: DURATION_BUCKETS_S,
    registers: [registry],
  })
  /** By method, class and route, of which there are few; looking labels up costs much more. */
  const timers = new Map<string, { observe(seconds: number): void }>()
  return {
    counter({ labels = [], ...metric }, read) {
      invariant(/^daxd_.*_total$/.test(metric.name), 'a counter is named daxd_*_total', metric)
      new Counter({
        ...metric,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset()
          const told = read()
          const samples = typeof told === 'number' ? [{ value: told }] : told
          for (const sample of samples) this.inc({ ...sample.labels }, sample.value)
        },
      })
    },
    gauge({ labels = [], ...metric }, read) {
      invariant(metric.name.startsWith(PREFIX), 'a metric is named daxd_*', metric)
      new Gauge({
        ...metric,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset()
          for (const sample of read()) this.set({ ...sample.labels }, sample.value)
        },
      })
    },
    observeRequest({ method, route, status, durationS }) {
      const status_class = `${Math.trunc(status / 100)}xx`
      const series = `${method} ${status_class} ${route}`
      let timer = timers.get(series)
      if (timer === undefined) {
        timer = duration.labels({ method, route, status_class })
        timers.set(series, timer)
      }
      timer.observe(durationS)
    },
    contentType: registry.contentType,
    render: () => registry.metrics(),
  }
}
