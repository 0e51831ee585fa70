import type { NamespaceCreate, NamespaceView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { addressWords, countWords, sizeWords } from '../model/size-words.ts'
import { Field } from '../parts/field.ts'
import { type Drawn, html } from '../parts/html.ts'
import { PlannedDialog, usePlannedForm } from '../parts/planned-form.ts'
import { RegionDrawing } from '../parts/region-drawing.ts'
import { Size } from '../parts/size.ts'

const BLANK = {
  region: '',
  name: '',
  size: '1GiB',
  align: '',
  wipe: 'none',
  use: 'device',
  shape: 'any',
}

/** Makes a namespace: first it is checked, which shows the very places or the refusal. */
export function CreateNamespace(): Drawn {
  const { daxd, selection } = useApp()
  const form = usePlannedForm<typeof BLANK, NamespaceView>(BLANK)
  const { fields, set } = form
  const regions = selection.regions.value
  const aligns = regions.find(({ id }) => String(id) === fields.region)?.supported_aligns ?? []
  const body = bodyOf(fields)

  return html`<${PlannedDialog} title="Create namespace" verb="Create" form=${form}
    rehearse=${() => daxd.namespaces.create(body, { dryRun: true })}
    carryOut=${() => daxd.namespaces.create(body, { wait: false })}
    done=${(plan: NamespaceView) => `${sizeWords(plan.size)} are ${plan.chardev ?? 'being made'}.`}
    drawPlan=${(plan: NamespaceView) => html`<${Plan} plan=${plan} />`}>
    <${Field} label="Region" value=${fields.region} onValue=${set('region')} options=${[
      ['', 'any that fits'],
      ...regions.map(({ id, available_size }) => [
        String(id),
        `${id} (${sizeWords(available_size)} free)`,
      ]),
    ]} />
    <${Field} label="Size" value=${fields.size} onValue=${set('size')} isRequired
      hint="64MiB, 1GiB, or max" />
    <${Field} label="Name" value=${fields.name} onValue=${set('name')}
      hint="daxd makes one if empty" />
    <${Field} label="Align" value=${fields.align} onValue=${set('align')} options=${[
      ['', "the region's"],
      ...aligns.map((align) => [String(align), sizeWords(align)]),
    ]} />
    <${Field} label="Place" value=${fields.shape} onValue=${set('shape')} options=${[
      ['any', 'where there is room'],
      ['contiguous', 'in one piece'],
    ]} />
    <${Field} label="For" value=${fields.use} onValue=${set('use')} options=${[
      ['device', 'a device of its own'],
      ['pool', 'a pool: slices of claims'],
    ]} />
    <${Field} label="On release" value=${fields.wipe} onValue=${set('wipe')} options=${[
      ['none', 'leave what is in it'],
      ['on_release', 'wipe it'],
    ]} />
  </${PlannedDialog}>` as Drawn
}

function bodyOf({ region, name, size, align, wipe, use, shape }: typeof BLANK): NamespaceCreate {
  return {
    size: size.trim(),
    ...(region === '' ? {} : { region: Number(region) }),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(align === '' ? {} : { align: Number(align) }),
    ...(wipe === 'none' ? {} : { wipe: 'on_release' as const }),
    ...(use === 'pool' ? { pool: true } : {}),
    ...(shape === 'contiguous' ? { contiguous: true } : {}),
  } as NamespaceCreate
}

/** The very places that would be taken. */
function Plan({ plan }: { readonly plan: NamespaceView }): Drawn {
  const { state, selection, session } = useApp()
  const { size, chardev, region: id, ranges } = plan
  const region = state.regions.get(String(id))
  const pieces = selection.occupancies.value.get(id)?.pieces ?? []
  const planned = ranges.map(({ start, end }) => ({ start, end: end + 1 }))
  return html`<div class="plan" role="status">
    <p>
      Would take <b><${Size} bytes=${size} /></b> of region ${id} as <b>${chardev}</b>, in
      ${' '}${countWords(ranges.length, 'range')}:
    </p>
    ${
      region !== undefined &&
      html`<${RegionDrawing} region=${region} pieces=${pieces} planned=${planned}
        isPartial=${!session.may('regions:map')} />`
    }
    <ul>
      ${ranges.map(
        ({ start, end, size: bytes }) =>
          html`<li><code>${addressWords(start)}–${addressWords(end)}</code> <${Size}
            bytes=${bytes} /></li>`,
      )}
    </ul>
  </div>` as Drawn
}
