import { useEffect, useState } from 'preact/hooks'
import type { HostView, ReconciliationItem } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { Dialog } from '../parts/dialog.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Problem } from '../parts/problem.ts'
import { StateMark } from '../parts/state-mark.ts'
import { useAction } from '../parts/use-action.ts'

interface Finding {
  readonly id: string
  readonly title: string
  readonly status: string
  readonly detail: string | null
  readonly cost: string | null
  readonly mend: string | null
}

const MEANING: Readonly<Record<string, string>> = {
  adopt: 'daxd takes it over as it is: it gets a namespace of its own.',
  forget: 'daxd strikes it from its books; the host is left as it is.',
  repair: 'The host is made what the books want. What is in use is never destroyed for that.',
}

/** Where books and host differ, and what the host supports. */
export function Host(): Drawn {
  return html`<section>
    <header class="view"><h1 tabindex="-1">Host</h1></header>
    <${Differences} /> <${Findings} />
  </section>` as Drawn
}

function Differences(): Drawn {
  const { daxd, session, dialog } = useApp()
  const [items, setItems] = useState<readonly ReconciliationItem[] | null>(null)
  const reading = useAction()
  const read = () => reading.run(async () => setItems((await daxd.reconciliation.get()).items))
  useEffect(() => void read(), [])
  const ask = (item: ReconciliationItem, action: ReconciliationItem['actions'][number]) => () => {
    dialog.value = html`<${Reconcile} item=${item} action=${action} done=${read} />` as never
  }
  return html`<h2>Books and host</h2>
    <p class="hint">
      What was wanted, what is written and what is there, side by side.
      <button type="button" disabled=${reading.isRunning} onClick=${read}>Compare again</button>
    </p>
    ${reading.failure !== null && html`<${Problem} failure=${reading.failure} />`}
    ${items === null && reading.failure === null && html`<p class="empty">Comparing…</p>`}
    ${items?.length === 0 && html`<p class="empty good">They agree.</p>`}
    <ul class="differences">
      ${items?.map(
        (item) =>
          html`<li>
            <span class="flag bad">${item.kind}</span> <b>${item.object}</b> ${item.detail}
            ${
              session.may('reconciliation:change') &&
              item.actions.map(
                (action) =>
                  html`<button type="button" aria-label=${`${action} ${item.object}`}
                    onClick=${ask(item, action)}>${action}…</button>`,
              )
            }
          </li>`,
      )}
    </ul>` as Drawn
}

function Reconcile({
  item,
  action,
  done,
}: {
  readonly item: ReconciliationItem
  readonly action: ReconciliationItem['actions'][number]
  readonly done: () => Promise<void>
}): Drawn {
  const { daxd, dialog } = useApp()
  const { run, isRunning, failure } = useAction()
  const { object } = item
  const act = async (): Promise<void> => {
    await daxd.reconciliation.act({ object, action })
    void done()
  }
  return html`<${Dialog} title=${`${action} ${object}?`}>
    <p>${item.detail}</p>
    <p>${MEANING[action]}</p>
    ${failure !== null && html`<${Problem} failure=${failure} />`}
    <footer>
      <button type="button" onClick=${() => {
        dialog.value = null
      }}>Cancel</button>
      <button type="button" class="primary" disabled=${isRunning}
        onClick=${() => run(act, `${object}: ${action} is done.`)}>
        ${action}
      </button>
    </footer>
  </${Dialog}>` as Drawn
}

function Findings(): Drawn {
  const { daxd } = useApp()
  const [host, setHost] = useState<HostView | null>(null)
  const reading = useAction()
  const read = () => reading.run(async () => setHost(await daxd.host()))
  useEffect(() => void read(), [])
  const findings = (host?.findings ?? []) as unknown as readonly Finding[]
  const wanting = findings.filter(({ status }) => status !== 'pass')
  return html`<h2>What the host supports</h2>
    ${reading.failure !== null && html`<${Problem} failure=${reading.failure} />`}
    ${host === null && reading.failure === null && html`<p class="empty">Examining…</p>`}
    ${
      host !== null &&
      html`<p class="hint">
        ${findings.length - wanting.length} of ${findings.length} checks pass.
        <button type="button" disabled=${reading.isRunning} onClick=${read}>Examine again</button>
      </p>`
    }
    <ul class="findings">
      ${wanting.map(
        ({ id, title, status, detail, cost, mend }) =>
          html`<li key=${id}>
            <${StateMark} state=${status} /> <b>${title}</b> <span>${detail}</span>
            ${cost !== null && html`<p>${cost}</p>`} ${
              mend !== null &&
              html`<p
              class="mend">${mend}</p>`
            }
          </li>`,
      )}
    </ul>` as Drawn
}
