import type { LeaseView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'
import { durationWords } from '../model/time-words.ts'
import { type Drawn, html } from './html.ts'

/** Below this part of its time a lease is about to end. */
const SOON = 0.2

/** What is left of a lease, counting down by the daemon's clock. */
export function TimeLeft({ lease }: { readonly lease: LeaseView }): Drawn {
  const { now } = useApp()
  const leftMs = Date.parse(lease.expires_at) - now.value
  const isSoon = leftMs < lease.ttl_ms * SOON
  return html`<span class=${isSoon ? 'time soon' : 'time'}>
    <meter
      min="0"
      max=${lease.ttl_ms}
      value=${Math.max(0, leftMs)}
      aria-label=${`Time left of lease ${lease.id}`}
    ></meter>
    <span class="number">${leftMs <= 0 ? 'ending' : durationWords(leftMs)}</span>
  </span>` as Drawn
}
