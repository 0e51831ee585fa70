import type { Verdict } from './check.ts'
import type { Operation } from './history.ts'

const BAR_COLUMNS = 32

/** A history as people read it: one line a call, when it ran, and what is wrong with it. */
export function timelineOf<S, C, A>(
  operations: readonly Operation<C, A>[],
  verdict: Verdict<S>,
  stateText: (state: S) => string,
): string {
  const sorted = [...operations].sort((left, right) => left.begin - right.begin)
  const from = sorted[0]?.begin ?? 0
  const to = Math.max(from + 1e-3, ...sorted.map(({ begin, end }) => Math.max(begin, finite(end))))
  const lines = sorted.map((one) => {
    const times = `${text(one.begin - from)}..${text(one.end - from)}`.padStart(16)
    const who = `#${String(one.id).padEnd(4)} client ${one.client}`
    return `${who} ${times} ms ${bar(one, from, to)} ${said(one)}`
  })
  return [...lines, ...whyOf(verdict, stateText)].join('\n')
}

function said<C, A>({ call, answer }: Operation<C, A>): string {
  return `${JSON.stringify(call)} -> ${answer === null ? 'no answer' : JSON.stringify(answer)}`
}

function whyOf<S>(verdict: Verdict<S>, stateText: (state: S) => string): string[] {
  if (verdict.kind !== 'contradiction') return [`It is ${verdict.kind}.`]
  const { order, state, obstacles } = verdict
  const before = order.map((id) => `#${id}`).join(', ') || 'nothing'
  return [
    `No order explains it. After ${before} the state is`,
    `  ${stateText(state)}`,
    'and none of these can come next:',
    ...obstacles.map(({ id, why }) => `  #${id}: ${why}`),
  ]
}

/** A call without an answer runs to the edge. */
function bar<C, A>({ begin, end }: Operation<C, A>, from: number, to: number): string {
  const column = (at: number): number =>
    Math.min(BAR_COLUMNS - 1, Math.floor(((at - from) / (to - from)) * BAR_COLUMNS))
  const first = column(begin)
  const last = end === Number.POSITIVE_INFINITY ? BAR_COLUMNS - 1 : column(end)
  const close = end === Number.POSITIVE_INFINITY ? '?' : '|'
  const body = first === last ? '|' : `|${'-'.repeat(last - first - 1)}${close}`
  return `[${`${' '.repeat(first)}${body}`.padEnd(BAR_COLUMNS)}]`
}

function finite(value: number): number {
  return value === Number.POSITIVE_INFINITY ? 0 : value
}

function text(ms: number): string {
  return ms === Number.POSITIVE_INFINITY ? 'never' : ms.toFixed(2)
}
