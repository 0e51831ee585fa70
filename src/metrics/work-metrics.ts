import type { OperationRecord } from '../core/model.ts'
import { CLAIM_STATES, DEVICE_STATES, KINDS, NAMESPACE_STATES } from '../core/vocabulary.ts'
import type { Metrics, Sample } from '../plugins/metrics-registry.ts'
import type { Clock } from '../ports/clock.ts'
import type { Services } from '../services/services.ts'
import type { StateView } from '../services/world/state.ts'

/** Of what is there and what goes on: objects by state, operations, wipes, leases, watchers. */
export function registerWorkMetrics(
  metrics: Metrics,
  { world, operations, host, leases, events, queues }: Services,
  clock: Pick<Clock, 'now'>,
): void {
  const { durable } = world
  registerObjects(metrics, durable)
  registerOperations(metrics, durable, clock)
  metrics.counter(
    {
      name: 'daxd_operations_finished_total',
      help: 'Operations that have ended, by how they came out.',
      labels: ['verb', 'state'],
    },
    () =>
      [...operations.ends()].map(({ verb, state, count: value }) => sample(value, { verb, state })),
  )
  metrics.counter({ name: 'daxd_wiped_bytes_total', help: 'Bytes zeroed and read back.' }, () =>
    host.wipes.wipedBytes(),
  )
  metrics.counter(
    { name: 'daxd_leases_expired_total', help: 'Leases that ended because nobody renewed them.' },
    () => leases.expired(),
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

function registerObjects(metrics: Metrics, durable: StateView): void {
  metrics.gauge({ name: 'daxd_objects', help: 'Objects by kind.', labels: ['kind'] }, () =>
    KINDS.map((kind) => sample(durable.count(kind), { kind })),
  )
  const labels = ['state']
  metrics.gauge({ name: 'daxd_namespaces', help: 'Namespaces by state.', labels }, () =>
    byState(
      NAMESPACE_STATES,
      [...durable.after('namespace', -1)].map(({ state }) => state),
    ),
  )
  metrics.gauge({ name: 'daxd_devices', help: 'Devices by state.', labels }, () =>
    byState(
      DEVICE_STATES,
      [...durable.after('device', -1)].map(({ life }) => life.state),
    ),
  )
  metrics.gauge({ name: 'daxd_claims', help: 'Claims by state.', labels }, () =>
    byState(
      CLAIM_STATES,
      [...durable.after('claim', -1)].map(({ state }) => state),
    ),
  )
}

/** Each state of `known` has its count, so that its series does not come and go. */
function byState(known: readonly string[], states: readonly string[]): Sample[] {
  const counts = new Map<string, number>()
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  return known.map((state) => sample(counts.get(state) ?? 0, { state }))
}

function registerOperations(metrics: Metrics, durable: StateView, clock: Pick<Clock, 'now'>): void {
  const running = (): OperationRecord[] =>
    [...durable.after('operation', -1)].filter(({ finished_ms }) => finished_ms === null)
  metrics.gauge(
    {
      name: 'daxd_operations_running',
      help: 'Operations under way; a wipe that waits for somebody is among them.',
      labels: ['verb'],
    },
    () => byVerb(running()),
  )
  metrics.gauge(
    {
      name: 'daxd_operation_oldest_start_timestamp_seconds',
      help: 'When the oldest operation under way began, by what it does.',
      labels: ['verb'],
    },
    () => {
      const oldest = new Map<string, number>()
      for (const { verb, created_ms } of running()) {
        oldest.set(verb, Math.min(created_ms, oldest.get(verb) ?? clock.now()))
      }
      return [...oldest].map(([verb, began]) => sample(began / 1000, { verb }))
    },
  )
  metrics.gauge(
    {
      name: 'daxd_operations_overdue',
      help: 'Operations under way beyond the deadline that they were given.',
    },
    () => [
      sample(
        running().filter(({ deadline_ms }) => deadline_ms !== null && deadline_ms < clock.now())
          .length,
      ),
    ],
  )
  const wipes = (): OperationRecord[] => running().filter(({ verb }) => verb === 'wipe')
  metrics.gauge(
    { name: 'daxd_wipes_waiting', help: 'Wipes under way that cannot go on just now.' },
    () => [sample(wipes().filter(({ problem }) => problem !== null).length)],
  )
  metrics.gauge(
    { name: 'daxd_wipe_left_bytes', help: 'Bytes that the wipes under way have yet to zero.' },
    () => [sample(wipes().reduce((sum, { progress }) => sum + progress.total - progress.done, 0))],
  )
}

function byVerb(operations: readonly OperationRecord[]): Sample[] {
  const counts = new Map<string, number>()
  for (const { verb } of operations) counts.set(verb, (counts.get(verb) ?? 0) + 1)
  return [...counts].map(([verb, count]) => sample(count, { verb }))
}

function sample(value: number, labels: Readonly<Record<string, string>> = {}): Sample {
  return { value, labels }
}
