import type { Machine } from '../host/machine.ts'
import type { Found } from '../rows/bench-run.ts'
import type { Sample } from '../rows/measure.ts'
import { median } from './figures.ts'
import { type Cells, columns, table } from './tables.ts'
import { type Finding, judge, TARGETS, type Target, type Verdict } from './targets.ts'

/** All that a run tells; the JSON file is this. */
export interface Results extends Required<Found> {
  readonly at: string
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
}

/** Findings whose "must" was missed, or that could not be held against it. */
export function missed(findings: readonly Finding[]): readonly Finding[] {
  const failures: readonly Verdict[] = ['MISSED', 'NOT RUN', 'not comparable']
  return findings.filter((finding) => failures.includes(judge(finding)))
}

const DIGITS: Readonly<Record<Target['unit'], number>> = {
  ratio: 2,
  records: 1,
  ms: 1,
  B: 0,
  s: 1,
  '%': 2,
  points: 2,
}

function figure(value: number, unit: Target['unit']): string {
  const number = value.toFixed(DIGITS[unit])
  return unit === 'ratio' || unit === 'records' ? number : `${number} ${unit}`
}

function barOf({ better, unit }: Target, value: number | null): string {
  if (value === null) return ''
  return `${better === 'less' ? '<=' : '>='} ${unit === 'ratio' || unit === 'records' ? value : `${value} ${unit}`}`
}

const TARGET_HEAD: Cells = ['what', 'measured', 'must', 'aim', 'verdict', 'from']

function targetCells(finding: Finding): Cells {
  const target: Target = TARGETS[finding.id]
  const { value, note } = finding
  const verdict: Verdict = judge(finding)
  const measured = value === null ? '-' : figure(value, target.unit)
  return [
    target.what,
    measured,
    barOf(target, target.must),
    barOf(target, target.aim),
    verdict,
    note,
  ]
}

const SAMPLE_HEAD: Cells = [
  'subject',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'CPU us/request',
  'event loop us/request',
  'client cores',
]

function sampleCells([name, samples]: readonly [string, readonly Sample[]]): Cells {
  const of = (key: keyof Sample, digits: number) =>
    median(samples.map((sample) => sample[key])).toFixed(digits)
  return [
    name,
    of('ratePerSecond', 0),
    of('p50Ms', 2),
    of('p99Ms', 2),
    of('cpuUs', 1),
    of('mainCpuUs', 1),
    of('clientCores', 2),
  ]
}

/** The results for a terminal: the verdicts' table, then the notes below it. */
export function renderText(results: Results): string {
  const rows = results.findings.map(targetCells)
  const notes = rows.map((cells) => `  ${cells[0]}: ${cells[5]}`)
  return [
    ...machineLines(results),
    '',
    ...columns([TARGET_HEAD, ...rows].map((cells) => cells.slice(0, 5))),
    '',
    ...columns([SAMPLE_HEAD, ...Object.entries(results.samples).map(sampleCells)]),
    '',
    ...notes,
    ...results.remarks.map((remark) => `  ${remark}`),
  ].join('\n')
}

/** The results for docs/performance.md. */
export function renderMarkdown(results: Results): string {
  return [
    ...machineLines(results),
    '',
    ...table([TARGET_HEAD, ...results.findings.map(targetCells)]),
    '',
    `Medians of ${results.rounds} interleaved rounds of ${results.seconds} s each:`,
    '',
    ...table([SAMPLE_HEAD, ...Object.entries(results.samples).map(sampleCells)]),
    '',
    ...results.remarks.map((remark) => `- ${remark}`),
  ].join('\n')
}

function machineLines({ at, machine, connections }: Results): string[] {
  const { cpu, cores, memoryGiB, kernel, node, fileSystem, fdatasyncMs, loadBefore } = machine
  return [
    `Run of ${at.slice(0, 16).replace('T', ' ')} UTC at ${machine.commit}, ${connections} connections.`,
    `${cpu}, ${cores} cores, ${memoryGiB} GiB; Linux ${kernel}; Node ${node}; ${fileSystem},`,
    `append + fdatasync ${fdatasyncMs.toFixed(2)} ms; load average before the run ${loadBefore.toFixed(2)}.`,
  ]
}
