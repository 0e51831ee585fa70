import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMetricsRegistry } from '../../src/plugins/metrics-registry.ts'
import { listen, type ToyApp } from './toy-app.ts'

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
afterAll(() => toy.app.close())

async function lines(): Promise<string[]> {
  const answer = await request(toy.url).get('/metrics')
  expect([answer.status, answer.type]).toEqual([200, 'text/plain'])
  return answer.text.split('\n')
}

test('requests are counted by method, route pattern and status class, never by path', async () => {
  for (const path of ['/v1/things/a', '/v1/things/b', '/nowhere/1', '/nowhere/2', '/v1/defect']) {
    await request(toy.url).get(path)
  }
  const counts = (await lines()).filter((line) => line.includes('request_duration_seconds_count{'))
  const name = 'daxd_http_request_duration_seconds_count'
  expect(counts).toEqual([
    `${name}{method="GET",route="/v1/things/:id",status_class="2xx"} 2`,
    `${name}{method="GET",route="none",status_class="4xx"} 2`,
    `${name}{method="GET",route="/v1/defect",status_class="5xx"} 1`,
  ])
})

test('a metric of a service is read when it is asked for, with no samples of before', async () => {
  let commits = 3
  let regions = ['0', '1']
  toy.metrics.counter({ name: 'daxd_ledger_commits_total', help: 'Commits.' }, () => commits)
  toy.metrics.gauge(
    { name: 'daxd_region_available_bytes', help: 'Free bytes.', labels: ['region'] },
    () => regions.map((region) => ({ value: 2 ** 40, labels: { region } })),
  )
  const shown = async () =>
    (await lines()).filter((line) => /^daxd_(?:ledger_commits|region_available)/.test(line))
  expect(await shown()).toEqual([
    'daxd_ledger_commits_total 3',
    'daxd_region_available_bytes{region="0"} 1099511627776',
    'daxd_region_available_bytes{region="1"} 1099511627776',
  ])
  commits = 4
  regions = ['1']
  expect(await shown()).toEqual([
    'daxd_ledger_commits_total 4',
    'daxd_region_available_bytes{region="1"} 1099511627776',
  ])
})

test('a gauge that cannot be read is absent, not 0, until it can be', async () => {
  let known: number[] = []
  const metric = { name: 'daxd_end_timestamp_seconds', help: 'When it ends.' }
  toy.metrics.gauge(metric, () => known.map((value) => ({ value })))
  const shown = async () => (await lines()).filter((line) => line.startsWith('daxd_end_'))
  expect(await shown()).toEqual([])
  known = [17]
  expect(await shown()).toEqual(['daxd_end_timestamp_seconds 17'])
  known = []
  expect(await shown()).toEqual([])
})

test('the process tells of itself under our prefix', async () => {
  const names = (await lines()).filter((line) => line !== '' && !line.startsWith('#'))
  expect(names.filter((line) => !line.startsWith('daxd_'))).toEqual([])
  expect(names.some((line) => line.startsWith('daxd_process_cpu_seconds_total'))).toBe(true)
})

test('a counter whose name does not end with _total is a defect', () => {
  const { counter } = createMetricsRegistry()
  expect(() => counter({ name: 'daxd_commits', help: 'x' }, () => 1)).toThrow('_total')
})
