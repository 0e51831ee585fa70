/** A real Prometheus, a real daxd, and real trouble: alerts fire for it, and clear after it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { call } from '../crash/support/http.ts'
import { createLease, told } from '../disk/support/leases.ts'
import { startPrometheus } from './support/prometheus.ts'

const TEST_TIMEOUT_MS = 240_000
const SOON = { timeout: 60_000, interval: 250 }
const FAULTS = {
  seed: 1,
  rules: ['enable', 'disable'].map((operation) => ({
    ...{ operation, when: 'before', probability: 1, errno: 'EIO', times: 1 },
  })),
}

/** A small file system of its own; null, told aloud, where that is refused. */
function smallDirectory(): string | null {
  const directory = stateDirectory()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory])
  } catch (error) {
    console.warn(`NO FULL DISK WAS ALERTED: mount(8) is refused here (${String(error)})`)
    return null
  }
  onTestFinished(() => void execFileSync('umount', ['-l', directory]))
  return directory
}

function fill(path: string): void {
  const chunk = Buffer.alloc(4096)
  try {
    for (;;) writeFileSync(path, chunk, { flag: 'a' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

test(
  'a failed namespace, a full disk and a killed daxd fire their alerts, which clear when it is over',
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'daxd-alerts-'))
    onTestFinished(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }))
    const small = smallDirectory()
    const directory = small ?? stateDirectory()
    const faults = join(scratch, 'faults.json')
    writeFileSync(faults, JSON.stringify(FAULTS))
    const daemon = await startDaemon(directory, ['--faults', faults])
    const { url } = daemon
    const address = new URL(url).host
    const prometheus = await startPrometheus(join(scratch, 'prometheus'), address)
    const fires = (...names: string[]) =>
      vi.waitFor(
        async () => expect(await prometheus.firing()).toEqual(expect.arrayContaining(names)),
        SOON,
      )
    const clears = (...names: string[]) =>
      vi.waitFor(async () => {
        const firing = await prometheus.firing()
        expect(firing.filter((name) => names.includes(name))).toEqual([])
      }, SOON)

    // An increase is seen only against a scrape from before it; for a daxd that is well none fires.
    await vi.waitFor(async () => expect(await prometheus.count('daxd_ready')).toBe(1), SOON)
    expect(await prometheus.firing()).toEqual([])

    const body = { name: 'db', region: 0, size: '4MiB' }
    expect((await call(url, 'POST', '/v1/namespaces', { body }))?.status).toBe(502)
    await fires('DaxdHostCallsFail', 'DaxdHostDrift', 'DaxdNamespaceFailed')
    const repair = { object: 'namespace/db', action: 'repair' }
    expect((await call(url, 'POST', '/v1/reconciliation', { body: repair }))?.status).toBe(200)
    await clears('DaxdHostDrift', 'DaxdNamespaceFailed')

    if (small !== null) {
      const filler = join(small, 'filler')
      fill(filler)
      await vi.waitFor(async () => {
        const full = { status: 507, code: 'ledger_full' }
        expect(await told(createLease(url, 'ada'))).toEqual(full)
      }, SOON)
      await fires('DaxdLedgerFull', 'DaxdStateDirectoryAlmostFull')
      rmSync(filler)
      expect(await told(createLease(url, 'ada'))).toEqual({ status: 201 })
      await clears('DaxdLedgerFull', 'DaxdStateDirectoryAlmostFull')
    }

    await daemon.end('SIGKILL')
    await fires('DaxdDown')
    await startDaemon(directory, ['--listen', address])
    await clears('DaxdDown')
  },
  TEST_TIMEOUT_MS,
)
