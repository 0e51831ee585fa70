import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { allRoutes } from '../../../routes/index.ts'
import { describe } from '../../../routes/views.ts'
import { buildApp } from '../../../src/app.ts'
import { createEmulatedBackend } from '../../../src/backends/emulated/emulated-backend.ts'
import { readTopology } from '../../../src/backends/emulated/read-topology.ts'
import { seedHost } from '../../../src/backends/emulated/seed-host.ts'
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts'
import { createMetricsRegistry } from '../../../src/plugins/metrics-registry.ts'
import { createServices, stopServices } from '../../../src/services/create-services.ts'
import { systemClock } from '../../../src/system-clock.ts'

/** More than a long run makes; what is told to a watcher is compared with all answers. */
const EVENTS_KEPT = 100_000
const MEMORY_DISK = '/dev/shm'

/**
 * The real app, services, ledger and emulated host in this process, on a real socket; only the
 * disk is memory where there is such a disk, and the host has no processes to look through. That
 * makes thousands of disables affordable; the order of things is the same.
 */
export async function startQuickService(): Promise<string> {
  const above = existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir()
  const directory = mkdtempSync(join(above, 'daxd-histories-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  const observer = { find: async () => ({ found: new Map(), complete: true }) }
  const backend = await createEmulatedBackend({ directory, bootId: 'b', observer })
  await seedHost(backend, directory, await readTopology([]))
  const logger = pino({ level: process.env['DAXD_TEST_LOG'] ?? 'silent' })
  const ledger = await openSqliteLedger({ directory, eventsKept: EVENTS_KEPT, logger })
  const parts = { backend, ledger, clock: systemClock, log: logger, describe }
  const services = await createServices({ ...parts, digest: (text) => text })
  const app = buildApp(
    {
      routes: allRoutes(services, () => Promise.reject(new Error('nobody asks the doctor'))),
      ready: () => ({ ready: true, reasons: [] }),
      metrics: createMetricsRegistry(),
    },
    { version: '0.0.0-test', logger },
  )
  onTestFinished(async () => {
    await app.close()
    await stopServices(services)
    await backend.close()
    await ledger.close()
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}
