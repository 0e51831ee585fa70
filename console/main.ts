/** Puts the page together. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { createClient } from '../client/src/index.ts'
import { type App, AppContext, createNotice } from './app.ts'
import { connect } from './data/connection.ts'
import { createDaemonClock } from './data/daemon-clock.ts'
import { createHostState } from './data/host-state.ts'
import { createRedraw } from './data/redraw.ts'
import { createReservedMemory } from './data/reserved-memory.ts'
import { createSession } from './data/session.ts'
import { createSettings } from './data/settings.ts'
import { readAddress } from './model/address.ts'
import { createLooks } from './model/owners.ts'
import { html } from './parts/html.ts'
import { readPaint } from './parts/paint.ts'
import { createSelection } from './views/selection.ts'
import { Shell } from './views/shell.ts'

/** A tenant is not told when others change what is free; so often it is asked for. */
const FREE_ASKED_MS = 15_000

const session = createSession(sessionStorage)
const clock = createDaemonClock((url, init) => fetch(url, init))
const daxd = createClient({ url: location.origin, token: session.token, fetch: clock.fetch })
const redraw = createRedraw(() => state.tell())
const state = createHostState(redraw)
const reserved = createReservedMemory(daxd)
const selection = createSelection(state, reserved.byRegion)
const settings = createSettings(localStorage, document.documentElement)
const ended = new AbortController()
const connection = connect({ daxd, state, session, loaded: () => void explain() }, ended.signal)
const address = signal(readAddress(location.hash))
const notice = createNotice()
const looks = createLooks()

/** Who has most is the first to get a look, so that looks are the same the next time. */
function giveLooks(): void {
  const shares = [...selection.occupancies.value.values()].flatMap(({ owners }) => owners)
  for (const { owner } of shares.sort((left, right) => right.bytes - left.bytes)) looks.of(owner)
}

/** Where the devices do not explain what is not free, the region's map does. */
async function explain(): Promise<void> {
  if (!session.may('regions:map')) return
  for (const { id, available_size } of selection.regions.value) {
    if (selection.occupancies.value.get(id)?.available !== available_size) await reserved.read(id)
  }
}

async function readFree(): Promise<void> {
  if (session.may('regions:map') || connection.value.state !== 'live') return
  for await (const region of daxd.regions.list()) state.regions.replace(region)
  redraw()
}

addEventListener('hashchange', () => {
  address.value = readAddress(location.hash)
})
for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
  matchMedia(query).addEventListener('change', () => readPaint(document.documentElement))
}
settings.theme.subscribe(() => readPaint(document.documentElement))
const stopGiving = selection.devices.subscribe((devices) => {
  if (devices.length === 0) return
  giveLooks()
  queueMicrotask(() => stopGiving())
})
setInterval(() => void readFree().catch(() => {}), FREE_ASKED_MS)

const app: App = {
  daxd,
  state,
  selection,
  session,
  connection,
  settings,
  looks,
  address,
  now: clock.now,
  dialog: signal(null),
  say: notice.say,
}
const root = document.getElementById('root')
if (root !== null) {
  root.replaceChildren()
  render(
    html`<${AppContext.Provider} value=${app}><${Shell} notice=${notice} /><//>` as never,
    root,
  )
}
