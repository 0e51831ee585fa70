/**
 * Pictures of the console, `npm run screenshots`: real daemons with what hosts really have, and
 * what strains a page: long names, no region, one device, many, a tenant's view, an error. Those
 * that the documents show go to `docs/screenshots`; `--all DIR` makes every one, at three widths in
 * light and dark, for who has to look at them.
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { createClient, type Daxd } from '../client/src/index.ts'
import { type Config, readConfig } from '../src/config.ts'
import { createToken } from '../src/identity/token-file.ts'
import { startDaemon } from '../src/serve.ts'
import { type CrowdedDaemon, startCrowdedDaemon } from '../test/console/support/crowded-daemon.ts'
import { launchChromium } from '../test/support/chromium.ts'

const DOCS = resolve(import.meta.dirname, '../docs/screenshots')
const WIDTHS = [390, 820, 1440] as const
const HEIGHT = 900
/** Nothing moves any more by then, milliseconds. */
const SETTLED_MS = 500
const MANY = 10_000
const LONG = 'a-namespace-with-a-name-as-long-as-it-may-be-and-not-one-more.x'

type Scheme = 'light' | 'dark'
type Prepare = (page: Page) => Promise<unknown>

/** One picture of a host. */
interface Shot {
  readonly name: string
  readonly fragment: string
  readonly prepare?: Prepare
  /** As what it stands in the documents, if it does. */
  readonly docs?: { readonly width: number; readonly scheme: Scheme }
}

interface Scene {
  readonly name: string
  readonly fill?: (daxd: Daxd) => Promise<unknown>
  /** So many devices stand on the host before anything is made. */
  readonly devices?: number
  /** Looks as a tenant's viewer instead of as anybody. */
  readonly isTenant?: boolean
  readonly shots: readonly Shot[]
}

const click =
  (name: string): Prepare =>
  (page) =>
    page.getByRole('button', { name }).first().click()

/** Opens the form of a namespace and has it checked. */
const check =
  (size: string): Prepare =>
  async (page) => {
    await click('Create namespace…')(page)
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Region', { exact: true }).selectOption('0')
    await dialog.getByLabel('Size').fill(size)
    await dialog.getByRole('button', { name: 'Check' }).click()
    await dialog.locator('.plan, .problem').waitFor()
  }

const revoke: Prepare = async (page) => {
  await click('Disable…')(page)
  await page.getByRole('radio', { name: /revoke/ }).check()
  await page.locator('.hurt', { hasText: /now|books|Nobody/ }).waitFor()
}

const point: Prepare = async (page) => {
  const bar = page.getByRole('slider').first()
  await bar.focus()
  for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight')
}

/** A host on which many work: claims that came and went have left holes. */
async function fillBusy(daxd: Daxd): Promise<void> {
  const teams = ['search', 'ads-ranking', 'feature-store', 'billing', 'nightly-batch', 'kv-cache']
  for (const [at, holder] of [...teams, ...teams, ...teams].entries()) {
    const size = `${192 + ((at * 389) % 700)}MiB`
    const ttl_ms = 600_000 * (1 + (at % 7))
    await daxd.claims.put(`${holder}-${at}`, { size, sharing: 'dedicated', holder, ttl_ms })
  }
  for (const at of [3, 7, 8, 12, 16]) await daxd.claims.delete(`${teams[at % 6]}-${at}`)
  await daxd.namespaces.create({ name: 'scattered', region: 0, size: '3GiB' })
  await daxd.namespaces.create({ name: 'pool', region: 1, size: '4GiB', pool: true })
  for (const [at, holder] of teams.entries()) {
    const body = { size: '256MiB', sharing: 'slice' as const, holder, ttl_ms: 900_000 }
    await daxd.claims.put(`slice-${at}`, body)
  }
  await daxd.devices.disable('dax0.2', { if_busy: 'revoke' })
  await use((await daxd.devices.get('dax0.0')).path)
  await daxd.devices.disable('dax0.4', { if_busy: 'drain', timeout_ms: 3_600_000 }, { wait: false })
}

/** A process that has a device open for as long as the pictures are taken. */
async function use(path: string): Promise<void> {
  const file = await open(path, 'r+')
  const user = spawn('sleep', ['600'], { stdio: [file.fd, 'ignore', 'ignore'] })
  process.once('exit', () => user.kill())
  user.unref()
  await file.close()
}

async function dropRegions(daxd: Daxd): Promise<void> {
  for (const { id } of await daxd.regions.list().all()) await daxd.regions.delete(id)
}

async function fillLong(daxd: Daxd): Promise<void> {
  const holder = `pod ${'7f3c9d1e-'.repeat(20)} in größe/名前/🚀 <b>not bold</b> & "quoted"`
  await daxd.claims.put(LONG.slice(0, 54), { size: '2MiB', sharing: 'dedicated', holder })
  await daxd.namespaces.create({ name: LONG, region: 0, size: '12GiB' })
}

