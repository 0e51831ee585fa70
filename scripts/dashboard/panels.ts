/** What the dashboard asks, grouped as docs/metrics.md groups the metrics. */

export type Unit =
  | ('bytes' | 's' | 'ops' | 'reqps' | 'short' | 'percentunit' | 'Bps')
  | ('dateTimeFromNow' | 'bool_yes_no')

export interface Query {
  readonly expr: string
  /** How its series are named. */
  readonly legend: string
}

export interface Panel {
  readonly title: string
  readonly kind: 'stat' | 'timeseries' | 'bargauge' | 'table'
  readonly unit: Unit
  /** From this value on it is red; `below` turns that round. */
  readonly red?: number
  readonly isRedBelow?: boolean
  readonly queries: readonly Query[]
}

export interface Row {
  readonly question: string
  readonly panels: readonly Panel[]
}

/** Of the hosts that are chosen. */
const HOSTS = 'instance=~"$instance"'

const q = (expr: string, legend: string): Query => ({
  expr: expr.replaceAll('{}', `{${HOSTS}}`).replaceAll('{;', `{${HOSTS},`),
  legend,
})
const stat = (title: string, unit: Unit, query: Query, red: number, isRedBelow = false): Panel => ({
  ...{ title, kind: 'stat', unit, red, isRedBelow, queries: [query] },
})
const lines = (title: string, unit: Unit, ...queries: Query[]): Panel => ({
  ...{ title, kind: 'timeseries', unit, queries },
})

const p99 = (metric: string, by: string): string =>
  `histogram_quantile(0.99, sum by (${by}, le) (rate(${metric}_bucket{}[$__rate_interval])))`

