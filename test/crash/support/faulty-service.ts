import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { allRoutes } from '../../../routes/index.ts'
import { describe } from '../../../routes/views.ts'
import { buildApp } from '../../../src/app.ts'
import { createEmulatedBackend } from '../../../src/backends/emulated/emulated-backend.ts'
import type {
  FaultErrno,
  FaultMoment,
  FaultOperation,
} from '../../../src/backends/emulated/faults.ts'
import { readTopology } from '../../../src/backends/emulated/read-topology.ts'
import { seedHost } from '../../../src/backends/emulated/seed-host.ts'
import { openMemoryLedger } from '../../../src/ledger/memory-ledger.ts'
import { createMetricsRegistry } from '../../../src/plugins/metrics-registry.ts'
import { createProcessObserver } from '../../../src/procfs/observer.ts'
import { createServices, stopServices } from '../../../src/services/create-services.ts'
import { systemClock } from '../../../src/system-clock.ts'

/** How long a hanging call takes to fail, so that a test need not wait for the real limit. */
const HANG_MS = 50

/** What shall go wrong from now on. */
export interface ArmedFault {
  readonly operation: FaultOperation
  readonly when: FaultMoment
  readonly errno: FaultErrno
  /** How often. */
  readonly times: number
}

/** A whole service in this process, on a host whose faults the test turns on and off. */
export interface FaultyService {
  readonly url: string
  arm(fault: ArmedFault): void
  /** The fault is over; says how often it struck. */
  disarm(): number
}

export async function startFaultyService(): Promise<FaultyService> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-faults-'))
  let fault: ArmedFault | null = null
  let struck = 0
  const backend = await createEmulatedBackend({
    directory,
    bootId: 'b',
    observer: createProcessObserver(),
    callTimeoutMs: HANG_MS,
    faults: {
      begin: (operation) => (when) => {
        if (fault?.operation !== operation || fault.when !== when) return null
        if (struck >= fault.times) return null
        struck += 1
        return { latencyMs: 0, errno: fault.errno }
      },
    },
  })
  await seedHost(backend, directory, await readTopology([]))
  const log = pino({ level: process.env['DAXD_TEST_LOG'] ?? 'silent' })
  const ledger = openMemoryLedger({ eventsKept: 1000 })
  const services = await createServices({
    backend,
    ledger,
    clock: systemClock,
    log,
    describe,
    digest: (text) => text,
  })
  const app = buildApp(
    {
      routes: allRoutes(services, () => Promise.reject(new Error('nobody asks the doctor'))),
      ready: () => ({ ready: true, reasons: [] }),
      metrics: createMetricsRegistry(),
    },
    { version: '0.0.0-test', logger: log },
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    await app.close()
    await stopServices(services)
    await backend.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    url,
    arm(next) {
      fault = next
      struck = 0
    },
    disarm() {
      fault = null
      return struck
    },
  }
}
