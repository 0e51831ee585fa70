import type { Metrics } from '../plugins/metrics-registry.ts'
import type { Backend } from '../ports/backend.ts'
import type { HostCall } from '../services/observed-host.ts'
import { REGION_SET } from '../services/region-queues.ts'
import type { Services } from '../services/services.ts'

/** From a look at sysfs to a call that is given up, seconds. */
const CALL_BUCKETS_S = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 30, 90]

/** The calls of a backend. */
const CALLS = [
  ...(['discover', 'observe', 'create', 'reshape', 'enable', 'disable', 'destroy'] as const),
  ...(['fence', 'unfence', 'wipe', 'defineRegion', 'dropRegion'] as const),
] satisfies (keyof Backend)[]

/** What is never a caller's fault. */
const TROUBLE = ['EIO', 'ETIMEDOUT'] as const

const DIFFERENCES = ['orphan', 'ghost', 'drift'] as const

/** Metrics of the calls of the host; the result is told of each. */
export function createHostMeter(metrics: Metrics): (call: HostCall) => void {
  const took = metrics.histogram(
    {
      name: 'daxd_host_call_duration_seconds',
      help: 'Time of one call of the host: the kernel, ndctl, or the files of an emulated one.',
      labels: ['call'],
    },
    CALL_BUCKETS_S,
  )
  const failed = metrics.tally(
    {
      name: 'daxd_host_call_failures_total',
      help: 'Calls of the host that failed, by its errno; ETIMEDOUT for one that was given up.',
      labels: ['call', 'errno'],
    },
    CALLS.flatMap((call) => TROUBLE.map((errno) => ({ call, errno }))),
  )
  return ({ call, durationMs, errno }) => {
    took(durationMs / 1000, { call })
    if (errno !== null) failed({ call, errno })
  }
}

/** Of the host: whether it answers, and whether it is as daxd wants it. */
export function registerHostMetrics(
  metrics: Metrics,
  { world, host, hostFigures, reconciliation }: Services,
): void {
  metrics.gauge(
    {
      name: 'daxd_region_hung',
      help: '1 while a change of the region was given up and has not returned.',
      labels: ['region'],
    },
    () => {
      const { hungRegions } = hostFigures()
      return [...world.durable.after('region', -1)].map(({ id }) => ({
        value: hungRegions.has(id) || hungRegions.has(REGION_SET) ? 1 : 0,
        labels: { region: String(id) },
      }))
    },
  )
  metrics.gauge(
    { name: 'daxd_host_late_looks', help: 'Looks at the host that have not returned in time.' },
    () => [{ value: hostFigures().lateLooks }],
  )
  metrics.gauge(
    {
      name: 'daxd_devices_shut',
      help: 'Devices that are to be open and that the host has not opened again yet.',
    },
    () => [{ value: host.shut.size }],
  )
  metrics.gauge(
    {
      name: 'daxd_reconciliation_items',
      help: 'Differences between books and host, as of the last look at it.',
      labels: ['kind'],
    },
    () => {
      const known = reconciliation.known()
      return DIFFERENCES.map((kind) => ({
        value: known.filter((item) => item.kind === kind).length,
        labels: { kind },
      }))
    },
  )
}
