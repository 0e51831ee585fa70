import type { DeviceUsersView, DeviceView, NamespaceView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { useUsers } from '../data/use-users.ts'
import { addressOf } from '../model/address.ts'
import { addressWords, countWords } from '../model/size-words.ts'
import { type Drawn, html } from '../parts/html.ts'
import { MappingBar } from '../parts/mapping-bar.ts'
import { Problem } from '../parts/problem.ts'
import { RegionDrawing } from '../parts/region-drawing.ts'
import { Size } from '../parts/size.ts'
import { StateMark } from '../parts/state-mark.ts'
import { Owner } from '../parts/swatch.ts'
import { DeviceActions } from './device-actions.ts'
import { OperationProgress } from './operations.ts'

/** Rows of holders that are told; a device can have a million. */
const HOLDERS_SHOWN = 200

/** One device: where it lies, what it is, and who has it by the books and in truth. */
export function DevicePage({ chardev }: { readonly chardev: string }): Drawn {
  const { state, selection, connection, session } = useApp()
  void state.devices.version.value
  void state.namespaces.version.value
  const device = state.devices.get(chardev)
  const region = state.regions.get(String(device?.region))
  if (device === undefined) {
    const isLoading = connection.value.state === 'loading'
    return html`<section>
      <header class="view"><h1 tabindex="-1">${chardev}</h1></header>
      <p class="empty">${isLoading ? 'Reading…' : 'There is no such device (any more).'}</p>
      <p><a href=${addressOf('devices')}>All devices</a></p>
    </section>` as Drawn
  }
  const namespace = device.namespace === null ? undefined : state.namespaces.get(device.namespace)
  const operation = selection.unfinished.value.find(({ target }) =>
    [chardev, device.namespace].includes(target.id),
  )
  const pieces = selection.occupancies.value.get(device.region)?.pieces ?? []
  const isPartial = !session.may('regions:map')
  return html`<section>
    <header class="view">
      <h1 tabindex="-1">${chardev}</h1>
      <${StateMark} state=${device.state} />
      <div class="actions"><${DeviceActions} device=${device} /></div>
    </header>
    ${device.drift !== null && html`<p class="warning">Differs from the host: ${device.drift}</p>`}
    ${operation !== undefined && html`<${OperationProgress} operation=${operation} />`}
    ${
      region !== undefined &&
      html`<${RegionDrawing} region=${region} pieces=${pieces} chosen=${chardev}
        isPartial=${isPartial} />`
    }
    <${Facts} device=${device} namespace=${namespace} /> ${Ranges(device)}
    <${UsedBy} device=${device} />
  </section>` as Drawn
}

function Facts({
  device,
  namespace,
}: {
  readonly device: DeviceView
  readonly namespace: NamespaceView | undefined
}): Drawn {
  const { selection } = useApp()
  const { size, align, mode, target_node, generation, path, region, major, minor } = device
  const claim = namespace?.claim ?? null
  const facts: readonly (readonly [string, unknown])[] = [
    ['Size', html`<${Size} bytes=${size} />`],
    ['Owner', html`<${Owner} owner=${selection.ownerOf(device)} />`],
    ['Generation', generation],
    ['Mode', mode],
    ['Align', html`<${Size} bytes=${align} />`],
    ['Region', region],
    ['Target node', target_node],
    ['Namespace', namespace?.name ?? 'none: made by someone else'],
    ...(claim === null
      ? []
      : [['Claim', html`<a href=${addressOf('claims', claim)}>${claim}</a>`] as const]),
    ['Wiped on release', namespace === undefined ? '—' : namespace.wipe === 'none' ? 'no' : 'yes'],
    ['Pool for slices', namespace?.pool === true ? 'yes' : 'no'],
    ['Device node', html`<code>${path}</code> (${major}:${minor})`],
  ]
  return html`<dl class="facts-list">
    ${facts.map(
      ([name, value]) => html`<div
      class=${name === 'Device node' ? 'wide' : ''}><dt>${name}</dt><dd>${value}</dd></div>`,
    )}
  </dl>` as Drawn
}

function Ranges({ ranges }: DeviceView): Drawn {
  return html`<h2>${countWords(ranges.length, 'range')}</h2>
    <div class="fits" tabindex="0" role="region" aria-label="Ranges">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" class="number">Size</th>
            <th scope="col" class="number">Page offset</th>
          </tr>
        </thead>
        <tbody>
          ${ranges.map(
            ({ start, end, size, page_offset }) =>
              html`<tr>
                <td class="address">${addressWords(start)}</td>
                <td class="address">${addressWords(end)}</td>
                <td class="number"><${Size} bytes=${size} /></td>
                <td class="number">${page_offset}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>` as Drawn
}

function UsedBy({ device }: { readonly device: DeviceView }): Drawn {
  const { selection } = useApp()
  const { handles, mappings } = selection.refsOf(device)
  const mark = `${handles} ${mappings} ${device.revision}`
  const { users, failure, isReading, read } = useUsers(device.chardev, mark)
  return html`<h2>Used by</h2>
    <p class="hint">
      ${countWords(handles, 'handle')} and ${countWords(mappings, 'mapping')} in the books.
      <button type="button" onClick=${read} disabled=${isReading}>Look again</button>
    </p>
    ${failure !== null && html`<${Problem} failure=${failure} />`}
    ${users !== null && html`<${MappingBar} size=${device.size} holders=${users.holders} />`}
    ${
      users !== null &&
      html`<div
      class="sides">${Declared(users)} ${Observed(users)}</div>`
    }` as Drawn
}

function Declared({ holders }: DeviceUsersView): Drawn {
  const rest = holders.length - HOLDERS_SHOWN
  return html`<div>
    <h3>Declared (the books)</h3>
    ${holders.length === 0 && html`<p class="empty">Nobody has opened or mapped it.</p>`}
    <ul class="holders">
      ${holders.slice(0, HOLDERS_SHOWN).map((holder) =>
        holder.kind === 'others'
          ? html`<li>${countWords(holder.count, 'reference')} of other tenants</li>`
          : html`<li>
              <b>${holder.holder}</b> · ${holder.kind} <code>${holder.id}</code>, generation${' '}
              ${holder.generation} ${
                holder.length !== undefined &&
                html`· <${Size} bytes=${holder.length} /> at offset <${Size}
                  bytes=${holder.offset} />`
              }
            </li>`,
      )}
    </ul>
    ${rest > 0 && html`<p class="hint">and ${countWords(rest, 'more', 'more')}</p>`}
  </div>` as Drawn
}

function Observed({ processes, complete }: DeviceUsersView): Drawn {
  return html`<div>
    <h3>Observed (the host)</h3>
    ${
      !complete &&
      html`<p
      class="hint">Some processes could not be looked into: there may be more.</p>`
    }
    ${processes.length === 0 && html`<p class="empty">No process has it open or mapped.</p>`}
    <ul class="holders">
      ${processes.map(
        ({ pid, comm, container_id, pod_uid, mapped, stale }) =>
          html`<li>
            <b>${comm}</b> · pid ${pid}
            ${container_id !== null && html`· container <code>${container_id.slice(0, 12)}</code>`}
            ${pod_uid !== null && html`· pod <code>${pod_uid}</code>`}
            ${mapped.map(
              ({ offset, length }) => html`· maps <${Size}
              bytes=${length} /> at offset <${Size} bytes=${offset} />`,
            )}
            ${stale && html`<span class="flag">of an ended generation</span>`}
          </li>`,
      )}
    </ul>
  </div>` as Drawn
}
