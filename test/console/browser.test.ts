/** The console in a real Chromium, against a real daemon. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'

import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'
import { startTenantDaemon } from '../tenants/support/tenant-daemon.ts'
import { startCrowdedDaemon } from './support/crowded-daemon.ts'

const TIMEOUT_MS = 60_000
const SEEN_MS = 20_000

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
}, TIMEOUT_MS)
afterAll(() => browser?.close())

interface Opened {
  readonly page: Page
  /** Violations of the content security policy, errors of the page, requests to elsewhere. */
  readonly faults: string[]
}

/** A page of its own, in which nothing is remembered. */
async function open(url: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(SEEN_MS)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`${error.stack}`))
  page.on('console', (message) => {
    const isRefusal = /status of (?:4|507)|ERR_/.test(message.text())
    if (message.type() === 'error' && !isRefusal) faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(`asked ${request.url()}`)
  })
  await page.goto(`${url}/console`)
  return { page, faults }
}

async function live(page: Page): Promise<void> {
  await page.locator('.connection.live').waitFor()
}

function claim(daemon: TestDaemon, name: string, size = '1GiB') {
  const body = { size, sharing: 'dedicated', holder: `holder of ${name}`, ttl_ms: 3_600_000 }
  return daemon.ok('put', `/v1/claims/${name}`, 201, { body })
}

/** What axe finds that keeps people out. */
async function barriers(page: Page): Promise<string[]> {
  // The page's policy lets nobody put a script into it, so the tool goes another way.
  await page.evaluate(axe.source)
  const found = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })")
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

const VIEWS = [
  ['#/regions', 'Regions'],
  ['#/devices', 'Devices'],
  ['#/devices/dax0.0', 'dax0.0'],
  ['#/claims', 'Claims'],
  ['#/leases', 'Leases'],
  ['#/operations', 'Operations'],
  ['#/host', 'Host'],
  ['#/events', 'Events'],
] as const

test.each(['light', 'dark'] as const)(
  'axe finds no barrier in any view or dialog in %s, and the policy is never broken',
  async (scheme) => {
    const daemon = await startTestDaemon()
    for (const name of ['one', 'two', 'three']) await claim(daemon, name)
    await daemon.ok('post', '/v1/devices/dax0.1/disable', 202, {
      body: { if_busy: 'drain', timeout_ms: 600_000 },
    })
    const { page, faults } = await open(daemon.url, scheme)
    await live(page)
    await daemon.make('/v1/devices/dax0.0/handles', { holder: 'me' })
    for (const [fragment, heading] of VIEWS) {
      await page.goto(`${daemon.url}/console${fragment}`)
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
      expect([fragment, await barriers(page)]).toEqual([fragment, []])
    }
    await page.getByRole('link', { name: /^Regions/ }).click()
    for (const name of ['Create namespace…', 'Claim memory…']) {
      await page.getByRole('button', { name }).click()
      await page.getByRole('dialog').waitFor()
      expect([name, await barriers(page)]).toEqual([name, []])
      await page.keyboard.press('Escape')
    }
    expect(faults).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'a claim made elsewhere is drawn, listed and counted without a reload, and goes when it ends',
  async () => {
    const daemon = await startTestDaemon()
    const { page, faults } = await open(daemon.url)
    await live(page)
    let loads = 0
    page.on('load', () => {
      loads += 1
    })
    const region = page.getByRole('article', { name: 'Region 0' })
    await expectText(region.locator('.figures'), /Free\s*16 GiB/)
    await claim(daemon, 'elsewhere')
    await expectText(region.locator('.figures'), /Free\s*15 GiB/)
    await expectText(region.locator('.legend'), /holder of elsewhere\s*1 GiB/)
    await page.getByRole('link', { name: /^Claims 1/ }).click()
    const row = page.getByRole('row', { name: /elsewhere/ })
    await expectText(row, /active.*1 GiB.*dax0\.0.*59m/s)
    await daemon.remove('/v1/claims/elsewhere')
    await row.waitFor({ state: 'detached' })
    expect([loads, faults]).toEqual([0, []])
  },
  TIMEOUT_MS,
)

async function expectText(
  locator: { textContent(): Promise<string | null>; waitFor(): Promise<void> },
  pattern: RegExp,
): Promise<void> {
  await locator.waitFor()
  await expect.poll(() => locator.textContent(), { timeout: SEEN_MS }).toMatch(pattern)
}

const FOCUSED_NAME =
  "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent.trim()"

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate<string>(FOCUSED_NAME)
    if (typeof name === 'string' ? focused === name : name.test(focused)) return
  }
  throw new Error(`Tab never reaches ${name}`)
}

