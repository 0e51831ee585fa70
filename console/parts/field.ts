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
  const take = (event: Event): void => onValue((event.target as HTMLInputElement).value)
  return html`<label class="field">
    <span>${label}</span>
    ${
      options === undefined
        ? html`<input
            type="text"
            value=${value}
            required=${isRequired}
            autocomplete="off"
            spellcheck=${false}
            onInput=${take}
          />`
        : html`<select value=${value} onChange=${take}>
            ${options.map(([is, says]) => html`<option value=${is} selected=${is === value}>${says}</option>`)}
          </select>`
    }
    ${hint !== undefined && html`<small>${hint}</small>`}
  </label>` as Drawn
}
