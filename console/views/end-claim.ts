import { useState } from 'preact/hooks'
import type { ClaimView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { useUsers } from '../data/use-users.ts'
import { countWords } from '../model/size-words.ts'
import { Dialog } from '../parts/dialog.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Problem } from '../parts/problem.ts'
import { Size } from '../parts/size.ts'
import { useAction } from '../parts/use-action.ts'

/** Gives a claim's memory back; names the processes that have it before anything is done. */
export function EndClaim({ claim }: { readonly claim: ClaimView }): Drawn {
  const { daxd, dialog } = useApp()
  const { name, holder, length, chardev, sharing } = claim
  const [isForced, setForced] = useState(false)
  const { run, isRunning, failure } = useAction()
  const act = () =>
    daxd.claims.delete(name, { if_busy: isForced ? 'revoke' : 'refuse' }, { wait: false })
  return html`<${Dialog} title=${`Release claim ${name}?`}>
    <form
      onSubmit=${(event: Event) => {
        event.preventDefault()
        void run(act, `Claim ${name} is released.`)
      }}
    >
      <p>
        <b>${holder}</b> gives back <${Size} bytes=${length} />
        ${chardev === null ? '' : `of ${chardev}`}${sharing === 'slice' ? '; the pool stays' : ''}.
        What is in it is lost to it.
      </p>
      <label class="choice">
        <input type="checkbox" checked=${isForced} onChange=${() => setForced(!isForced)} />
        <span><b>revoke</b>: even if somebody uses it</span>
      </label>
      ${chardev !== null && html`<${Processes} chardev=${chardev} isForced=${isForced} />`}
      ${failure !== null && html`<${Problem} failure=${failure} />`}
      <footer>
        <button type="button" onClick=${() => {
          dialog.value = null
        }}>Cancel</button>
        <button type="submit" class=${isForced ? 'danger' : 'primary'} disabled=${isRunning}>
          ${isForced ? 'Revoke and release' : 'Release'}
        </button>
      </footer>
    </form>
  </${Dialog}>` as Drawn
}

function Processes({
  chardev,
  isForced,
}: {
  readonly chardev: string
  readonly isForced: boolean
}): Drawn {
  const { users, failure } = useUsers(chardev, String(isForced))
  if (failure !== null) return html`<${Problem} failure=${failure} />` as Drawn
  if (users === null) return html`<p>Looking who uses it…</p>` as Drawn
  const { processes, complete } = users
  return html`<div class="hurt" aria-live="polite">
    ${
      processes.length === 0
        ? html`<p>No process has ${chardev} now${complete ? '' : ', as far as can be seen'}.</p>`
        : html`<p>
              <b>
                ${countWords(processes.length, 'process has', 'processes have')} ${chardev}
                ${isForced ? ' now and may get SIGBUS:' : ' now:'}
              </b>
            </p>
            <ul class="processes">
              ${processes.map(({ pid, comm }) => html`<li>${comm} <small>pid ${pid}</small></li>`)}
            </ul>`
    }
  </div>` as Drawn
}