test(
  'by keyboard alone a device is found, its process is named, and it is revoked',
  async () => {
    const daemon = await startTestDaemon()
    await claim(daemon, 'victim', '64MiB')
    const { path } = await daemon.get('/v1/devices/dax0.0')
    // A process of its own that really has the device open.
    const script = 'exec 3<>"$1"; echo open; read -r _'
    const child = spawn('bash', ['-c', script, 'bash', path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill())
    await once(child.stdout, 'data')
    const { page, faults } = await open(daemon.url)
    await live(page)
    await tabTo(page, 'Skip to the content')
    await tabTo(page, /^Devices/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor()
    await tabTo(page, 'dax0.0')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'dax0.0' }).waitFor()
    await tabTo(page, 'Disable…')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Disable dax0.0?' })
    await dialog.waitFor()
    await dialog.getByRole('radio', { name: /^refuse/ }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await expectText(dialog.locator('.hurt'), /1 process has it now\..*SIGBUS.*bash.*pid \d+/s)
    await expectText(dialog.locator('.hurt'), new RegExp(`pid ${child.pid}`))
    await tabTo(page, 'Revoke from 1 process and disable')
    // The dialog keeps the focus: what is behind it cannot be reached.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await expectText(page.locator('header.view .state'), /disabled/)
    await expectText(page.locator('.notice'), /dax0\.0 is disabled/)
    expect((await daemon.get('/v1/devices/dax0.0')).state).toBe('disabled')
    const focused = await page.evaluate('document.activeElement.tagName')
    expect(focused).not.toBe('BODY')
    expect(faults).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'a namespace is checked first: a refusal with its numbers, then its very places, then made',
  async () => {
    const daemon = await startTestDaemon()
    await claim(daemon, 'first')
    const { page, faults } = await open(daemon.url)
    await live(page)
    await page.getByRole('button', { name: 'Create namespace…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Region', { exact: true }).selectOption('0')
    await dialog.getByLabel('Name').fill('mine')
    await dialog.getByLabel('Size').fill('16GiB')
    await dialog.getByRole('button', { name: 'Check' }).click()
    await expectText(dialog.locator('.problem'), /ENOSPC.*Available\s*15 GiB/s)
    await dialog.getByLabel('Size').fill('3145729')
    await dialog.getByRole('button', { name: 'Check' }).click()
    await dialog.getByRole('button', { name: /^Take .* instead$/ }).click()
    await dialog.getByRole('button', { name: 'Check' }).click()
    await expectText(
      dialog.locator('.plan'),
      /4 MiB.*as dax0\.1, in.*1 range:.*0x140000000–0x1403fffff/s,
    )
    expect((await daemon.get('/v1/namespaces')).items).toHaveLength(1)
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    const made = await daemon.get('/v1/namespaces/mine')
    expect([made.size, made.ranges[0].start]).toEqual([4_194_304, 0x1_4000_0000])
    expect(faults).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'a daemon that dies and comes back is told to the reader, and what happened meanwhile is shown',
  async () => {
    const daemon = await startTestDaemon()
    await claim(daemon, 'before')
    const { page, faults } = await open(daemon.url)
    await live(page)
    await page.getByRole('link', { name: /^Claims/ }).click()
    await daemon.close()
    await expectText(page.locator('.connection'), /reconnecting/)
    await page.getByRole('row', { name: /before/ }).waitFor()
    const again = await daemon.restart({ port: Number(new URL(daemon.url).port) })
    await claim(again, 'after')
    await live(page)
    await page.getByRole('row', { name: /after/ }).waitFor()
    await page.getByRole('row', { name: /before/ }).waitFor()
    expect(faults).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'who shows no token is asked for one, a tenant is offered its own and no more, and a token goes with its tab',
  async () => {
    const daemon = await startTenantDaemon()
    const body = { size: '64MiB', sharing: 'dedicated', holder: 'pod', tenant: 'blue' }
    await daemon.ok('admin', 'PUT', '/v1/claims/blue.secret', body)
    await daemon.ok('red', 'PUT', '/v1/claims/red.one', { ...body, tenant: 'red' })
    const { page, faults } = await open(daemon.url)
    await page.getByLabel('Token').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('daxd does not know that token.').waitFor()
    await page.getByLabel('Token').fill(daemon.bearer('red-viewer'))
    await page.keyboard.press('Enter')
    await live(page)
    await expectText(page.locator('.who'), /red-viewer.*viewer of red/)
    expect(await page.getByRole('button', { name: /Create|Claim/ }).count()).toBe(0)
    const tabs = page.getByRole('navigation').getByRole('link')
    expect((await tabs.allTextContents()).map((text) => text.replace(/[^A-Za-z]/g, ''))).toEqual([
      ...['Regions', 'Devices', 'Claims', 'Leases', 'Operations', 'Events'],
    ])
    await expectText(page.locator('.legend').first(), /red\s*64 MiB/)
    expect(await page.locator('main').textContent()).not.toContain('blue')
    const kept = await page.evaluate(
      '[localStorage.length, sessionStorage.length, document.cookie]',
    )
    expect(kept).toEqual([0, 1, ''])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    expect(faults).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'of 10,000 devices only the rows in sight are in the page, and each is found, seen and followed',
  async () => {
    const daemon = await startCrowdedDaemon(10_000)
    onTestFinished(() => daemon.close())
    const { page, faults } = await open(daemon.url)
    await live(page)
    await page.getByRole('link', { name: /^Devices 10,000/ }).click()
    await page.getByRole('row', { name: /dax0\.0/ }).waitFor()
    const table = page.getByRole('table', { name: 'Devices' })
    expect(await table.getAttribute('aria-rowcount')).toBe('10001')
    expect(await page.locator('tbody tr').count()).toBeLessThan(100)
    await page.evaluate("document.querySelector('.scroll').scrollTop = 1e9")
    await page.getByRole('row', { name: /dax3\.2499/ }).waitFor()
    expect(await page.locator('tbody tr').count()).toBeLessThan(100)
    await page.getByLabel('Find').fill('dax2.1234')
    await expectText(page.locator('.count'), /^1 device$/)
    const claim = { size: '2MiB', sharing: 'dedicated', holder: 'late' }
    const answer = await fetch(`${daemon.url}/v1/claims/late`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(claim),
    })
    expect(answer.status).toBe(201)
    await page.getByRole('link', { name: /^Devices 10,001/ }).waitFor()
    expect(faults).toEqual([])
  },
  TIMEOUT_MS,
)
