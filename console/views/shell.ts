import { useEffect, useRef } from 'preact/hooks'
import type { Action } from '../../src/core/policy.ts'
import { type App, type Notice, useApp } from '../app.ts'
import { THEMES, type Theme } from '../data/settings.ts'
import { addressOf, VIEWS, type ViewName } from '../model/address.ts'
import { groupedCount } from '../model/size-words.ts'
import { durationWords } from '../model/time-words.ts'
import { type Drawn, html } from '../parts/html.ts'
import { Claims } from './claims.ts'
import { Devices } from './devices.ts'
import { Events } from './events.ts'
import { Host } from './host.ts'
import { Leases } from './leases.ts'
import { Operations } from './operations.ts'
import { Regions } from './regions.ts'
import { SignIn } from './sign-in.ts'

const NEEDS: Readonly<Record<ViewName, Action>> = {
  regions: 'regions:read',
  devices: 'devices:read',
  claims: 'claims:read',
  leases: 'leases:read',
  operations: 'operations:read',
  host: 'host:read',
  events: 'events:read',
}

/** The page: where one is, how things stand, and the view. */
export function Shell({ notice }: { readonly notice: Notice }): Drawn {
  const { session, dialog, address } = useApp()
  const { view, id } = address.value
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    document.title = `${id ?? view} · daxd`
    // Who goes to another view by keyboard or voice wants to be there, not at the page's top.
    if (!isFirst.current) main.current?.querySelector<HTMLElement>('h1')?.focus()
    isFirst.current = false
  }, [view, id])
  const isOut = session.isTokenWanted.value
  return html`<a class="skip" href="#main" onClick=${(event: Event) => skip(event, main.current)}
      >Skip to the content</a
    >
    <header class="page">
      <span class="brand">daxd</span>
      ${!isOut && html`<${Tabs} />`}
      <div class="standing"><${Standing} /> <${Preferences} /></div>
    </header>
    <main id="main" ref=${main} tabindex="-1">
      ${isOut ? html`<${SignIn} />` : viewOf(view, id)}
    </main>
    <div class="notice" role="status" aria-live="polite">${notice.said}</div>
    ${dialog}` as Drawn
}

function skip(event: Event, main: HTMLElement | null): void {
  event.preventDefault()
  main?.focus()
}

function viewOf(view: ViewName, id: string | null): Drawn {
  const views: Readonly<Record<ViewName, () => unknown>> = {
    regions: () => html`<${Regions} />`,
    devices: () => html`<${Devices} id=${id} />`,
    claims: () => html`<${Claims} id=${id} />`,
    leases: () => html`<${Leases} />`,
    operations: () => html`<${Operations} />`,
    host: () => html`<${Host} />`,
    events: () => html`<${Events} />`,
  }
  return views[view]() as Drawn
}

function Tabs(): Drawn {
  const app = useApp()
  const { session, address } = app
  return html`<nav aria-label="Views">
    <ul>
      ${VIEWS.filter((view) => session.may(NEEDS[view])).map(
        (view) =>
          html`<li key=${view}>
            <a href=${addressOf(view)}
              aria-current=${address.value.view === view ? 'page' : undefined}
              >${view[0]?.toUpperCase()}${view.slice(1)}${Count(app, view)}</a
            >
          </li>`,
      )}
    </ul>
  </nav>` as Drawn
}

function Count({ state, selection }: App, view: ViewName): Drawn {
  const counts: Partial<Record<ViewName, () => number>> = {
    devices: () => selection.devices.value.length,
    claims: () => Number(state.claims.version.value >= 0) * state.claims.size,
    leases: () => Number(state.leases.version.value >= 0) * state.leases.size,
    operations: () => selection.unfinished.value.length,
  }
  const count = counts[view]?.() ?? 0
  return count === 0 ? null : (html` <span class="badge">${groupedCount(count)}</span>` as Drawn)
}

function Standing(): Drawn {
  const { connection, session, now } = useApp()
  const stands = connection.value
  const who = session.who.value
  const words = {
    loading: 'loading',
    live: 'live',
    waiting: 'signed out',
    reconnecting: 'reconnecting',
  }[stands.state]
  const lostMs = stands.state === 'reconnecting' ? now.value - stands.sinceMs : 0
  return html`<span class=${`connection ${stands.state}`}
    title=${stands.state === 'reconnecting' ? stands.why : ''}>
      <span class="mark" aria-hidden="true"></span><span role="status">${words}</span>
      ${lostMs > 0 && html`<span class="number" aria-hidden="true">${durationWords(lostMs)}</span>`}
    </span>
    ${
      who !== null &&
      html`<span class="who" title=${`recognised by ${who.via}`}
        >${who.name}<small>${who.role}${ofTenant(who.tenant)}</small></span
      >`
    }
    ${
      session.token() !== null &&
      who !== null &&
      html`<button type="button" onClick=${() => session.leave()}>Sign out</button>`
    }` as Drawn
}

function ofTenant(tenant: string | null): string {
  return tenant === null ? '' : ` of ${tenant}`
}

function Preferences(): Drawn {
  const { settings } = useApp()
  const { theme, isExact } = settings
  const NAMES: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' }
  return html`<button
      type="button"
      aria-pressed=${isExact.value}
      title="Sizes to the last byte"
      onClick=${() => {
        isExact.value = !isExact.value
      }}
    >
      Bytes
    </button>
    <select
      aria-label="Colours"
      value=${theme.value}
      onChange=${(event: Event) => {
        theme.value = (event.target as HTMLSelectElement).value as Theme
      }}
    >
      ${THEMES.map(
        (name) => html`<option value=${name}
        selected=${name === theme.value}>${NAMES[name]}</option>`,
      )}
    </select>` as Drawn
}
