import { type Drawn, html } from './html.ts'

/** How a state is to be taken: fine, under way, at rest, or in need of somebody. */
export type Tone = 'good' | 'busy' | 'quiet' | 'bad'

const TONES: Readonly<Record<string, Tone>> = {
  enabled: 'good',
  active: 'good',
  succeeded: 'good',
  live: 'good',
  pass: 'good',
  creating: 'busy',
  draining: 'busy',
  wiping: 'busy',
  deleting: 'busy',
  releasing: 'busy',
  queued: 'busy',
  running: 'busy',
  warn: 'busy',
  failed: 'bad',
  fail: 'bad',
}
/** Told by shape as well as by colour. */
const MARKS: Readonly<Record<Tone, string>> = { good: '●', busy: '◐', quiet: '○', bad: '▲' }

/** A state's name with a mark of its tone. */
export function StateMark({ state }: { readonly state: string }): Drawn {
  const tone = TONES[state] ?? 'quiet'
  return html`<span class=${`state ${tone}`}
    ><span class="mark" aria-hidden="true">${MARKS[tone]}</span>${state}</span
  >` as Drawn
}
