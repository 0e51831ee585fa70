/** docs/faults.md: its commands print what it shows. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { elsewhere } from '../docs/elsewhere.ts'
import { createLease } from './support/leases.ts'

const ROOT = join(import.meta.dirname, '../..')
const TEST_TIMEOUT_MS = 120_000
/** What the page uses that a test must not. */
const PAGE = { state: '/var/lib/daxd', backup: '/backup' }

test(
  'every command of docs/faults.md prints what the page shows',
  async () => {
    const state = stateDirectory()
    const backup = join(stateDirectory(), 'backup')
    mkdirSync(backup)
    const { url, end } = await startDaemon(state)
    expect((await createLease(url, 'me'))?.status).toBe(201)
    await end('SIGTERM')
    const here = (text: string): string =>
      text.replaceAll(PAGE.state, state).replaceAll(PAGE.backup, backup)
    const { blocks } = elsewhere('docs/faults.md', import.meta.filename)
    expect(blocks.length).toBe(3)
    for (const { commands, output, line } of blocks) {
      const daxd = `daxd() { "${process.execPath}" "${ROOT}/src/main.ts" "$@"; }`
      const script = `exec 2>&1\n${daxd}\n${here(commands)}`
      const env = { ...process.env, DAXD_STATE_DIR: state }
      const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env })
      expect(stdout, `line ${line}`).toBe(here(output ?? ''))
    }
  },
  TEST_TIMEOUT_MS,
)
