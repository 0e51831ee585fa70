/** What the metrics say when something has happened that an operator has to know of. */
import { expect, test, vi } from 'vitest'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const TEST_TIMEOUT_MS = 60_000
const WAIT = { timeout: 30_000, interval: 50 }
const MIB = 2 ** 20

/** The samples whose series begin with one of these, sorted. */
async function samples(daemon: TestDaemon, ...begins: readonly string[]): Promise<string[]> {
  const { text } = await daemon.ask('get', '/metrics')
  return text
    .split('\n')
    .filter((line) => begins.some((begin) => line.startsWith(begin)))
    .sort()
}

test(
  'a host that refuses to make and to clear up is told by call and errno, and what it leaves',
  async () => {
    const faults = { seed: 1, rules: [] as object[] }
    for (const operation of ['enable', 'disable']) {
      faults.rules.push({ operation, when: 'before', probability: 1, errno: 'EIO', times: 1 })
    }
    const daemon = await startTestDaemon({ faults })
    const namespace = { name: 'db', region: 0, size: 4 * MIB }
    await daemon.ok('post', '/v1/namespaces', 502, { body: namespace })
    expect(
      await samples(
        daemon,
        'daxd_host_call_failures_total{call="enable"',
        'daxd_host_call_failures_total{call="disable"',
        'daxd_namespaces{state="failed"',
        'daxd_reconciliation_items{',
        'daxd_http_refusals_total{code="backend_failed"',
      ),
    ).toEqual([
      'daxd_host_call_failures_total{call="disable",errno="EIO"} 1',
      'daxd_host_call_failures_total{call="disable",errno="ETIMEDOUT"} 0',
      'daxd_host_call_failures_total{call="enable",errno="EIO"} 1',
      'daxd_host_call_failures_total{call="enable",errno="ETIMEDOUT"} 0',
      'daxd_http_refusals_total{code="backend_failed"} 1',
      'daxd_namespaces{state="failed"} 1',
      'daxd_reconciliation_items{kind="drift"} 1',
      'daxd_reconciliation_items{kind="ghost"} 0',
      'daxd_reconciliation_items{kind="orphan"} 0',
    ])
  },
  TEST_TIMEOUT_MS,
)

test(
  'a lease that nobody renews is counted, one that its holder ends is not',
  async () => {
    const daemon = await startTestDaemon()
    const { id } = await daemon.make('/v1/leases', { holder: 'ada', ttl_ms: 60_000 })
    await daemon.remove(`/v1/leases/${id}`)
    await daemon.make('/v1/leases', { holder: 'bob', ttl_ms: 1000 })
    const expired = 'daxd_leases_expired_total'
    await vi.waitFor(
      async () => expect(await samples(daemon, expired)).toEqual([`${expired} 1`]),
      WAIT,
    )
  },
  TEST_TIMEOUT_MS,
)

test(
  'of many tenants those with the most memory are told by name, the others as one sum',
  async () => {
    const daemon = await startTestDaemon()
    const names = Array.from({ length: 52 }, (_, at) => `t${String(at).padStart(2, '0')}`)
    for (const name of names) {
      await daemon.ok('put', `/v1/tenants/${name}`, 201, { body: { quota: {} } })
      const size = (name < 't02' ? 2 : 4) * MIB
      const body = { name: `${name}.db`, region: 0, size, tenant: name }
      await daemon.ok('post', '/v1/namespaces', 201, { body })
    }
    const told = await samples(daemon, 'daxd_tenant_used_bytes{')
    expect(told.length).toBe(51)
    expect(told[0]).toBe(`daxd_tenant_used_bytes{tenant="_others"} ${2 * 2 * MIB}`)
    expect(told.filter((line) => line.includes('"t0'))).toHaveLength(8)
  },
  TEST_TIMEOUT_MS,
)

test(
  'a drain that ran out of time counts as a failed operation, and none is left running',
  async () => {
    const daemon = await startTestDaemon()
    const namespace = { name: 'db', region: 0, size: 4 * MIB }
    const { chardev } = await daemon.make('/v1/namespaces', namespace)
    await daemon.make(`/v1/devices/${chardev}/handles`, { holder: 'ada' })
    const drain = { body: { if_busy: 'drain', timeout_ms: 50 }, headers: { prefer: 'wait=30' } }
    await daemon.ok('post', `/v1/devices/${chardev}/disable`, 409, drain)
    expect(await samples(daemon, 'daxd_operations_')).toEqual([
      'daxd_operations_finished_total{verb="disable-device",state="failed"} 1',
      'daxd_operations_overdue 0',
    ])
  },
  TEST_TIMEOUT_MS,
)
