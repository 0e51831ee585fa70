/** Writes the Grafana dashboard from scripts/dashboard/panels.ts; `--check` only compares. */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Panel, ROWS, type Row } from './dashboard/panels.ts'

const PATH = resolve(import.meta.dirname, '../deploy/monitoring/grafana/daxd.json')
/** Of Grafana 11; later ones take it and bring it up to theirs. */
const SCHEMA_VERSION = 39
const COLUMNS = 24
const PANEL_HEIGHT = 8
const STAT_HEIGHT = 5
const SOURCE = { type: 'prometheus', uid: '$datasource' }

const text = `${JSON.stringify(dashboard(), null, 2)}\n`
if (process.argv.includes('--check')) {
  if (readFileSync(PATH, 'utf8') !== text) {
    process.stderr.write(`${PATH} is not what scripts/generate-dashboard.ts writes\n`)
    process.exitCode = 1
  }
} else writeFileSync(PATH, text)

function dashboard(): object {
  return {
    uid: 'daxd',
    title: 'daxd',
    description: 'Device-dax memory of hosts: docs/metrics.md tells of each metric.',
    tags: ['daxd'],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [datasourceVariable(), instanceVariable()] },
    annotations: { list: [restarts()] },
    panels: placed(ROWS),
  }
}

function datasourceVariable(): object {
  return { name: 'datasource', label: 'Source', type: 'datasource', query: 'prometheus' }
}

function instanceVariable(): object {
  const query = 'label_values(daxd_build_info, instance)'
  return {
    name: 'instance',
    label: 'Host',
    type: 'query',
    datasource: SOURCE,
    definition: query,
    query: { query, refId: 'instances' },
    includeAll: true,
    multi: true,
    refresh: 2,
    sort: 1,
    current: { text: 'All', value: '$__all' },
  }
}

function restarts(): object {
  return {
    name: 'Starts',
    datasource: SOURCE,
    enable: true,
    iconColor: 'orange',
    expr: 'changes(daxd_process_start_time_seconds{instance=~"$instance"}[2m]) > 0',
    titleFormat: 'daxd on {{instance}} has started',
  }
}

function placed(rows: readonly Row[]): object[] {
  const all: object[] = []
  let y = 0
  for (const { question, panels } of rows) {
    const height = panels.every(({ kind }) => kind === 'stat' || kind === 'table')
      ? STAT_HEIGHT
      : PANEL_HEIGHT
    const across = Math.min(panels.length, panels.length === 4 ? 4 : 3)
    const width = COLUMNS / across
    all.push({
      ...{ id: all.length + 1, type: 'row', title: question, collapsed: false, panels: [] },
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    })
    y += 1
    for (const [at, panel] of panels.entries()) {
      const x = (at % across) * width
      const gridPos = { x, y: y + Math.floor(at / across) * height, w: width, h: height }
      all.push({ id: all.length + 1, gridPos, ...drawn(panel) })
    }
    y += Math.ceil(panels.length / across) * height
  }
  return all
}

function drawn({ title, kind, unit, red, isRedBelow = false, queries }: Panel): object {
  const shown = kind === 'stat' || kind === 'table'
  return {
    title,
    type: kind,
    datasource: SOURCE,
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      datasource: SOURCE,
      expr,
      legendFormat: legend === '' ? '__auto' : legend,
      instant: shown,
      range: !shown,
      ...(kind === 'table' ? { format: 'table' } : {}),
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(unit === 'percentunit' ? { min: 0, max: 1 } : {}),
        ...(kind === 'timeseries' ? { min: 0, custom: { fillOpacity: 10 } } : {}),
        ...(red === undefined ? {} : { thresholds: thresholds(red, isRedBelow) }),
      },
      overrides: [],
    },
    options: optionsOf(kind),
  }
}

function thresholds(red: number, isRedBelow: boolean): object {
  const [first, then] = isRedBelow ? ['red', 'green'] : ['green', 'red']
  return {
    mode: 'absolute',
    steps: [
      { color: first, value: null },
      { color: then, value: red },
    ],
  }
}

function optionsOf(kind: Panel['kind']): object {
  if (kind === 'timeseries') {
    return {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    }
  }
  if (kind === 'table') return { showHeader: true }
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false }
  if (kind === 'bargauge')
    return { reduceOptions, displayMode: 'gradient', orientation: 'horizontal' }
  return { reduceOptions, colorMode: 'background', graphMode: 'none', textMode: 'auto' }
}
