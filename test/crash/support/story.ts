import type { Evidence } from './check.ts'
import type { Body } from './http.ts'

const FAULTS_TOLD = 10
const EVENTS_TOLD = 30

/** What is known of the objects that faults name: the client's record, the events, the listing. */
export function storyOf(faults: readonly string[], evidence: Evidence): readonly string[] {
  const told = faults.slice(0, FAULTS_TOLD).join('\n')
  const names = namesIn(told)
  const isNamed = (body: Body): boolean =>
    [body?.id, body?.name, body?.chardev, body?.key, body?.object?.labels?.op].some((name) =>
      names.has(String(name)),
    )
  const { clients, witness, shown } = evidence
  const lists = [...Object.values(shown.things), shown.devices, shown.operations]
  const events = [...witness.window.values()].filter(isNamed).slice(-EVENTS_TOLD)
  return [
    ...clients.flatMap(({ name, there, power, unanswered }) => [
      ...[...there.values(), power].filter(isNamed).map((one) => `${name} knows ${json(one)}`),
      ...unanswered
        .filter(({ change }) => names.has(name) || told.includes(change.path))
        .map((open) => `${name} had no answer to ${json(open)}`),
    ]),
    ...events.map((event) => `event ${json(event)}`),
    ...lists.flatMap((items) => items.filter(isNamed).map((item) => `listed ${json(item)}`)),
  ]
}

/** Keys, names and ids: everything that looks like one. */
function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.match(/\bdax\d+\.\d+|[a-z]\w*(?:[-.][\w.]+)+/g) ?? [])
}

function json(value: unknown): string {
  return JSON.stringify(value)
}
