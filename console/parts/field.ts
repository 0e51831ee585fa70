import { useId } from 'preact/hooks'
import { type Drawn, html } from './html.ts'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
  readonly hint?: string
  readonly isRequired?: boolean
  /** Without them the field is for typing. */
  readonly options?: readonly (readonly [value: string, says: string])[]
}

/** A labelled field of a form. */
export function Field({ label, value, onValue, hint, isRequired, options }: FieldProps): Drawn {
  const id = useId()
  const described = hint === undefined ? undefined : `${id}-hint`
  const take = (event: Event): void => onValue((event.target as HTMLInputElement).value)
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${
      options === undefined
        ? html`<input
            id=${id}
            type="text"
            value=${value}
            required=${isRequired}
            autocomplete="off"
            spellcheck=${false}
            aria-describedby=${described}
            onInput=${take}
          />`
        : html`<select id=${id} aria-describedby=${described} value=${value} onChange=${take}>
            ${options.map(
              ([is, says]) => html`<option value=${is}
              selected=${is === value}>${says}</option>`,
            )}
          </select>`
    }
    ${hint !== undefined && html`<small id=${described}>${hint}</small>`}
  </div>` as Drawn
}
