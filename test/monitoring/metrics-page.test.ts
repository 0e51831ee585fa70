/** docs/metrics.md and a daemon to which everything has happened that it tells of. */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'
import { type Told, toldMetrics } from './support/exposition.ts'
import { pageRows } from './support/metrics-page.ts'

const TEST_TIMEOUT_MS = 60_000
const MIB = 2 ** 20
const FAULTS = {
  seed: 1,
  rules: [{ operation: 'reshape', when: 'before', probability: 1, errno: 'EIO', times: 1 }],
}
/** What has no sample before something happens that no test can bring about at will. */
const SELDOM = /^daxd_nodejs_/

/** One of each: a pool with a slice, a tenant, a refusal, a host that fails, a drain. */
async function live(daemon: TestDaemon): Promise<void> {
  await daemon.ok('put', '/v1/tenants/red', 201, { body: { quota: { bytes: 64 * MIB } } })
  const pool = { name: 'pool', region: 0, size: 32 * MIB, pool: true }
  const { chardev } = await daemon.make('/v1/namespaces', pool)
  const claim = { size: 2 * MIB, sharing: 'slice', holder: 'ada' }
  await daemon.ok('put', '/v1/claims/web', 201, { body: claim })
  await daemon.make('/v1/namespaces', { name: 'off', region: 0, size: 32 * MIB, enabled: false })
  await daemon.ok('patch', '/v1/namespaces/off', 502, { body: { size: 16 * MIB } })
  const body = { if_busy: 'drain', timeout_ms: 50 }
  const headers = { prefer: 'wait=30' }
  await daemon.ok('post', `/v1/devices/${chardev}/disable`, 409, { body, headers })
  const long = { body: { ...body, timeout_ms: 600_000 }, headers: { prefer: 'wait=0' } }
  await daemon.ok('post', `/v1/devices/${chardev}/disable`, 202, long)
}

const shown = ({ name, type, labels }: Told): object => ({ name, type, labels: labels ?? [] })

test(
  'the page has each metric that a daemon tells, with its type and its labels, and no other',
  async () => {
    const daemon = await startTestDaemon({ faults: FAULTS })
    await live(daemon)
    const told = toldMetrics((await daemon.ask('get', '/metrics')).text)
    const page = pageRows()
    const exact = (rows: readonly { name: string }[]) =>
      rows.filter(({ name }) => !SELDOM.test(name))
    expect(exact(told.map(shown) as { name: string }[])).toEqual(exact(page))
    const typed = (rows: readonly { name: string; type: string }[]) =>
      rows.map(({ name, type }) => [name, type])
    expect(typed(told)).toEqual(typed(page))
  },
  TEST_TIMEOUT_MS,
)

test(
  'what a daemon tells keeps the conventions that promtool checks',
  async () => {
    const daemon = await startTestDaemon()
    const input = (await daemon.ask('get', '/metrics')).text
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    })
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 })
  },
  TEST_TIMEOUT_MS,
)
