import type { OperationView } from '../../client/src/index.ts'
import { type App, useApp } from '../app.ts'
import { addressOf } from '../model/address.ts'
import { percentWords, rateWords } from '../model/size-words.ts'
import { agoWords, durationWords } from '../model/time-words.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Problem } from '../parts/problem.ts'
import { Size } from '../parts/size.ts'
import { StateMark } from '../parts/state-mark.ts'
import { type Column, Table } from '../parts/table.ts'
import { useAction } from '../parts/use-action.ts'

/** Work that outlasts its call, the newest first. */
export function Operations(): Drawn {
  const app = useApp()
  const { state, connection } = app
  void state.operations.version.value
  const rows = [...state.operations.rows()].sort(
    (left, right) =>
      Number(left.finished_at !== null) - Number(right.finished_at !== null) ||
      right.revision - left.revision,
  )
  const isLoading = connection.value.state === 'loading'
  return html`<section>
    <header class="view"><h1 tabindex="-1">Operations</h1></header>
    <${Table}
      label="Operations"
      columns=${columnsOf(app)}
      rows=${rows}
      idOf=${({ id }: OperationView) => id}
      empty=${isLoading ? 'Reading…' : 'No work is under way, and none is remembered.'}
    />
  </section>` as Drawn
}

function columnsOf({ now }: App): readonly Column<OperationView>[] {
  return [
    {
      name: 'What',
      key: ({ verb }) => verb,
      cell: ({ verb, target }) =>
        html`${verb} ${
          target.kind === 'device'
            ? html`<a
          href=${addressOf('devices', target.id)}>${target.id}</a>`
            : html`<span
            class="name">${target.id}</span>`
        }`,
    },
    {
      name: 'State',
      key: ({ state }) => state,
      cell: ({ state }) => html`<${StateMark} state=${state} />`,
    },
    {
      name: 'Progress',
      cell: (operation) => html`<${Progress} operation=${operation} />`,
    },
    {
      name: 'Came to an end',
      key: ({ finished_at }) => finished_at ?? '',
      cell: ({ finished_at, problem }) =>
        html`${finished_at === null ? '—' : agoWords(finished_at, now.value)}
        ${
          problem !== null &&
          html`<span class="flag bad"
          title=${problem.detail ?? ''}>${problem.code}</span>`
        }`,
    },
    { name: '', cell: (operation) => html`<${Cancel} operation=${operation} />` },
  ]
}

function Progress({ operation }: { readonly operation: OperationView }): Drawn {
  const { progress, rate, eta_ms, verb, target } = operation
  const { done, total } = progress
  if (total === 0) return html`<span class="hint">—</span>` as Drawn
  return html`<span class="progress">
    <progress max=${total} value=${done}
      aria-label=${`Progress of ${verb} ${target.id}`}></progress>
    <span class="number">${percentWords(done, total)}</span>
    <small>
      <${Size} bytes=${done} /> of <${Size} bytes=${total} />
      ${rate === null ? '' : `, ${rateWords(rate)}`}
      ${eta_ms === null ? '' : `, ${durationWords(eta_ms)} left`}
    </small>
  </span>` as Drawn
}

function Cancel({ operation }: { readonly operation: OperationView }): Drawn {
  const { daxd, session } = useApp()
  const { run, isRunning, failure } = useAction()
  const { id, verb, target, finished_at } = operation
  if (finished_at !== null || !session.may('operations:change')) return null
  const cancel = () => run(() => daxd.operations.cancel(id), `${verb} ${target.id} is cancelled.`)
  return html`<button type="button" disabled=${isRunning}
    aria-label=${`Cancel ${verb} ${target.id}`} onClick=${cancel}>
      Cancel
    </button>
    ${failure !== null && html`<${Problem} failure=${failure} />`}` as Drawn
}

/** The operation that is under way on what one looks at. */
export function OperationProgress({ operation }: { readonly operation: OperationView }): Drawn {
  return html`<div class="under-way">
    <b>${operation.verb}</b> <${StateMark} state=${operation.state} />
    <${Progress} operation=${operation} /> <${Cancel} operation=${operation} />
  </div>` as Drawn
}
