import type { ClaimPut, ClaimView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { sizeWords } from '../model/size-words.ts'
import { Field } from '../parts/field.ts'
import { type Drawn, html } from '../parts/html.ts'
import { PlannedDialog, usePlannedForm } from '../parts/planned-form.ts'
import { Size } from '../parts/size.ts'

const MINUTE_MS = 60_000
const BLANK = {
  name: '',
  holder: '',
  size: '64MiB',
  sharing: 'dedicated',
  minutes: '',
  persistence: '',
  access: 'rw',
  wipe: 'none',
}

/** Claims memory for a holder: first it is checked, which shows what would be got. */
export function CreateClaim(): Drawn {
  const { daxd } = useApp()
  const form = usePlannedForm<typeof BLANK, ClaimView>(BLANK)
  const { fields, set } = form
  const name = fields.name.trim()
  const body = bodyOf(fields)

  return html`<${PlannedDialog} title="Claim memory" verb="Claim" form=${form}
    rehearse=${() => daxd.claims.put(name, body, { dryRun: true })}
    carryOut=${() => daxd.claims.put(name, body, { wait: false })}
    done=${(plan: ClaimView) => `${name} has ${sizeWords(plan.length)}.`}
    drawPlan=${(plan: ClaimView) => html`<${Plan} plan=${plan} />`}>
    <${Field} label="Name" value=${fields.name} onValue=${set('name')} isRequired
      hint="asking again gives the same claim" />
    <${Field} label="Holder" value=${fields.holder} onValue=${set('holder')} isRequired
      hint="who: a pod uid, a job" />
    <${Field} label="Size" value=${fields.size} onValue=${set('size')} isRequired
      hint="usable bytes: 64MiB, 1GiB" />
    <${Field} label="Sharing" value=${fields.sharing} onValue=${set('sharing')} options=${[
      ['dedicated', 'a device of its own'],
      ['slice', 'a slice of a pool'],
    ]} />
    <${Field} label="Ends after" value=${fields.minutes} onValue=${set('minutes')}
      hint="minutes without renewal; empty: never" />
    <${Field} label="Memory" value=${fields.persistence} onValue=${set('persistence')}
      options=${[['', 'any'], ['volatile', 'volatile'], ['persistent', 'persistent']]} />
    <${Field} label="Access" value=${fields.access} onValue=${set('access')} options=${[
      ['rw', 'read and write'],
      ['ro', 'read only'],
    ]} />
    <${Field} label="On release" value=${fields.wipe} onValue=${set('wipe')} options=${[
      ['none', 'leave what is in it'],
      ['on_release', 'wipe it'],
    ]} />
  </${PlannedDialog}>` as Drawn
}

function bodyOf(fields: typeof BLANK): ClaimPut {
  const { holder, size, sharing, minutes, persistence, access, wipe } = fields
  return {
    size: size.trim(),
    sharing,
    holder: holder.trim(),
    ...(minutes.trim() === '' ? {} : { ttl_ms: Math.round(Number(minutes) * MINUTE_MS) }),
    ...(persistence === '' ? {} : { selector: { persistence } }),
    ...(access === 'rw' ? {} : { access }),
    ...(wipe === 'none' ? {} : { wipe }),
  } as ClaimPut
}

function Plan({ plan }: { readonly plan: ClaimView }): Drawn {
  const { name, length, chardev, sharing, offset, size } = plan
  return html`<div class="plan" role="status">
    <p>
      <b>${name}</b> would get <b><${Size} bytes=${length} /></b>
      ${length > size && html` (<${Size} bytes=${size} /> rounded up to the align)`}
      ${
        sharing === 'slice'
          ? html` of ${chardev} at offset <${Size}
        bytes=${offset} />`
          : ` as ${chardev}`
      }.
    </p>
  </div>` as Drawn
}
