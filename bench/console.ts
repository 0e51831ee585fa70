/**
 * What the console costs, `node bench/console.ts [DEVICES]`: its size, its first paint, how long
 * until a host of 10,000 devices is shown whole, how soon a change is seen, and how long the page
 * is busy with a storm of changes. A real daemon and a real Chromium on loopback, in this machine's
 * present load: figures to compare, and no test's.
 */
import { brotliCompressSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { createClient } from '../client/src/index.ts'
import { readConsoleFiles } from '../src/console-files.ts'
import { startCrowdedDaemon } from '../test/console/support/crowded-daemon.ts'
import { launchChromium } from '../test/support/chromium.ts'

const DEVICES_DEFAULT = 10_000
const LOADS = 5
const CHANGES = 20
const STORM = 100

const WATCH_TASKS = `window.busy = []
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.busy.push(duration)
}).observe({ type: 'longtask' })`

const FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

const count = Number(process.argv[2] ?? DEVICES_DEFAULT)
const files = readConsoleFiles() ?? []
const bytes = files.map(({ body }) => brotliCompressSync(body).length)
say(
  'compressed (brotli), bytes',
  bytes.reduce((sum, size) => sum + size, 0),
)

const daemon = await startCrowdedDaemon(count)
const browser = await launchChromium()
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const paints: number[] = []
  const shown: number[] = []
  for (let load = 0; load < LOADS; load += 1) {
    await page.goto('about:blank')
    await page.goto(`${daemon.url}/console`)
    await page.locator('.connection.live').waitFor({ timeout: 60_000 })
    shown.push(await page.evaluate<number>('performance.now()'))
    paints.push(await page.evaluate<number>(FIRST_PAINT))
  }
  say('first contentful paint, ms', ...paints)
  say(`${count} devices listed, drawn and followed, ms`, ...shown)
  await measureChanges(page)
  await measureStorm(page)
  say('heap after it, MB', (await page.evaluate<number>('performance.memory.usedJSHeapSize')) / 1e6)
} finally {
  await browser.close()
  await daemon.close()
}

/** From the answer of a call to the row in the table. */
async function measureChanges(page: Page): Promise<void> {
  const daxd = createClient({ url: daemon.url })
  await page.goto(`${daemon.url}/console#/claims`)
  const took: number[] = []
  for (let change = 0; change < CHANGES; change += 1) {
    const name = `claim-${change}`
    await daxd.claims.put(name, { size: '2MiB', sharing: 'dedicated', holder: 'bench' })
    const began = performance.now()
    await page.locator(`tr a[href="#/claims/${name}"]`).waitFor({ state: 'attached' })
    took.push(performance.now() - began)
  }
  say('a change is in the page after its answer, ms', ...took)
}

/** How long the page's thread is busy while many things change with all devices in sight. */
async function measureStorm(page: Page): Promise<void> {
  const daxd = createClient({ url: daemon.url })
  await page.goto(`${daemon.url}/console#/regions`)
  await page.evaluate(WATCH_TASKS)
  const began = performance.now()
  for (let change = 0; change < STORM; change += 1) {
    await daxd.claims.put(`storm-${change}`, {
      size: '2MiB',
      sharing: 'dedicated',
      holder: 'bench',
    })
  }
  const lastedMs = performance.now() - began
  const busy = await page.evaluate<number[]>('window.busy')
  say(`${STORM} claims made in a row, ms`, lastedMs)
  say('tasks of more than 50 ms meanwhile, ms', ...(busy.length === 0 ? [0] : busy))
}

function say(what: string, ...figures: readonly number[]): void {
  const sorted = [...figures].sort((left, right) => left - right)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
  const worst = sorted.at(-1) ?? 0
  const spread = figures.length > 1 ? ` (of ${figures.length}, worst ${worst.toFixed(1)})` : ''
  process.stdout.write(`${what}: ${middle.toFixed(1)}${spread}\n`)
}
