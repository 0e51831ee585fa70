import { useState } from 'preact/hooks'
import type { EventView } from '../../client/src/index.ts'
import { KINDS } from '../../src/core/vocabulary.ts'
import { useApp } from '../app.ts'
import { EVENTS_KEPT } from '../data/event-log.ts'
import { addressOf } from '../model/address.ts'
import { groupedCount } from '../model/size-words.ts'
import { clockWords } from '../model/time-words.ts'
import { type Drawn, html } from '../parts/html.ts'
import { StateMark } from '../parts/state-mark.ts'
import { Table } from '../parts/table.ts'

/** Every change as it happens, until somebody stops the list to read it. */
export function Events(): Drawn {
  const { state } = useApp()
  const [kind, setKind] = useState('')
  const [stopped, setStopped] = useState<readonly EventView[] | null>(null)
  const shown = stopped ?? state.log.shown.value
  const rows = kind === '' ? shown : shown.filter((event) => event.kind === kind)
  return html`<section>
    <header class="view">
      <h1 tabindex="-1">Events</h1>
      <div class="filter">
        <label
          >Kind
          <select onChange=${(event: Event) => setKind((event.target as HTMLSelectElement).value)}>
            <option value="">all</option>
            ${KINDS.map((name) => html`<option value=${name}>${name}</option>`)}
          </select></label
        >
        <button type="button" aria-pressed=${stopped !== null}
          onClick=${() => setStopped(stopped === null ? state.log.shown.value : null)}>
          ${stopped === null ? 'Hold still' : 'Go on'}
        </button>
        <span class="count">
          ${groupedCount(state.log.total.value)} since the page was opened; the last${' '}
          ${EVENTS_KEPT} are kept
        </span>
      </div>
    </header>
    <${Table}
      label="Events"
      columns=${COLUMNS}
      rows=${rows}
      idOf=${({ revision }: EventView) => String(revision)}
      empty="Nothing has happened since the page was opened."
    />
  </section>` as Drawn
}

const COLUMNS = [
  {
    name: 'Revision',
    cell: ({ revision }: EventView) => html`<span class="number">${revision}</span>`,
  },
  {
    name: 'Time',
    cell: ({ at }: EventView) => html`<time datetime=${at} title=${at}>${clockWords(at)}</time>`,
  },
  { name: 'What', cell: ({ kind, type }: EventView) => `${kind} ${type}` },
  { name: 'Which', cell: (event: EventView) => Which(event) },
  { name: 'State', cell: ({ object }: EventView) => StateOf(object) },
]

function Which({ kind, id }: EventView): Drawn {
  const view = { device: 'devices', claim: 'claims' }[kind as string] as
    | 'devices'
    | 'claims'
    | undefined
  if (view === undefined) return html`<span class="name" title=${id}>${id}</span>` as Drawn
  return html`<a class="name" href=${addressOf(view, id)}>${id}</a>` as Drawn
}

function StateOf(object: unknown): Drawn {
  const { state } = (object ?? {}) as { readonly state?: string }
  return state === undefined ? null : (html`<${StateMark} state=${state} />` as Drawn)
}
