import { useMemo, useState } from 'preact/hooks'
import type { DeviceView } from '../../client/src/index.ts'
import { type App, useApp } from '../app.ts'
import { addressOf } from '../model/address.ts'
import { countWords } from '../model/size-words.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Size } from '../parts/size.ts'
import { StateMark } from '../parts/state-mark.ts'
import { Owner } from '../parts/swatch.ts'
import { type Column, Table } from '../parts/table.ts'
import { DevicePage } from './device-page.ts'

const STATES = ['enabled', 'draining', 'disabled'] as const

/** All devices, or one of them. */
export function Devices({ id }: { readonly id: string | null }): Drawn {
  return (
    id === null ? html`<${DeviceList} />` : html`<${DevicePage} key=${id} chardev=${id} />`
  ) as Drawn
}

function DeviceList(): Drawn {
  const app = useApp()
  const { selection, connection } = app
  const [text, setText] = useState('')
  const [state, setState] = useState('')
  const devices = selection.devices.value
  const rows = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    const has = (part: string | null): boolean => part?.toLowerCase().includes(wanted) === true
    return devices.filter(
      (device) =>
        (state === '' || device.state === state) &&
        (wanted === '' ||
          has(device.chardev) ||
          has(device.namespace) ||
          has(selection.ownerOf(device))),
    )
  }, [devices, text, state])
  const isLoading = connection.value.state === 'loading'
  const none = devices.length === 0 ? 'There are no devices.' : 'No device fits this filter.'
  return html`<section>
    <header class="view">
      <h1 tabindex="-1">Devices</h1>
      <div class="filter">
        <label
          >Find
          <input
            type="search"
            placeholder="name, namespace, owner"
            value=${text}
            onInput=${(event: InputEvent) => setText((event.target as HTMLInputElement).value)}
        /></label>
        <label
          >State
          <select onChange=${(event: Event) => setState((event.target as HTMLSelectElement).value)}>
            <option value="">all</option>
            ${STATES.map((name) => html`<option value=${name}>${name}</option>`)}
          </select></label
        >
        <span class="count">${countWords(rows.length, 'device')}</span>
      </div>
    </header>
    <${Table}
      label="Devices"
      columns=${columnsOf(app)}
      rows=${rows}
      idOf=${({ chardev }: DeviceView) => chardev}
      empty=${isLoading ? 'Reading…' : none}
    />
  </section>` as Drawn
}

function columnsOf({ selection }: App): readonly Column<DeviceView>[] {
  const { ownerOf, refsOf } = selection
  return [
    {
      name: 'Device',
      key: ({ chardev }) => chardev,
      cell: ({ chardev, drift }) =>
        html`<a href=${addressOf('devices', chardev)}>${chardev}</a> ${
          drift !== null &&
          html`<span
          class="flag bad" title=${drift}>drift</span>`
        }`,
    },
    {
      name: 'State',
      key: ({ state }) => state,
      cell: ({ state }) => html`<${StateMark} state=${state} />`,
    },
    {
      name: 'Size',
      isNumber: true,
      key: ({ size }) => size,
      cell: ({ size }) => html`<${Size} bytes=${size} />`,
    },
    { name: 'Owner', key: ownerOf, cell: (device) => html`<${Owner} owner=${ownerOf(device)} />` },
    {
      name: 'Namespace',
      key: ({ namespace }) => namespace ?? '',
      cell: ({ namespace }) =>
        html`<span class="name" title=${namespace ?? ''}>${namespace ?? '—'}</span>`,
    },
    { name: 'Region', isNumber: true, key: ({ region }) => region, cell: ({ region }) => region },
    {
      name: 'Ranges',
      isNumber: true,
      key: ({ ranges }) => ranges.length,
      cell: ({ ranges }) => ranges.length,
    },
    {
      name: 'Handles',
      isNumber: true,
      key: (device) => refsOf(device).handles,
      cell: (device) => refsOf(device).handles,
    },
    {
      name: 'Mappings',
      isNumber: true,
      key: (device) => refsOf(device).mappings,
      cell: (device) => refsOf(device).mappings,
    },
    {
      name: 'Generation',
      isNumber: true,
      key: ({ generation }) => generation,
      cell: ({ generation }) => generation,
    },
  ]
}