export const ROWS: readonly Row[] = [
  {
    question: 'Is it up, and ready?',
    panels: [
      stat('Ready', 'bool_yes_no', q('daxd_ready{}', '{{instance}}'), 1, true),
      stat(
        'Alerts firing',
        'short',
        q('count(ALERTS{;alertname=~"Daxd.*",alertstate="firing"}) or vector(0)', ''),
        1,
      ),
      {
        ...lines(
          'Up since',
          'dateTimeFromNow',
          q('daxd_process_start_time_seconds{} * 1000', '{{instance}}'),
        ),
        kind: 'stat',
      },
      { ...lines('Version', 'short', q('daxd_build_info{}', '{{version}}')), kind: 'table' },
    ],
  },
  {
    question: 'Is it slow, and where?',
    panels: [
      lines(
        'Requests',
        'reqps',
        q(
          'sum by (status_class) (rate(daxd_http_request_duration_seconds_count{}[$__rate_interval]))',
          '{{status_class}}',
        ),
      ),
      lines(
        'Slowest routes, 99 of 100 are faster',
        's',
        q(
          `topk(8, ${p99('daxd_http_request_duration_seconds', 'method, route')})`,
          '{{method}} {{route}}',
        ),
      ),
      lines(
        'One commit, 99 of 100 are faster',
        's',
        q(p99('daxd_ledger_commit_duration_seconds', 'instance'), '{{instance}}'),
      ),
      lines(
        'One call of the host, 99 of 100 are faster',
        's',
        q(p99('daxd_host_call_duration_seconds', 'call'), '{{call}}'),
      ),
      lines(
        'Event loop late by, 99 of 100 less',
        's',
        q('daxd_nodejs_eventloop_lag_p99_seconds{}', '{{instance}}'),
      ),
      lines(
        'Host changes that wait or run',
        'short',
        q('daxd_host_queue_length{}', '{{instance}}'),
      ),
    ],
  },
  {
    question: "Is the ledger's disk the cause?",
    panels: [
      lines(
        'Commits and records',
        'ops',
        q('sum(rate(daxd_ledger_commits_total{}[$__rate_interval]))', 'commits'),
        q('sum(rate(daxd_ledger_records_total{}[$__rate_interval]))', 'records'),
      ),
      lines('Changes that wait for a commit', 'short', q('daxd_ledger_waiting{}', '{{instance}}')),
      lines(
        'Room of the state directory',
        'bytes',
        q('daxd_state_directory_available_bytes{}', 'available {{instance}}'),
        q('daxd_ledger_size_bytes{}', 'ledger {{instance}}'),
      ),
      lines(
        'Full, failed, hanging',
        'bool_yes_no',
        q('daxd_ledger_full{}', 'full {{instance}}'),
        q('daxd_ledger_failed{}', 'failed {{instance}}'),
        q('daxd_ledger_stalled{}', 'hangs {{instance}}'),
      ),
    ],
  },
  {
    question: 'What is full, and who has it?',
    panels: [
      {
        ...lines(
          'Regions in use',
          'percentunit',
          q(
            '1 - daxd_region_available_bytes{} / daxd_region_size_bytes{}',
            '{{instance}} region {{region}}',
          ),
        ),
        kind: 'bargauge',
        red: 0.9,
      },
      lines(
        'Left of each region, and its largest piece',
        'bytes',
        q('daxd_region_available_bytes{}', '{{instance}} region {{region}}'),
        q('daxd_region_largest_extent_bytes{}', '{{instance}} region {{region}}, largest'),
      ),
      lines(
        'Pools in use',
        'percentunit',
        q(
          'daxd_pool_claimed_bytes{} / (daxd_pool_size_bytes{} > 0)',
          '{{instance}} region {{region}}',
        ),
      ),
      lines(
        'Memory by tenant',
        'bytes',
        q('sum by (tenant) (daxd_tenant_used_bytes{})', '{{tenant}}'),
      ),
      lines(
        'Of its quota',
        'percentunit',
        q('daxd_tenant_used_bytes{} / (daxd_tenant_quota_bytes{} > 0)', '{{instance}} {{tenant}}'),
      ),
      lines('Objects', 'short', q('sum by (kind) (daxd_objects{})', '{{kind}}')),
    ],
  },
  {
    question: 'What is stuck?',
    panels: [
      lines('Namespaces by state', 'short', q('sum by (state) (daxd_namespaces{})', '{{state}}')),
      lines('Claims by state', 'short', q('sum by (state) (daxd_claims{})', '{{state}}')),
      lines('Devices by state', 'short', q('sum by (state) (daxd_devices{})', '{{state}}')),
      lines(
        'Operations under way',
        'short',
        q('sum by (verb) (daxd_operations_running{})', '{{verb}}'),
        q('sum(daxd_operations_overdue{})', 'overdue'),
      ),
      lines(
        'Age of the oldest operation',
        's',
        q('time() - daxd_operation_oldest_start_timestamp_seconds{}', '{{instance}} {{verb}}'),
      ),
      lines(
        'Operations that ended',
        'ops',
        q(
          'sum by (verb, state) (rate(daxd_operations_finished_total{}[$__rate_interval]))',
          '{{verb}} {{state}}',
        ),
      ),
      lines('Wiping', 'Bps', q('rate(daxd_wiped_bytes_total{}[$__rate_interval])', '{{instance}}')),
      lines('Left to wipe', 'bytes', q('daxd_wipe_left_bytes{}', '{{instance}}')),
      lines(
        'Wipes that wait, devices shut',
        'short',
        q('daxd_wipes_waiting{}', 'waiting {{instance}}'),
        q('daxd_devices_shut{}', 'shut {{instance}}'),
      ),
    ],
  },
  {
    question: 'Who is refused, and why?',
    panels: [
      lines(
        'Refusals by code',
        'reqps',
        q('sum by (code) (rate(daxd_http_refusals_total{}[$__rate_interval])) > 0', '{{code}}'),
      ),
      lines(
        'How full the queues are',
        'percentunit',
        q('daxd_queue_length{} / daxd_queue_limit{}', '{{instance}} {{queue}}'),
      ),
      lines(
        'Refused since a queue was full',
        'reqps',
        q('rate(daxd_queue_refusals_total{}[$__rate_interval]) > 0', '{{instance}} {{queue}}'),
      ),
    ],
  },
  {
    question: 'Are clients losing what they have?',
    panels: [
      lines(
        'Leases that nobody renewed',
        'ops',
        q('rate(daxd_leases_expired_total{}[$__rate_interval])', '{{instance}}'),
      ),
      lines('Event streams', 'short', q('daxd_event_watchers{}', '{{instance}}')),
      lines(
        'Event streams cut off',
        'ops',
        q('rate(daxd_event_watchers_cut_off_total{}[$__rate_interval])', '{{instance}}'),
      ),
    ],
  },
  {
    question: 'Does the host do what it is told, and is it as it should be?',
    panels: [
      lines(
        'Calls that failed',
        'ops',
        q(
          'sum by (call, errno) (rate(daxd_host_call_failures_total{}[$__rate_interval])) > 0',
          '{{call}} {{errno}}',
        ),
      ),
      lines(
        'Regions that hang',
        'bool_yes_no',
        q('daxd_region_hung{}', '{{instance}} region {{region}}'),
      ),
      lines(
        'Differences',
        'short',
        q('sum by (instance, kind) (daxd_reconciliation_items{})', '{{instance}} {{kind}}'),
      ),
    ],
  },
  {
    question: 'When do credentials end?',
    panels: [
      stat(
        'Certificate, left',
        's',
        q('daxd_tls_certificate_expiry_timestamp_seconds{} - time()', '{{instance}}'),
        14 * 86_400,
        true,
      ),
      stat(
        'Next token, left',
        's',
        q('daxd_token_next_expiry_timestamp_seconds{} - time()', '{{instance}}'),
        7 * 86_400,
        true,
      ),
      stat('Files that are not in force', 'short', q('sum(daxd_identity_problem{})', ''), 1),
    ],
  },
  {
    question: 'What does the process take?',
    panels: [
      lines(
        'Processor',
        'short',
        q('rate(daxd_process_cpu_seconds_total{}[$__rate_interval])', '{{instance}}'),
      ),
      lines(
        'Memory',
        'bytes',
        q('daxd_process_resident_memory_bytes{}', '{{instance}}'),
        q('daxd_nodejs_heap_size_used_bytes{}', '{{instance}} heap'),
      ),
      lines('Open files', 'short', q('daxd_process_open_fds{}', '{{instance}}')),
    ],
  },
]
