import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { pageRows } from './metrics-page.ts'

/** What the scrape, Prometheus' alerts and histograms add to the labels of daxd's own. */
const LABELS_ADDED = ['instance', 'job', 'le', 'alertname', 'alertstate']
const WORDS = ['by', 'on', 'without', 'ignoring', 'group_left', 'group_right']
/** `name{...}`: what comes before the brace is the metric. */
const SELECTOR = /([a-zA-Z_:][\w:]*)\{([^}]*)\}/g
const GROUPING = new RegExp(`\\b(?:${WORDS.join('|')})\\s*\\(([^)]*)\\)`, 'g')

/** Why promtool does not take these expressions, null when it does. */
export function parseProblem(expressions: readonly string[]): string | null {
  const rules = expressions.map((expr, at) => ({ record: `parsed:${at}`, expr }))
  const directory = mkdtempSync(join(tmpdir(), 'daxd-promql-'))
  const file = join(directory, 'rules.yml')
  try {
    writeFileSync(file, stringify({ groups: [{ name: 'parsed', rules }] }))
    execFileSync('promtool', ['check', 'rules', file], { stdio: 'pipe' })
    return null
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Metrics and labels of an expression that neither docs/metrics.md nor a recording rule has. */
export function unknownNames(expr: string, recorded: readonly string[]): string[] {
  const known = new Map<string, readonly string[]>()
  for (const { name, type, labels } of pageRows()) {
    const series = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    for (const end of series) known.set(`${name}${end}`, labels)
  }
  const metrics = [...expr.matchAll(/\b(daxd[\w:]+)/g)].map(([, name = '']) => name)
  const strange = metrics.filter((name) => !known.has(name) && !recorded.includes(name))
  for (const [, metric = '', matchers = ''] of expr.matchAll(SELECTOR)) {
    const labels = [...(known.get(metric) ?? []), ...LABELS_ADDED]
    for (const [, label = ''] of matchers.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)) {
      if (!labels.includes(label)) strange.push(`${metric}{${label}}`)
    }
  }
  const any = [...metrics.flatMap((name) => known.get(name) ?? []), ...LABELS_ADDED]
  for (const [, list = ''] of expr.matchAll(GROUPING)) {
    for (const label of list.split(',').map((text) => text.trim())) {
      if (!any.includes(label)) strange.push(`by ${label}`)
    }
  }
  return strange
}
