import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { Dialog } from './dialog.ts'
import { type Drawn, html } from './html.ts'
import { Problem } from './problem.ts'
import { type Action, useAction } from './use-action.ts'
import { useFields } from './use-fields.ts'

/** A form whose wish is checked by a dry run before it is carried out. */
export interface PlannedForm<Fields, Plan> {
  readonly fields: Fields
  readonly set: (name: keyof Fields) => (value: string) => void
  /** What the dry run said of these very fields; null until it has. */
  readonly plan: Plan | null
  readonly check: Action
  readonly make: Action
  readonly setPlan: (plan: Plan) => void
}

/** A change of any field ends what was checked before. */
export function usePlannedForm<Fields extends Readonly<Record<string, string>>, Plan>(
  blank: Fields,
): PlannedForm<Fields, Plan> {
  const [plan, setPlan] = useState<Plan | null>(null)
  const check = useAction()
  const make = useAction()
  const [fields, set] = useFields(blank, () => {
    setPlan(null)
    check.forget()
    make.forget()
  })
  return { fields, set, plan, check, make, setPlan }
}

interface PlannedDialogProps<Plan> {
  readonly title: string
  /** What the button says once the plan is there. */
  readonly verb: string
  readonly form: PlannedForm<{ readonly size: string }, Plan>
  /** The dry run. */
  readonly rehearse: () => Promise<Plan>
  readonly carryOut: () => Promise<unknown>
  /** What is said when it was carried out. */
  readonly done: (plan: Plan) => string
  readonly drawPlan: (plan: Plan) => Drawn
  /** The fields. */
  readonly children: ComponentChildren
}

/** The first press of its button checks, the second carries out what was shown. */
export function PlannedDialog<Plan>(props: PlannedDialogProps<Plan>): Drawn {
  const { title, verb, form, rehearse, carryOut, done, drawPlan, children } = props
  const { dialog } = useApp()
  const { plan, check, make, set, setPlan } = form

  function submit(event: Event): void {
    event.preventDefault()
    if (plan === null) void check.run(async () => setPlan(await rehearse()))
    else void make.run(carryOut, done(plan))
  }

  return html`<${Dialog} title=${title}>
    <form onSubmit=${submit}>
      <div class="fields">${children}</div>
      ${plan !== null && drawPlan(plan)}
      ${[check.failure, make.failure].map(
        (failure) =>
          failure !== null &&
          html`<${Problem} failure=${failure}
            onSize=${(bytes: number) => set('size')(String(bytes))} />`,
      )}
      <footer>
        <button type="button" onClick=${() => {
          dialog.value = null
        }}>Cancel</button>
        <button type="submit" class="primary" disabled=${check.isRunning || make.isRunning}>
          ${plan === null ? 'Check' : verb}
        </button>
      </footer>
    </form>
  </${Dialog}>` as Drawn
}
