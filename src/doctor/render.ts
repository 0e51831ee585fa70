import { unreachable } from '../core/invariant.ts'
import {
  FINDING_GROUPS,
  type Finding,
  type FindingGroup,
  type FindingStatus,
  type HostReport,
} from './host-report.ts'
import { renderFacts } from './render-facts.ts'
import { createPainter, type Painter, printable, TERMINAL_COLUMNS, wrap } from './terminal.ts'

const MARKS = {
  pass: { mark: '✔', ink: 'green' },
  warn: { mark: '!', ink: 'yellow' },
  fail: { mark: '✘', ink: 'red' },
  unknown: { mark: '?', ink: 'yellow' },
} as const satisfies Record<FindingStatus, unknown>

/** A shortcoming that the verdict leaves out. */
const REMARK = { mark: 'i', ink: 'dim' } as const

const GROUP_TITLES = {
  kernel: 'Kernel',
  host: 'Host',
  state: 'State',
} as const satisfies Record<FindingGroup, string>

/** Columns before the detail: mark, title and the gaps around them. */
const DETAIL_COLUMN = 40
const TITLE_COLUMN = 4
/** Where `cost` and `mend` stand, and how wide the word and its gap are. */
const REMEDY_COLUMN = 6
const REMEDY_WORD_COLUMNS = 6

/** The report as a table for a terminal, at most {@link TERMINAL_COLUMNS} wide, ending in `\n`. */
export function renderReport(report: HostReport, options: { readonly color: boolean }): string {
  const paint = createPainter(options.color)
  const { release } = report.kernel
  const lines = [
    paint('bold', `daxd doctor: Linux ${printable(release ?? 'of unknown release')}`),
    ...renderFacts(report, paint),
    ...FINDING_GROUPS.flatMap((group) => renderGroup(report, group, paint)),
    '',
    ...renderLegend(report, paint),
    renderVerdict(report, paint),
  ]
  return `${lines.join('\n')}\n`
}

function renderGroup(report: HostReport, group: FindingGroup, paint: Painter): readonly string[] {
  const findings = report.findings.filter((finding) => finding.group === group)
  if (findings.length === 0) return []
  return [
    '',
    paint('bold', GROUP_TITLES[group]),
    ...findings.flatMap((finding) => renderFinding(finding, paint)),
  ]
}

function renderFinding(finding: Finding, paint: Painter): readonly string[] {
  const { mark, ink } = finding.counts || finding.status === 'pass' ? MARKS[finding.status] : REMARK
  const [first = '', ...rest] = wrap(finding.detail, TERMINAL_COLUMNS - DETAIL_COLUMN)
  const title = printable(finding.title).padEnd(DETAIL_COLUMN - TITLE_COLUMN - 1)
  const detailInk = finding.status === 'pass' ? 'dim' : ink
  return [
    `  ${paint(ink, mark)} ${title} ${paint(detailInk, first)}`,
    ...rest.map((line) => `${' '.repeat(DETAIL_COLUMN)}${paint(detailInk, line)}`),
    ...renderRemedy('cost', finding.cost, paint),
    ...renderRemedy('mend', finding.mend, paint),
  ]
}

function renderRemedy(word: string, text: string | null, paint: Painter): readonly string[] {
  if (text === null) return []
  const width = TERMINAL_COLUMNS - REMEDY_COLUMN - REMEDY_WORD_COLUMNS
  return wrap(text, width).map((line, index) => {
    const lead = (index === 0 ? word : '').padEnd(REMEDY_WORD_COLUMNS)
    return `${' '.repeat(REMEDY_COLUMN)}${paint('dim', lead)}${line}`
  })
}

function renderLegend(report: HostReport, paint: Painter): readonly string[] {
  const remarks = report.findings.filter(({ counts, status }) => !counts && status !== 'pass')
  if (remarks.length === 0) return []
  const count = plural(remarks.length, 'remark')
  return [paint('dim', `${REMARK.mark}: ${count} that only the kernel backend minds`)]
}

function renderVerdict(report: HostReport, paint: Painter): string {
  const subject = report.backend === null ? 'this host' : `the ${report.backend} backend`
  const ofVerdict = report.findings.filter(({ counts }) => counts)
  const count = (...statuses: FindingStatus[]): number =>
    ofVerdict.filter(({ status }) => statuses.includes(status)).length
  const warnings = plural(count('warn', 'unknown'), 'warning')
  switch (report.verdict) {
    case 'pass':
      return `${paint('green', 'PASS')}  ${subject} has all it needs.`
    case 'warn':
      return `${paint('yellow', 'WARN')}  ${subject} can work, with ${warnings}.`
    case 'fail': {
      const failures = plural(count('fail'), 'failure')
      return `${paint('red', 'FAIL')}  ${subject} cannot work: ${failures}, ${warnings}.`
    }
    default:
      return unreachable(report.verdict)
  }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
