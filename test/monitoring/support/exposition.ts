/** One metric as the Prometheus text format tells it. */
export interface Told {
  readonly name: string
  readonly type: string
  /** Labels that any of its samples has, `le` of a histogram aside; null without samples. */
  readonly labels: readonly string[] | null
}

const TYPE = /^# TYPE (\S+) (\S+)$/
const SAMPLE = /^(\w+)(?:\{(.*)\})? /

/** The metrics of an answer of /metrics, by name. */
export function toldMetrics(text: string): Told[] {
  const told = new Map<string, { name: string; type: string; labels: Set<string> | null }>()
  for (const line of text.split('\n')) {
    const [, name, type] = TYPE.exec(line) ?? []
    if (name !== undefined && type !== undefined) told.set(name, { name, type, labels: null })
    const [, series, labels = ''] = (line.startsWith('#') ? null : SAMPLE.exec(line)) ?? []
    if (series === undefined) continue
    const metric = told.get(series) ?? told.get(series.replace(/_(?:bucket|sum|count)$/, ''))
    if (metric === undefined) throw new Error(`a sample of no metric: ${line}`)
    metric.labels ??= new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) {
      if (label !== 'le') metric.labels.add(label)
    }
  }
  return [...told.values()]
    .map(({ name, type, labels }) => ({ name, type, labels: labels && [...labels].sort() }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}
