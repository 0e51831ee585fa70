import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

/** It runs as root here and in CI, and would look for hosts on the net if it were let. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

/**
 * Debian's Chromium without a window.
 * @throws Error that names the package where it is not installed.
 */
export function launchChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`${EXECUTABLE} is missing: apt-get install chromium`)
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS })
}
