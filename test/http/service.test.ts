/** Health, metrics, the reference, the host's report, and the oldest events. */

import { describe, expect, it } from 'vitest'
import { groundOf, MIB } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { editLedger } from '../support/edit-ledger.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

describe('the service itself', () => {
  it('is live and ready', async () => {
    const api = await startTestDaemon()
    expect(await api.get('/livez')).toEqual({ status: 'ok' })
    expect(await api.get('/readyz')).toEqual({ ready: true, reasons: [] })
  })

  it('tells by its metrics what a commit cost and what each region has left', async () => {
    const api = await startTestDaemon()
    const { id, size } = await groundOf(api, 'dynamic')
    await api.make('/v1/namespaces', { region: id, size: 4 * MIB })
    const { text, headers } = await api.ask('get', '/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain/)
    const value = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      )
    const commits = value('daxd_ledger_commits_total')
    expect(commits).toBeGreaterThan(0)
    expect(value('daxd_ledger_records_total')).toBeGreaterThanOrEqual(commits)
    expect(value(`daxd_region_available_bytes{region="${id}"}`)).toBe(size - 4 * MIB)
    expect(text).toContain('daxd_http_request_duration_seconds_bucket{')
  })

  it('reports what the host supports', async () => {
    const api = await startTestDaemon()
    const report = await api.get('/v1/host')
    expect(['pass', 'warn', 'fail']).toContain(report.verdict)
    expect(report.findings.length).toBeGreaterThan(0)
  })

  it('describes every resource of the contract in its OpenAPI document', async () => {
    const api = await startTestDaemon()
    const { openapi, paths } = await api.get('/openapi.json')
    expect(openapi).toMatch(/^3\.1\./)
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/regions',
        '/v1/regions/{id}/map',
        '/v1/namespaces/{name}',
        '/v1/devices/{chardev}/users',
        '/v1/mappings/{id}/translate',
        '/v1/batch',
        '/v1/leases/{id}/renew',
        '/v1/claims/{name}',
        '/v1/operations/{id}',
        '/v1/events',
        '/v1/reconciliation',
        '/v1/host',
      ]),
    )
  })
})

describe('events that are no longer kept', () => {
  it('are a 410 for whoever asks for them, and the rest is still told', async () => {
    const api = await startTestDaemon()
    await api.make('/v1/namespaces', { size: 4 * MIB })
    const json = { headers: { accept: 'application/json' } }
    const { items } = await api.ok('get', '/v1/events?limit=1000', 200, json)
    const cut = items[2].revision
    await api.close()
    const note = (_rows: unknown, revision: number) => {
      const event = { revision, at_ms: 0, type: 'deleted', kind: 'lease', id: 'l-1' } as const
      return [{ kind: 'meta', id: 'trimmed', revision, body: 'yes', event }] as const
    }
    // The events of one commit are kept or dropped together: this one's and those before it stay.
    await editLedger(api.directory, note, 2)
    const later = await api.restart()
    const gone = { status: 410, errno: 'ESTALE', code: 'events_gone' }
    const before = `?since=${cut - 1}`
    expect(refusal(await later.ask('get', `/v1/events${before}`, json))).toEqual(gone)
    expect(refusal(await later.ask('get', `/v1/events${before}`))).toEqual(gone)
    const kept = await later.ok('get', '/v1/events?limit=1000', 200, json)
    const first = items.findIndex(
      (item: { revision: number }) => item.revision === kept.items[0].revision,
    )
    expect(first).toBeGreaterThan(2)
    expect(kept.items.slice(0, items.length - first)).toEqual(items.slice(first))
  })
})
