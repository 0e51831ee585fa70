import type { ClaimView } from '../../client/src/index.ts'
import { type App, useApp } from '../app.ts'
import { addressOf } from '../model/address.ts'
import { naturalOrder } from '../model/natural-order.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Size } from '../parts/size.ts'
import { StateMark } from '../parts/state-mark.ts'
import { type Column, Table } from '../parts/table.ts'
import { TimeLeft } from '../parts/time-left.ts'
import { CreateClaim } from './create-claim.ts'
import { EndClaim } from './end-claim.ts'

/** Claims with what they got and how long they last; `id` is the one that a link points at. */
export function Claims({ id }: { readonly id: string | null }): Drawn {
  const app = useApp()
  const { state, session, dialog, connection } = app
  void state.claims.version.value
  void state.leases.version.value
  const all = [...state.claims.rows()].sort((left, right) => naturalOrder(left.name, right.name))
  const rows = id === null ? all : all.filter(({ name }) => name === id)
  const isLoading = connection.value.state === 'loading'
  const none = id === null ? 'Nothing is claimed.' : `There is no claim ${id} (any more).`
  return html`<section>
    <header class="view">
      <h1 tabindex="-1">${id === null ? 'Claims' : `Claim ${id}`}</h1>
      <div class="actions">
        ${id !== null && html`<a href=${addressOf('claims')}>All claims</a>`}
        ${
          session.may('claims:change') &&
          html`<button
            type="button"
            onClick=${() => {
              dialog.value = html`<${CreateClaim} />` as never
            }}
          >
            Claim memory…
          </button>`
        }
      </div>
    </header>
    <${Table}
      label="Claims"
      columns=${columnsOf(app)}
      rows=${rows}
      idOf=${({ name }: ClaimView) => name}
      empty=${isLoading ? 'Reading…' : none}
    />
  </section>` as Drawn
}

function columnsOf({ state, session, dialog }: App): readonly Column<ClaimView>[] {
  return [
    {
      name: 'Claim',
      key: ({ name }) => name,
      cell: ({ name }) =>
        html`<a class="name" title=${name} href=${addressOf('claims', name)}>${name}</a>`,
    },
    {
      name: 'State',
      key: ({ state }) => state,
      cell: ({ state, problem }) =>
        html`<${StateMark} state=${state} /> ${
          problem !== null &&
          html`<span class="flag bad"
          title=${problem.detail ?? ''}>${problem.code}</span>`
        }`,
    },
    {
      name: 'Holder',
      key: ({ holder }) => holder,
      cell: ({ holder, tenant }) =>
        html`<span class="name"
          title=${holder}>${holder}</span> ${tenant !== null && html`<small>${tenant}</small>`}`,
    },
    {
      name: 'Length',
      isNumber: true,
      key: ({ length }) => length,
      cell: ({ length }) => html`<${Size} bytes=${length} />`,
    },
    {
      name: 'Device',
      key: ({ chardev }) => chardev ?? '',
      cell: ({ chardev }) =>
        chardev === null ? '—' : html`<a href=${addressOf('devices', chardev)}>${chardev}</a>`,
    },
    {
      name: 'Offset',
      isNumber: true,
      key: ({ offset }) => offset,
      cell: ({ offset, sharing }) =>
        sharing === 'slice' ? html`<${Size} bytes=${offset} />` : html`<small>dedicated</small>`,
    },
    {
      name: 'Time left',
      key: ({ lease }) => (lease === null ? '' : (state.leases.get(lease)?.expires_at ?? '')),
      cell: ({ lease }) => {
        const found = lease === null ? undefined : state.leases.get(lease)
        return found === undefined
          ? html`<small>no end</small>`
          : html`<${TimeLeft} lease=${found} />`
      },
    },
    {
      name: '',
      cell: (claim) =>
        session.may('claims:change') &&
        html`<button
          type="button"
          aria-label=${`Release ${claim.name}`}
          onClick=${() => {
            dialog.value = html`<${EndClaim} claim=${claim} />` as never
          }}
        >
          Release…
        </button>`,
    },
  ]
}
