import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { invariant } from '../core/invariant.ts'

const PREFIX = 'daxd_'

/** Gauges that prom-client names as if they only grew; each is the sum of another. */
const MISNAMED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
]

/** From a read of memory to a wait for a drain, seconds. */
const DURATION_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10, 60]

export interface Sample {
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

/** How a metric is shown; `labels` names what tells its series apart. */
export interface Described {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

/**
 * What daxd may tell of itself. A callback runs when somebody reads the metrics, not before; what
 * cannot be read then, since it passes, is observed or tallied when it happens.
 */
export interface Metrics {
  /** A total that only grows; the name starts with `daxd_` and ends with `_total`. */
  counter(metric: Described, read: () => number | Iterable<Sample>): void
  /** A value that may go either way, one sample for each set of labels. */
  gauge(metric: Described, read: () => Iterable<Sample>): void
  /** How long something takes; what is told is in seconds, and the name ends with `_seconds`. */
  histogram(metric: Described, buckets: readonly number[]): Observe
  /**
   * A total of what happens, told when it does. Series of `known` stand at 0 from the start, so
   * that the first one is seen to come.
   */
  tally(metric: Described, known?: readonly Readonly<Record<string, string>>[]): Tally
}

export type Observe = (seconds: number, labels?: Readonly<Record<string, string>>) => void
export type Tally = (labels?: Readonly<Record<string, string>>) => void

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
  for (const name of MISNAMED) registry.removeSingleMetric(`${PREFIX}${name}`)
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
    ...toldMetrics(registry),
    counter({ labels = [], ...metric }, read) {
      requireCounterName(metric)
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
      invariant(/^daxd_.*(?<!_total)$/.test(metric.name), 'a gauge is named daxd_*', metric)
      new Gauge({
        ...metric,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset()
          const samples = [...read()]
          for (const sample of samples) this.set({ ...sample.labels }, sample.value)
          // Without labels a reset leaves a 0, which would be told as if it had been read.
          if (samples.length === 0 && labels.length === 0) this.remove()
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

function requireCounterName(metric: { readonly name: string }): void {
  invariant(/^daxd_.*_total$/.test(metric.name), 'a counter is named daxd_*_total', metric)
}

/** The metrics that are told when something happens. */
function toldMetrics(registry: Registry): Pick<Metrics, 'histogram' | 'tally'> {
  const registers = [registry]
  return {
    histogram({ labels = [], ...metric }, buckets) {
      const isNamed = /^daxd_.*_seconds$/.test(metric.name)
      invariant(isNamed, 'a histogram is named daxd_*_seconds', metric)
      const made = { ...metric, labelNames: [...labels], buckets: [...buckets], registers }
      const histogram = new Histogram(made)
      return (seconds, values = {}) => histogram.observe(values, seconds)
    },
    tally({ labels = [], ...metric }, known = []) {
      requireCounterName(metric)
      const counter = new Counter({ ...metric, labelNames: [...labels], registers })
      for (const values of known) counter.inc(values, 0)
      return (values = {}) => counter.inc(values)
    },
  }
}
