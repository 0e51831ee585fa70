/** deploy/monitoring: what it asks is there, and each alert leads to what is to be done. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseProblem, unknownNames } from './support/promql.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PROMETHEUS = join(ROOT, 'deploy/monitoring/prometheus')

interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

function rulesOf(file: string): Rule[] {
  const { groups } = parse(readFileSync(join(PROMETHEUS, file), 'utf8'))
  return groups.flatMap(({ rules }: { rules: Rule[] }) => rules)
}

const recording = rulesOf('recording.yml')
const alerts = rulesOf('alerts.yml')
const recorded = recording.flatMap(({ record }) => record ?? [])
const runbook = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')

interface Target {
  readonly expr: string
}
interface Panel {
  readonly title: string
  readonly id: number
  readonly type: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly Target[]
}
const dashboard = JSON.parse(
  readFileSync(join(ROOT, 'deploy/monitoring/grafana/daxd.json'), 'utf8'),
) as {
  readonly panels: readonly Panel[]
  readonly annotations: { readonly list: readonly Target[] }
}

/** As Grafana would fill it in. */
const filled = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.+')
const asked = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets),
  ...dashboard.annotations.list,
].map(({ expr }) => filled(expr))

function promtool(...args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, {
    cwd: PROMETHEUS,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  return { status, said: `${stdout}${stderr}` }
}

test('promtool takes the rules and the configuration of scrapes', () => {
  const rules = promtool('check', 'rules', 'alerts.yml', 'recording.yml')
  expect(rules.status, rules.said).toBe(0)
  const config = promtool('check', 'config', '--syntax-only', 'scrape.yml')
  expect(config.status, config.said).toBe(0)
})

test('each alert fires for what it is about and stays quiet for what is near it', () => {
  const outcome = promtool('test', 'rules', 'alerts.test.yml')
  expect(outcome.status, outcome.said).toBe(0)
  const { tests } = parse(readFileSync(join(PROMETHEUS, 'alerts.test.yml'), 'utf8'))
  const names = tests.map(({ name }: { name: string }) => name)
  expect(names).toEqual(alerts.flatMap(({ alert }) => [`${alert} fires`, `${alert} stays quiet`]))
})

test.each(alerts.map((alert) => [alert.alert ?? '', alert] as const))(
  '%s has a severity, a sentence, and a section of the runbook on what to do',
  (name, { labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels?.['severity'])
    expect(Object.keys(annotations ?? {})).toEqual(['summary', 'description', 'runbook_url'])
    expect(annotations?.['description']).toMatch(/\{\{ \$labels\.instance \}\}/)
    expect(annotations?.['runbook_url']).toBe(`docs/operations.md#${name.toLowerCase()}`)
    const [, section = ''] = runbook.split(`\n### ${name}\n`)
    const [text = ''] = section.split(/\n##/)
    for (const part of ['**Means.**', '**Impact.**', '**Look.**', '**Mend.**']) {
      expect(text, `${name}: ${part}`).toContain(part)
    }
  },
)

test('alerts, recordings and panels ask for metrics and labels that there are', () => {
  const expressions = [...alerts, ...recording].map(({ expr }) => expr)
  expect([...expressions, ...asked].flatMap((expr) => unknownNames(expr, recorded))).toEqual([])
})

test('a name that no daemon tells is found out', () => {
  expect(unknownNames('sum by (shelf) (rate(daxd_leases_lost_total{place="x"}[1m]))', [])).toEqual([
    'daxd_leases_lost_total',
    'daxd_leases_lost_total{place}',
    'by shelf',
  ])
})

test('promtool parses what each panel asks', () => {
  expect(asked.length).toBeGreaterThan(40)
  expect(parseProblem(asked)).toBe(null)
  expect(parseProblem(['sum(('])).toContain('parse error')
})

test('no two panels of the dashboard lie upon each other, and none has the id of another', () => {
  const { panels } = dashboard
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24)
})
