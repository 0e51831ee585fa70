import type { DeviceView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Problem } from '../parts/problem.ts'
import { useAction } from '../parts/use-action.ts'
import { TakeAway } from './take-away.ts'

/** What can be done with a device now, by whoever looks. */
export function DeviceActions({ device }: { readonly device: DeviceView }): Drawn {
  const { daxd, session, dialog } = useApp()
  const { chardev, state, namespace, size } = device
  const enabling = useAction()
  const mayRemove = session.may(namespace === null ? 'devices:change' : 'namespaces:change')
  const ask = (verb: 'disable' | 'delete') => (): void => {
    dialog.value = html`<${TakeAway} device=${device} verb=${verb} />` as never
  }
  return html`${
    session.may('devices:change') &&
    state === 'disabled' &&
    size > 0 &&
    html`<button
      type="button"
      disabled=${enabling.isRunning}
      onClick=${() => enabling.run(() => daxd.devices.enable(chardev), `${chardev} is enabled.`)}
    >
      Enable
    </button>`
  }
  ${
    session.may('devices:change') &&
    state !== 'disabled' &&
    html`<button type="button" onClick=${ask('disable')}>Disable…</button>`
  }
  ${
    mayRemove &&
    html`<button type="button" class="danger"
    onClick=${ask('delete')}>Delete…</button>`
  }
  ${enabling.failure !== null && html`<${Problem} failure=${enabling.failure} />`}` as Drawn
}
