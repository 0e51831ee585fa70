import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { freePort } from '../../deploy/free-port.ts'

const RULES = resolve(import.meta.dirname, '../../../deploy/monitoring/prometheus')
const READY = { timeout: 60_000, interval: 200 }

/** A Prometheus that scrapes one target every second. */
export interface Prometheus {
  /** Names of the alerts that are firing now, sorted. */
  firing(): Promise<string[]>
  /** How many series an expression has now. */
  count(expr: string): Promise<number>
}

/** The alerts as they are shipped, but for how long something must last. */
function impatient(): string {
  const { groups } = parse(readFileSync(join(RULES, 'alerts.yml'), 'utf8'))
  for (const rule of groups[0].rules) if (rule.for !== undefined) rule.for = '1s'
  return stringify({ groups })
}

/** Starts Debian's Prometheus with our rules; it ends with the test. */
export async function startPrometheus(directory: string, target: string): Promise<Prometheus> {
  mkdirSync(directory)
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text)
  write('alerts.yml', impatient())
  write('recording.yml', readFileSync(join(RULES, 'recording.yml'), 'utf8'))
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['recording.yml', 'alerts.yml'],
    scrape_configs: [{ job_name: 'daxd', static_configs: [{ targets: [target] }] }],
  }
  write('prometheus.yml', stringify(config))
  const port = await freePort()
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  )
  const missing = new Promise<never>((_resolve, reject) => child.once('error', reject))
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}`
  const ready = vi.waitFor(async () => {
    if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('Prometheus is not ready')
  }, READY)
  await Promise.race([ready, missing])
  return {
    async count(expr) {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`)
      return ((await answer.json()) as { data: { result: unknown[] } }).data.result.length
    },
    async firing() {
      const answer = await fetch(`${url}/api/v1/alerts`)
      const { data } = (await answer.json()) as {
        data: { alerts: { state: string; labels: { alertname: string } }[] }
      }
      const firing = data.alerts.filter(({ state }) => state === 'firing')
      return [...new Set(firing.map(({ labels }) => labels.alertname))].sort()
    },
  }
}
