import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const PAGE = resolve(import.meta.dirname, '../../../docs/metrics.md')
const ROW = /^\| `(\w+)` \| (\w+) \|([^|]*)\| .+ \|$/gm

/** A row of docs/metrics.md. */
export interface PageRow {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
}

/** What docs/metrics.md says there is, by name. */
export function pageRows(): PageRow[] {
  return [...readFileSync(PAGE, 'utf8').matchAll(ROW)]
    .map(([, name = '', type = '', labels = '']) => ({
      name,
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}
