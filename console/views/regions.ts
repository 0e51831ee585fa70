import type { RegionView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import type { Occupancy } from '../model/occupancy.ts'
import { countWords, percentWords } from '../model/size-words.ts'
import { type Drawn, html } from '../parts/html.ts'
import { RegionDrawing } from '../parts/region-drawing.ts'
import { Size } from '../parts/size.ts'
import { StateMark } from '../parts/state-mark.ts'
import { Owner } from '../parts/swatch.ts'
import { CreateClaim } from './create-claim.ts'
import { CreateNamespace } from './create-namespace.ts'

const NO_MEMORY = 'This host offers no device-dax memory. The Host view says what is missing.'
/** Owners named below a drawing; the rest is told together. */
const OWNERS_SHOWN = 9

/** The host's memory, region by region, each to scale. */
export function Regions(): Drawn {
  const { selection, session, connection } = useApp()
  const regions = selection.regions.value
  const isLoading = connection.value.state === 'loading'
  return html`<section>
    <header class="view">
      <h1 tabindex="-1">Regions</h1>
      <div class="actions">${CreateButtons()}</div>
    </header>
    ${
      regions.length === 0 &&
      html`<p class="empty">
        ${isLoading ? 'Reading what the host offers…' : NO_MEMORY}
      </p>`
    }
    ${regions.map((region) => html`<${Region} key=${region.id} region=${region} />`)}
    ${
      regions.length > 0 &&
      !session.may('regions:map') &&
      html`<p class="hint">
        Only what is yours is drawn: other tenants' devices are not yours to see. The figures count
        all of the region.
      </p>`
    }
  </section>` as Drawn
}

function CreateButtons(): Drawn {
  const { session, dialog } = useApp()
  return html`${
    session.may('namespaces:change') &&
    html`<button
      type="button"
      onClick=${() => {
        dialog.value = html`<${CreateNamespace} />` as never
      }}
    >
      Create namespace…
    </button>`
  }
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
  }` as Drawn
}

function Region({ region }: { readonly region: RegionView }): Drawn {
  const { selection, session } = useApp()
  const occupancy = selection.occupancies.value.get(region.id)
  if (occupancy === undefined) return null
  const isPartial = !session.may('regions:map')
  const { id, provider, kind, media, numa_node, target_node, align, drift, schedulable } = region
  const facts = [
    provider,
    kind,
    media.persistence,
    media.type,
    `NUMA ${numa_node}`,
    target_node === numa_node ? '' : `target node ${target_node}`,
  ]
  return html`<article class="region" aria-labelledby=${`region-${id}`}>
    <header>
      <h2 id=${`region-${id}`}>Region ${id}</h2>
      <p class="facts">
        ${facts.filter((fact) => fact !== '').join(' · ')} · align <${Size} bytes=${align} />
      </p>
      ${region.state !== 'enabled' && html`<${StateMark} state=${region.state} />`}
      ${!schedulable && html`<span class="flag">closed to new placements</span>`}
      ${drift !== null && html`<span class="flag bad">differs from the host: ${drift}</span>`}
    </header>
    <${RegionDrawing} region=${region} pieces=${occupancy.pieces} isPartial=${isPartial} />
    ${Figures({ region, occupancy, isPartial })} ${Legend({ occupancy, isPartial })}
  </article>` as Drawn
}

interface FiguresProps {
  readonly region: RegionView
  readonly occupancy: Occupancy
  readonly isPartial: boolean
}

function Figures({ region, occupancy, isPartial }: FiguresProps): Drawn {
  const { size } = region
  const available = isPartial ? region.available_size : occupancy.available
  const largest = isPartial ? region.max_available_extent : occupancy.largest
  const { holes, deviceCount } = occupancy
  const contiguous = percentWords(largest, available)
  return html`<dl class="figures">
    <div><dt>Size</dt><dd><${Size} bytes=${size} /></dd></div>
    <div>
      <dt>Free</dt>
      <dd><${Size} bytes=${available} /> <small>${percentWords(available, size)}</small></dd>
    </div>
    <div class="wide">
      <dt>Largest free extent</dt>
      <dd>
        <${Size} bytes=${largest} />
        <small>${available === 0 ? 'nothing is free' : `${contiguous} of what is free`}</small>
        <meter
          min="0"
          max=${Math.max(1, available)}
          value=${largest}
          aria-label=${`Largest free extent of region ${region.id} against all that is free`}
          >${contiguous}</meter
        >
      </dd>
    </div>
    ${!isPartial && html`<div><dt>Holes</dt><dd>${holes}</dd></div>`}
    <div><dt>${isPartial ? 'Your devices' : 'Devices'}</dt><dd>${deviceCount}</dd></div>
  </dl>` as Drawn
}

function Legend({ occupancy, isPartial }: Omit<FiguresProps, 'region'>): Drawn {
  const { owners } = occupancy
  if (owners.length === 0) return null
  const rest = owners.slice(OWNERS_SHOWN)
  const restBytes = rest.reduce((sum, { bytes }) => sum + bytes, 0)
  return html`<ul class="legend" aria-label=${isPartial ? 'What is yours' : 'Who has how much'}>
    ${owners
      .slice(0, OWNERS_SHOWN)
      .map(
        ({ owner, bytes }) =>
          html`<li key=${owner}><${Owner} owner=${owner} /> <${Size} bytes=${bytes} /></li>`,
      )}
    ${
      rest.length > 0 &&
      html`<li>${countWords(rest.length, 'other')} <${Size}
      bytes=${restBytes} /></li>`
    }
  </ul>` as Drawn
}
