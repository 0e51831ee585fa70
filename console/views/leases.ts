import type { LeaseView } from '../../client/src/index.ts'
import { type App, useApp } from '../app.ts'
import { addressOf } from '../model/address.ts'
import { agoWords, durationWords } from '../model/time-words.ts'
import { Dialog } from '../parts/dialog.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Problem } from '../parts/problem.ts'
import { type Column, Table } from '../parts/table.ts'
import { TimeLeft } from '../parts/time-left.ts'
import { useAction } from '../parts/use-action.ts'

/** Leases with their time left, the next to end first. */
export function Leases(): Drawn {
  const app = useApp()
  const { state, connection } = app
  void state.leases.version.value
  const rows = [...state.leases.rows()].sort((left, right) =>
    left.expires_at < right.expires_at ? -1 : 1,
  )
  const isLoading = connection.value.state === 'loading'
  return html`<section>
    <header class="view"><h1 tabindex="-1">Leases</h1></header>
    <${Table}
      label="Leases"
      columns=${columnsOf(app)}
      rows=${rows}
      idOf=${({ id }: LeaseView) => id}
      empty=${isLoading ? 'Reading…' : 'Nobody holds a lease.'}
    />
  </section>` as Drawn
}

function columnsOf({ now, session, dialog }: App): readonly Column<LeaseView>[] {
  return [
    { name: 'Lease', key: ({ id }) => id, cell: ({ id }) => html`<code>${id}</code>` },
    {
      name: 'Holder',
      key: ({ holder }) => holder,
      cell: ({ holder, tenant }) =>
        html`<span class="name"
          title=${holder}>${holder}</span> ${tenant !== null && html`<small>${tenant}</small>`}`,
    },
    {
      name: 'Time left',
      key: ({ expires_at }) => expires_at,
      cell: (lease) => html`<${TimeLeft} lease=${lease} />`,
    },
    {
      name: 'Renewed for',
      isNumber: true,
      key: ({ ttl_ms }) => ttl_ms,
      cell: ({ ttl_ms }) => durationWords(ttl_ms),
    },
    {
      name: 'Last renewed',
      key: ({ updated_at }) => updated_at,
      cell: ({ updated_at }) => agoWords(updated_at, now.value),
    },
    {
      name: 'Claim',
      key: ({ claim }) => claim ?? '',
      cell: ({ claim }) =>
        claim === null
          ? '—'
          : html`<a class="name" href=${addressOf('claims', claim)}>${claim}</a>`,
    },
    { name: 'Token', isNumber: true, key: ({ token }) => token, cell: ({ token }) => token },
    {
      name: '',
      cell: (lease) =>
        session.may('leases:change') &&
        html`<button
          type="button"
          aria-label=${`End lease ${lease.id}`}
          onClick=${() => {
            dialog.value = html`<${EndLease} lease=${lease} />` as never
          }}
        >
          End…
        </button>`,
    },
  ]
}

function EndLease({ lease }: { readonly lease: LeaseView }): Drawn {
  const { daxd, dialog } = useApp()
  const { id, holder, claim } = lease
  const { run, isRunning, failure } = useAction()
  return html`<${Dialog} title=${`End lease ${id}?`}>
    <p>
      To daxd this is the death of <b>${holder}</b>: its handles are closed and its mappings
      dropped${claim === null ? '.' : html`, and the claim <b>${claim}</b> is released.`}
    </p>
    ${failure !== null && html`<${Problem} failure=${failure} />`}
    <footer>
      <button type="button" onClick=${() => {
        dialog.value = null
      }}>Cancel</button>
      <button type="button" class="danger" disabled=${isRunning}
        onClick=${() => run(() => daxd.leases.delete(id), `Lease ${id} is over.`)}>
        End the lease
      </button>
    </footer>
  </${Dialog}>` as Drawn
}
