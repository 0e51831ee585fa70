/**
 * docs/tutorial.md, followed in this checkout; with DAXD_TUTORIAL=clone (`npm run test:tutorial`)
 * in a clean clone of it, which is installed first, as a reader does it.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { followPage } from './follow-page.ts'
import { ROOT } from './open-page.ts'
import { blocksOf } from './page-blocks.ts'

const PAGE = 'docs/tutorial.md'
const PAGE_TIMEOUT_MS = 300_000
const INSTALL_TIMEOUT_MS = 600_000

const isClone = process.env['DAXD_TUTORIAL'] === 'clone'

/** A clone of what is committed. Without a registry it gets this checkout's packages. */
function cleanClone(): string {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-clone-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const clone = join(directory, 'daxd')
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone])
  const installs = blocksOf(PAGE).filter(({ role }) => role === 'install')
  expect(installs.map(({ commands }) => commands)).toEqual(['npm ci\n'])
  try {
    execFileSync('npm', ['ci'], { cwd: clone, stdio: 'pipe', timeout: INSTALL_TIMEOUT_MS })
    console.log('npm ci in the clone: done')
  } catch (error) {
    console.log(`NOT RUN: npm ci in the clone; packages are this checkout's. ${error}`)
    rmSync(join(clone, 'node_modules'), { recursive: true, force: true })
    symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  }
  return clone
}

test(
  `the first hour goes as the page says, in ${isClone ? 'a clean clone' : 'this checkout'}`,
  async () => {
    const began = performance.now()
    const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1)
    const checkout = isClone ? cleanClone() : ROOT
    const followed = performance.now()
    await followPage(PAGE, checkout)
    console.log(`tutorial: ${seconds(followed)} s; with the installation ${seconds(began)} s`)
  },
  PAGE_TIMEOUT_MS + INSTALL_TIMEOUT_MS,
)
