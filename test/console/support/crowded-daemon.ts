import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { allRoutes } from '../../../routes/index.ts'
import { describe } from '../../../routes/views.ts'
import { buildApp } from '../../../src/app.ts'
import { createEmulatedBackend } from '../../../src/backends/emulated/emulated-backend.ts'
import { readTopology } from '../../../src/backends/emulated/read-topology.ts'
import { seedHost } from '../../../src/backends/emulated/seed-host.ts'
import { readConsoleFiles } from '../../../src/console-files.ts'
import { bytes } from '../../../src/core/units.ts'
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts'
import { createMetricsRegistry } from '../../../src/plugins/metrics-registry.ts'
import type { HostDevice } from '../../../src/ports/backend.ts'
import { createServices, stopServices } from '../../../src/services/create-services.ts'
import { systemClock } from '../../../src/system-clock.ts'

const REGIONS = 4
const REGION_BYTES = 2 ** 35
const UNIT = 2 ** 21
const EVENTS_KEPT = 10_000

export interface CrowdedDaemon {
  readonly url: string
  close(): Promise<void>
}

/**
 * The real app, services, ledger and emulated host; only that the host shows so many devices more,
 * which others have made: to make them one by one takes minutes. Daxd takes them over as it does
 * with those that it finds on a host.
 */
export async function startCrowdedDaemon(count: number): Promise<CrowdedDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'daxd-crowded-'))
  const topology = join(directory, 'topology.json')
  const regions = Array.from({ length: REGIONS }, (_, id) => ({
    id,
    size: REGION_BYTES,
    align: UNIT,
  }))
  await writeFile(topology, JSON.stringify({ regions }))
  const observer = { find: async () => ({ found: new Map(), complete: true }) }
  const host = await createEmulatedBackend({ directory, bootId: 'b', observer })
  await seedHost(host, directory, await readTopology([topology]))
  const { regions: natures } = await host.discover()
  const crowd = natures.flatMap(({ id, start }) => devicesIn(id, start, count / REGIONS))
  const backend = {
    ...host,
    async discover(region?: number) {
      const view = await host.discover(region)
      return {
        ...view,
        devices: [...view.devices.filter(({ extents }) => extents.length > 0), ...crowd],
      }
    },
  }
  const log = pino({ level: 'silent' })
  const ledger = await openSqliteLedger({ directory, eventsKept: EVENTS_KEPT, logger: log })
  const parts = { backend, ledger, clock: systemClock, log, describe }
  const services = await createServices({ ...parts, digest: (text) => text })
  const app = buildApp(
    {
      routes: allRoutes(services, () => Promise.reject(new Error('nobody asks the doctor'))),
      ready: () => ({ ready: true, reasons: [] }),
      metrics: createMetricsRegistry(),
      console: readConsoleFiles() ?? [],
    },
    { version: '0.0.0-test', logger: log },
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    async close() {
      await app.close()
      await stopServices(services)
      await host.close()
      await ledger.close()
      await rm(directory, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Devices of one to four units, now and then a large one, with holes between some. */
function devicesIn(region: number, start: number, count: number): HostDevice[] {
  let at = start
  return Array.from({ length: count }, (_, n) => {
    const size = bytes(UNIT * (n % 50 === 0 ? 40 : 1 + ((n * 7919) % 4)))
    const extent = { start: bytes(at), size }
    at += size + (n % 7 === 0 ? UNIT : 0)
    const chardev = `dax${region}.${n}`
    return {
      chardev,
      region,
      path: `/dev/${chardev}`,
      major: 253,
      minor: n,
      target_node: region,
      enabled: true,
      align: UNIT,
      memmap: 'mem',
      mode: 'devdax',
      extents: [extent],
      ranges: [{ offset: 0, ...extent }],
    } as unknown as HostDevice
  })
}