const SCENES: readonly Scene[] = [
  {
    name: 'busy',
    fill: fillBusy,
    shots: [
      {
        name: 'regions',
        fragment: 'regions',
        prepare: point,
        docs: { width: 1440, scheme: 'light' },
      },
      { name: 'devices', fragment: 'devices' },
      { name: 'device', fragment: 'devices/dax0.3', docs: { width: 1440, scheme: 'dark' } },
      { name: 'claims', fragment: 'claims' },
      { name: 'leases', fragment: 'leases' },
      { name: 'operations', fragment: 'operations' },
      { name: 'host', fragment: 'host' },
      {
        name: 'plan',
        fragment: 'regions',
        prepare: check('4GiB'),
        docs: { width: 820, scheme: 'light' },
      },
      { name: 'refusal', fragment: 'regions', prepare: check('3145729') },
      {
        name: 'revoke',
        fragment: 'devices/dax0.0',
        prepare: revoke,
        docs: { width: 390, scheme: 'dark' },
      },
    ],
  },
  {
    name: 'long',
    fill: fillLong,
    shots: [
      { name: 'regions', fragment: 'regions' },
      { name: 'devices', fragment: 'devices' },
      { name: 'claims', fragment: 'claims' },
    ],
  },
  { name: 'none', fill: dropRegions, shots: [{ name: 'regions', fragment: 'regions' }] },
  {
    name: 'tenant',
    isTenant: true,
    shots: [
      { name: 'regions', fragment: 'regions' },
      { name: 'claims', fragment: 'claims' },
    ],
  },
  {
    name: 'many',
    devices: MANY,
    shots: [
      { name: 'regions', fragment: 'regions', docs: { width: 1440, scheme: 'light' } },
      { name: 'devices', fragment: 'devices' },
    ],
  },
]

const { values } = parseArgs({ options: { all: { type: 'string' }, scene: { type: 'string' } } })
const target = values.all ?? DOCS
await mkdir(target, { recursive: true })
const browser = await launchChromium()
try {
  for (const scene of SCENES) {
    const isWanted = values.scene === undefined || values.scene === scene.name
    const isShown = values.all !== undefined || scene.shots.some(({ docs }) => docs !== undefined)
    if (isWanted && isShown) await takeScene(browser, scene)
  }
} finally {
  await browser.close()
}

/** Starts the scene's daemon, takes its pictures, and leaves nothing behind. */
async function takeScene(chromium: Browser, scene: Scene): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'daxd-shots-'))
  const state = join(directory, 'state')
  await mkdir(state)
  const tokens = scene.isTenant === true ? tenantTokens(state) : null
  const config = readConfig({ 'state-dir': state, listen: '127.0.0.1:0' }, {})
  const daemon =
    scene.devices === undefined ? await start(config) : await startCrowdedDaemon(scene.devices)
  const { url } = daemon
  try {
    await scene.fill?.(createClient({ url }))
    if (tokens !== null) await fillTenants(createClient({ url, token: tokens.admin }))
    for (const shot of scene.shots) {
      for (const [width, scheme] of formatsOf(shot)) {
        const context = await chromium.newContext({
          viewport: { width, height: HEIGHT },
          colorScheme: scheme,
          reducedMotion: 'reduce',
        })
        const page = await context.newPage()
        const token = tokens?.viewer
        if (token !== undefined) await signIn(page, url, token)
        await takeShot(page, url, shot, `${scene.name}-${shot.name}-${width}-${scheme}`)
        await context.close()
      }
    }
  } finally {
    await daemon.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function start(config: Config): Promise<CrowdedDaemon> {
  const { app, close } = await startDaemon(config, pino({ level: 'silent' }), '0.0.0-pictures')
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close }
}

function formatsOf({ docs }: Shot): readonly (readonly [number, Scheme])[] {
  if (values.all === undefined) return docs === undefined ? [] : [[docs.width, docs.scheme]]
  return WIDTHS.flatMap((width) => [[width, 'light'] as const, [width, 'dark'] as const])
}

async function takeShot(page: Page, url: string, shot: Shot, name: string): Promise<void> {
  await page.goto(`${url}/console#/${shot.fragment}`)
  await page.locator('.connection.live').waitFor({ timeout: 60_000 })
  await shot.prepare?.(page)
  await page.waitForTimeout(SETTLED_MS)
  await page.screenshot({ path: join(target, `${name}.png`) })
}

async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/console`)
  await page.getByLabel('Token').fill(token)
  await page.keyboard.press('Enter')
  await page.locator('.connection.live').waitFor()
  await page.goto('about:blank')
}

function tenantTokens(directory: string): { readonly admin: string; readonly viewer: string } {
  const wish = { lifeMs: null, note: '' }
  const admin = { name: 'admin', role: 'admin', tenant: null, ...wish } as const
  const viewer = { name: 'mia', role: 'viewer', tenant: 'search', ...wish } as const
  return { admin: createToken(directory, admin).text, viewer: createToken(directory, viewer).text }
}

async function fillTenants(daxd: Daxd): Promise<void> {
  for (const [at, tenant] of ['search', 'ads', 'search', 'kv', 'search'].entries()) {
    await daxd.tenants.put(tenant, {})
    const body = {
      size: `${at + 1}GiB`,
      sharing: 'dedicated' as const,
      holder: `pod-${at}`,
      tenant,
    }
    await daxd.claims.put(`${tenant}.${at}`, body)
  }
}
