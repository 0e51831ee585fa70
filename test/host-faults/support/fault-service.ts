import { mkdtempSync, rmSync } from 'node:fs'
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
import { openMemoryLedger } from '../../../src/ledger/memory-ledger.ts'
import { createMetricsRegistry } from '../../../src/plugins/metrics-registry.ts'
import type { Backend } from '../../../src/ports/backend.ts'
import type { Ledger } from '../../../src/ports/ledger.ts'
import { createProcessObserver } from '../../../src/procfs/observer.ts'
import { createServices, stopServices } from '../../../src/services/create-services.ts'
import type { Services } from '../../../src/services/services.ts'
import { type Api, createApi } from '../../support/api.ts'
import { createFaultClock } from './fault-clock.ts'
import { createFaultHost, type FaultHost } from './fault-host.ts'

/** A whole service in this process, over real sockets, on a host that goes wrong when told to. */
export interface FaultService extends Api {
  readonly host: FaultHost
  /** The host itself, without faults: what somebody else does to it behind daxd's back. */
  readonly real: () => Backend
  readonly directory: string
  readonly services: () => Services
  /** Ends daxd in order and starts it anew on the same books; `reboot` power cycles the host. */
  restart(how: { readonly reboot: boolean }): Promise<void>
}

interface Running {
  readonly api: ReturnType<typeof createApi>
  readonly services: Services
  close(): Promise<void>
}

const log = pino({ level: process.env['DAXD_TEST_LOG'] ?? 'silent' })
const clock = createFaultClock()

async function openHost(directory: string, boot: number): Promise<Backend> {
  const real = await createEmulatedBackend({
    directory,
    bootId: `boot-${boot}`,
    observer: createProcessObserver(),
  })
  await seedHost(real, directory, await readTopology([]))
  return real
}

async function run(backend: Backend, ledger: Ledger): Promise<Running> {
  const services = await createServices({
    backend,
    ledger,
    clock,
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
  const api = createApi(await app.listen({ host: '127.0.0.1', port: 0 }))
  return {
    api,
    services,
    async close() {
      api.close()
      await app.close()
      await stopServices(services)
    },
  }
}

export async function startFaultService(): Promise<FaultService> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-host-'))
  const ledger = openMemoryLedger({ eventsKept: 1000 })
  let boot = 1
  let real = await openHost(directory, boot)
  const host = createFaultHost(() => real, { onHang: () => clock.giveUpNext() })
  let running: Running | null = await run(host.backend, ledger)
  onTestFinished(async () => {
    host.release()
    await running?.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const current = (): Running => {
    if (running === null) throw new Error('the service is not running')
    return running
  }
  return {
    ask: (...all) => current().api.ask(...all),
    ok: (...all) => current().api.ok(...all),
    get: (...all) => current().api.get(...all),
    make: (...all) => current().api.make(...all),
    act: (...all) => current().api.act(...all),
    remove: (...all) => current().api.remove(...all),
    host,
    real: () => real,
    directory,
    services: () => current().services,
    async restart({ reboot }) {
      await running?.close()
      running = null
      if (reboot) boot += 1
      real = await openHost(directory, boot)
      running = await run(host.backend, ledger)
    },
  }
}
