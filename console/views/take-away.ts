import { useState } from 'preact/hooks'
import type { DeviceUsersView, DeviceView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { useUsers } from '../data/use-users.ts'
import { countWords } from '../model/size-words.ts'
import { Dialog } from '../parts/dialog.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Problem } from '../parts/problem.ts'
import { useAction } from '../parts/use-action.ts'

export type IfBusy = 'refuse' | 'drain' | 'revoke'
export type Verb = 'disable' | 'delete'

const DRAIN_MINUTES = 5
const LOST = 'Its memory goes back to the region. What is in it is lost to its users.'
const MINUTE_MS = 60_000
/** Processes that are named one by one. */
const NAMED_MAX = 50

const CHOICES: readonly { readonly is: IfBusy; readonly says: string }[] = [
  { is: 'refuse', says: 'only if nobody uses it' },
  { is: 'drain', says: `wait for its users, up to ${DRAIN_MINUTES} minutes; nobody new gets in` },
  { is: 'revoke', says: 'take it away at once, whoever uses it' },
]

/** Asks how a device is to be disabled or deleted, and names who will be hurt before it is done. */
export function TakeAway({
  device,
  verb,
}: {
  readonly device: DeviceView
  readonly verb: Verb
}): Drawn {
  const { daxd, dialog } = useApp()
  const { chardev, namespace } = device
  const [how, setHow] = useState<IfBusy>('refuse')
  const { users, failure: unread, isReading, read } = useUsers(chardev, '')
  const { run, isRunning, failure } = useAction()
  const what =
    verb === 'delete' && namespace !== null ? `namespace ${namespace} (${chardev})` : chardev
  // Nobody is hurt before they have been named.
  const isBlind = how === 'revoke' && users === null
  const done = how === 'drain' ? `${chardev} is draining.` : `${what} is ${verb}d.`

  function act(): Promise<unknown> {
    const query = {
      if_busy: how,
      ...(how === 'drain' ? { timeout_ms: DRAIN_MINUTES * MINUTE_MS } : {}),
    }
    const options = { wait: false } as const
    if (verb === 'disable') return daxd.devices.disable(chardev, query, options)
    if (namespace !== null) return daxd.namespaces.delete(namespace, query, options)
    return daxd.devices.delete(chardev, query, options)
  }

  return html`<${Dialog} title=${`${verb === 'disable' ? 'Disable' : 'Delete'} ${what}?`}>
    <form
      onSubmit=${(event: Event) => {
        event.preventDefault()
        void run(act, done)
      }}
    >
      ${verb === 'delete' && html`<p>${LOST}</p>`}
      <fieldset>
        <legend>If somebody uses it</legend>
        ${CHOICES.map(
          ({ is, says }) =>
            html`<label class="choice"
              ><input
                type="radio"
                name="if_busy"
                value=${is}
                checked=${how === is}
                onChange=${() => {
                  setHow(is)
                  if (is === 'revoke') void read()
                }}
              /><span><b>${is}</b>: ${says}</span></label
            >`,
        )}
      </fieldset>
      <div class="hurt" aria-live="polite">
        ${isReading && users === null && html`<p>Looking who uses it…</p>`}
        ${unread !== null && html`<${Problem} failure=${unread} />`}
        ${users !== null && html`<${Hurt} users=${users} how=${how} />`}
      </div>
      ${failure !== null && html`<${Problem} failure=${failure} />`}
      <footer>
        <button type="button" onClick=${() => {
          dialog.value = null
        }}>Cancel</button>
        <button type="submit" class=${how === 'revoke' ? 'danger' : 'primary'}
          disabled=${isRunning || isBlind}>
          ${labelOf(verb, how, users)}
        </button>
      </footer>
    </form>
  </${Dialog}>` as Drawn
}

function labelOf(verb: Verb, how: IfBusy, users: DeviceUsersView | null): string {
  const verbWord = verb === 'disable' ? 'Disable' : 'Delete'
  if (how === 'drain') return `Drain, then ${verb}`
  if (how === 'refuse' || users === null) return verbWord
  const { processes } = users
  if (processes.length === 0) return `Revoke and ${verb}`
  return `Revoke from ${countWords(processes.length, 'process', 'processes')} and ${verb}`
}

/** Who uses it by the latest reading, and what happens to them. */
function Hurt({ users, how }: { readonly users: DeviceUsersView; readonly how: IfBusy }): Drawn {
  const { holders, processes, complete } = users
  if (holders.length === 0 && processes.length === 0) {
    const seen = complete
      ? 'Nobody uses it now.'
      : 'Nobody is seen to use it, but some processes could not be looked into.'
    return html`<p>${seen}</p>` as Drawn
  }
  const names = [...new Set(holders.flatMap((one) => (one.kind === 'others' ? [] : [one.holder])))]
  const mappings = holders.filter(({ kind }) => kind === 'mapping').length
  return html`
    ${
      processes.length > 0 &&
      html`<p>
          <b>${countWords(processes.length, 'process has', 'processes have')} it now.</b>
          ${how === 'revoke' && ' Each gets SIGBUS at its next touch and most likely dies:'}
        </p>
        <ul class="processes">
          ${processes
            .slice(0, NAMED_MAX)
            .map(
              ({ pid, comm, container_id }) =>
                html`<li>${comm} <small>pid ${pid}${inContainer(container_id)}</small></li>`,
            )}
        </ul>
        ${processes.length > NAMED_MAX && html`<p>and ${processes.length - NAMED_MAX} more</p>`}`
    }
    ${
      holders.length > 0 &&
      html`<p>
        In the books: ${names.slice(0, NAMED_MAX).join(', ')}
        ${names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : ''}
        ${` (${countWords(mappings, 'mapping')}).`}
        ${how === 'revoke' && mappings > 0 && ' Their mappings become revoked.'}
      </p>`
    }
    ${!complete && html`<p>Some processes could not be looked into: there may be more.</p>`}
  ` as Drawn
}

function inContainer(id: string | null): string {
  return id === null ? '' : `, container ${id.slice(0, 12)}`
}
